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

/** What was bought of a product in a time, and what was paid for it. */
export type ProductSum = {
  readonly skuCode: string
  /** As its orders name it. */
  readonly name: string
  /** What was paid in. */
  readonly currency: Currency
  /** Orders that delivered something, and how many units they did. */
  readonly orders: number
  readonly units: number
  /** Micro-units, of what was delivered. */
  readonly paid: Micros
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
