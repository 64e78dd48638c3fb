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

/** What was bought on a day. */
export type DaySum = {
  /** "2026-11-26" */
  readonly day: string
  readonly currency: Currency
  readonly orders: number
  /** Paid, in micro-units. */
  readonly total: Micros
}
