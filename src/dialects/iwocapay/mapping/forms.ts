import { monthsOffered } from '../../../core/checkout/schedule.ts'
import { parseAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** A number of months out of an address or a form; three where it is none. */
export function toMonths(text: string | undefined): number {
  const months = Number(text)
  return monthsOffered.find((one) => one === months) ?? 3
}

/** What a person types as an amount of pounds: "£120,000", "120 000.50". Undefined where it is none. */
export function toTurnover(text: string): Micros | undefined {
  const digits = text.replaceAll(/[£,\s]/g, '')
  const amount = /^\d{1,13}(\.\d{1,2})?$/.test(digits) ? parseAmount(digits) : undefined
  return amount
}
