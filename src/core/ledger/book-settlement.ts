import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, TransferId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { payableAccount } from './move-voucher-money.ts'
import { movePayable } from './payables.sql.ts'

type Booking = {
  /** In whose books: the issuer of the vouchers. */
  readonly partnerId: PartnerId
  /** What it is about: a second transfer with the id cannot be written. */
  readonly id: TransferId
  /** The merchant's code. */
  readonly merchant: string
  /** Micro-units above zero. */
  readonly amount: Micros
  readonly currency: Currency
  readonly description: string
  readonly actor: string
}

/** Pays a merchant a part of what it is owed; never more than that. Throws Failure insufficient_funds. */
export async function bookMerchantPayout(tx: Tx, payout: Booking): Promise<void> {
  const { merchant, amount, ...rest } = payout
  const account = payableAccount(merchant, payout.currency)
  const isPaid = await movePayable(tx, { ...rest, kind: 'merchant_payout', account, change: -amount })
  if (!isPaid) throw new Failure('insufficient_funds', { sentence: owedLess })
}

/** Owes a merchant again what its bank sent back. */
export async function bookMerchantPayoutReturn(tx: Tx, payoutReturn: Booking): Promise<void> {
  const { merchant, amount, ...rest } = payoutReturn
  const account = payableAccount(merchant, payoutReturn.currency)
  const isOwed = await movePayable(tx, { ...rest, kind: 'merchant_payout_return', account, change: amount })
  if (!isOwed) throw new Error('What was paid once was owed, so its account is there.')
}

/** What is said when a merchant would be paid more than it is owed. */
export const owedLess = 'The merchant is owed less than that.'
