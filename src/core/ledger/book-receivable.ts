import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { moveReceivable } from './receivables.sql.ts'

/** Who owes us: a lender or a bank, for orders that were paid out to a partner. */
export type DebtorKind = 'lender' | 'bank'

/** The account of what is owed for a partner's orders. */
export function receivableAccount(debtor: DebtorKind, currency: Currency): string {
  return `${debtor}_receivable:${currency}`
}

type Booking = {
  readonly partnerId: PartnerId
  readonly currency: Currency
  readonly account: string
  /** The caller's key, unique among the partner's transfers for ever: under one that was used before, nothing happens. */
  readonly reference: string
  readonly description: string
  readonly actor: string
}

/**
 * Pays an order out: the wallet gets its part, we keep the fee, and both together are owed to us. Amounts are micro-units above zero; the fee
 * may be zero. The wallet is the partner's.
 */
export async function bookPayout(
  tx: Tx,
  payout: Booking & { readonly walletId: WalletId; readonly amount: Micros; readonly fee: Micros },
): Promise<{ repeated: boolean }> {
  const { walletId, amount, fee, ...booking } = payout
  return book(tx, {
    ...booking,
    kind: 'payout',
    change: -(amount + fee),
    wallet: { id: walletId, amount },
    others: [{ kind: 'fees', amount: fee }],
  })
}

/**
 * Gives money of a wallet back to a buyer: what is still owed is owed no longer, and the rest is paid out. Amounts are micro-units.
 * Throws Failure insufficient_funds.
 */
export async function bookPayback(
  tx: Tx,
  payback: Booking & { readonly walletId: WalletId; readonly forgiven: Micros; readonly paid: Micros },
): Promise<{ repeated: boolean }> {
  const { walletId, forgiven, paid, ...booking } = payback
  return book(tx, {
    ...booking,
    kind: 'payback',
    change: forgiven,
    wallet: { id: walletId, amount: -(forgiven + paid) },
    others: [{ kind: 'cash', amount: paid }],
  })
}

/** Notes that a part of what is owed came in, with its interest. Amounts are micro-units. */
export async function bookCollection(
  tx: Tx,
  collection: Booking & { readonly principal: Micros; readonly interest: Micros },
): Promise<{ repeated: boolean }> {
  const { principal, interest, ...booking } = collection
  return book(tx, {
    ...booking,
    kind: 'collection',
    change: principal,
    wallet: undefined,
    others: [
      { kind: 'cash', amount: -(principal + interest) },
      { kind: 'interest', amount: interest },
    ],
  })
}

async function book(
  tx: Tx,
  transfer: Omit<Parameters<typeof moveReceivable>[1], 'id'>,
): Promise<{ repeated: boolean }> {
  const isNew = await moveReceivable(tx, { ...transfer, id: newId<TransferId>() }).catch((error: unknown) => {
    throw violatedConstraint(error) === 'wallets_not_overdrawn'
      ? new Failure('insufficient_funds', { cause: error })
      : error
  })
  return { repeated: !isNew }
}
