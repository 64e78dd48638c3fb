import type { Currency } from '../../../values/money.ts'

/**
 * The number of a currency on this wire. Three are the vendor's own; every other follows from its letters, as a number to the base of
 * 26 behind 1000, so that it needs no table and never changes.
 */
export function toCurrencyId(currency: Currency): number {
  return vendorIds.get(currency) ?? 1_000 + numberOf(currency)
}

const vendorIds: ReadonlyMap<string, number> = new Map([
  ['NGN', 160],
  ['GBP', 229],
  ['USD', 230],
])

/** Letters as a number: "AA" is 0, "AB" is 1. */
export function numberOf(letters: string): number {
  return letters.split('').reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 65, 0)
}
