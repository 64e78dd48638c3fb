import type { PartnerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** What a merchant is owed out of one issuer's books. */
export type Owed = {
  /** The merchant's code. */
  readonly merchant: string
  readonly partnerId: PartnerId
  readonly partnerName: string
  readonly currency: Currency
  /** Micro-units; below zero it owes us, after a redemption that it was paid for was taken back. */
  readonly owed: Micros
  /** Payouts that wait for a second person now. */
  readonly proposed: Micros
}
