import type { Micros, Currency } from '../../values/money.ts'

/** Where a telephone's owner shows that it is his: on a page, or in the menu of a telephone company. */
export type CodePurpose = 'web' | 'ussd'

/** What one code pays, and nothing else. */
export type HolderPayment = {
  readonly tillNumber: string
  /** Micro-units, above zero. */
  readonly amount: Micros
  readonly currency: Currency
}

/** True for what a one-time code looks like: six digits. */
export function isOneTimeCode(text: string): boolean {
  return /^\d{6}$/.test(text)
}

export const codeLifeMinutes = 5

/** From the code on. */
export const sessionLifeMinutes = 10

/** Codes that can be asked for within an hour: for a telephone, and from one address. The next is for an hour later. */
export const asksMost = { phone: 5, address: 30 } as const

/** Wrong codes of a telephone within an hour, after which none is looked at for an hour: one guess in 200,000 has come true by then. */
export const wrongCodesMost = 5
