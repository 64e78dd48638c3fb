import type { CredentialId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Currency } from '../../values/money.ts'
import type { Plan } from '../plans/plan.ts'

export const partnerStatuses = ['active', 'suspended', 'closed'] as const

export type PartnerStatus = (typeof partnerStatuses)[number]

/** A company that buys through Scrip; every record that belongs to it carries its id first. */
export type Partner = {
  readonly id: PartnerId
  /** For dialects whose ids are numbers. */
  readonly number: bigint
  readonly name: string
  readonly email: string
  readonly status: PartnerStatus
  readonly locale: Locale
  readonly timeZone: string
  /** Undefined: no limit. */
  readonly requestsPerMinute: number | undefined
  readonly createdAt: Date
}

/** A wallet that a call may name: "NGN-1" is its code. */
export type PayingWallet = { readonly id: WalletId; readonly code: string; readonly currency: Currency }

/** Who makes a call: the partner behind a valid credential, with the wallet that pays unless the call names another. */
export type Caller = {
  readonly partner: Partner
  /** Undefined: it may call everything, as often as it likes. */
  readonly plan: Plan | undefined
  readonly credentialId: CredentialId
  readonly scopes: readonly string[]
  readonly defaultWallet: { readonly id: WalletId; readonly currency: Currency }
  /** What the dialect signs with, in clear, in memory only; undefined where the credential has none. */
  readonly secret: string | undefined
  /** What the caller's signatures are checked with (DER, SubjectPublicKeyInfo); undefined where it has no key pair. */
  readonly publicKey: Buffer | undefined
  /** All wallets of the partner, the oldest of a currency first. */
  readonly wallets: readonly PayingWallet[]
}

/** Who is behind a token. Answers are kept in memory for a while, and dropped as soon as another process changes what they say. */
export type Callers = {
  /**
   * The caller whose token this is. Throws Failure unauthenticated (unknown, revoked, expired, another dialect's),
   * address_not_allowed, partner_inactive, wallet_not_found (no default wallet), unavailable (database down, nothing in memory).
   *
   * @param address where the call comes from, as text
   */
  find(dialect: string, token: string, address: string): Promise<Caller>
  /** The same from memory alone, without waiting; undefined where it is not in memory, and `find` has to ask. */
  remembered(dialect: string, token: string, address: string): Caller | undefined
  close(): Promise<void>
}

/** A suspended partner comes back; a closed one does not. */
export function mayBecome(from: PartnerStatus, to: PartnerStatus): boolean {
  return from !== 'closed' || to === 'closed'
}

/** Requests a minute that a limit may allow at the most. */
export const requestsPerMinuteMost = 10_000_000

/** True for what may be stored as a rate limit; undefined is none. */
export function isRateLimit(requestsPerMinute: number | undefined): boolean {
  if (requestsPerMinute === undefined) return true
  return (
    Number.isInteger(requestsPerMinute) &&
    requestsPerMinute >= 1 &&
    requestsPerMinute <= requestsPerMinuteMost
  )
}
