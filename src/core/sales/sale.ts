import type { Currency, Micros } from '../../values/money.ts'

/** What was sold of a SKU in a time. */
export type SalesSum = {
  readonly skuCode: string
  readonly skuName: string
  readonly currency: Currency
  /** Orders that delivered something. */
  readonly orders: number
  /** Of all that was delivered, in the SKU's currency. */
  readonly faceValue: Micros
}
