import type { MerchantId } from '../../values/ids.ts'

/** Somebody who takes vouchers. Merchants belong to the installation; their tills are known by number. */
export type Merchant = {
  readonly id: MerchantId
  /** "naivas": what a voucher is locked to. */
  readonly code: string
  readonly name: string
  readonly category: { readonly code: string; readonly name: string }
  readonly status: 'active' | 'closed'
}

/** Where a merchant takes them. */
export type Till = {
  readonly number: string
  readonly merchant: Merchant
  /** The outlet: "Eastgate". */
  readonly name: string
  readonly status: 'active' | 'closed'
}

/** What a merchant's own systems show, without the token itself. */
export type MerchantCredential = {
  readonly id: string
  readonly label: string
  readonly tokenHint: string
  readonly createdAt: Date
  readonly revokedAt: Date | undefined
}

/** True for the code of a merchant or a category. */
export function isMerchantCode(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(text)
}

/** True for a till's number. */
export function isTillNumber(text: string): boolean {
  return /^[0-9A-Za-z-]{1,20}$/.test(text)
}

/** True for a name that people read. */
export function isName(text: string): boolean {
  return text.trim() !== '' && text.length <= 200 && text.isWellFormed() && !/\p{Cc}/u.test(text)
}
