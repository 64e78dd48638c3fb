import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { AccountKind, VoucherKind } from './ledger.ts'
import {
  insertMissingAccounts,
  insertTransfersWithEntries,
  moveRunning,
  moveWallet,
} from './voucher-transfers.sql.ts'
import type { EntryToWrite } from './voucher-transfers.sql.ts'

/** One side of a transfer; the amount is in micro-units, positive comes in. */
type Side =
  | { readonly kind: 'wallet'; readonly walletId: WalletId; readonly amount: Micros }
  /** What a merchant is owed. */
  | { readonly kind: 'merchant_payable'; readonly merchant: string; readonly amount: Micros }
  /** What vouchers are still worth, what was earned by issuing them, and what passes to another partner's books. */
  | { readonly kind: 'voucher_liability' | 'fees' | 'clearing'; readonly amount: Micros }

/** One transfer in the books of one partner: its sides sum to zero, one of them a wallet, a payable or clearing. */
export type VoucherTransfer = {
  readonly partnerId: PartnerId
  /** What it is about: a second transfer with the id cannot be written. */
  readonly id: TransferId
  readonly sides: readonly Side[]
}

/**
 * Moves what vouchers cost, are worth and bring, in the transaction of what it is for, which also keeps it from being repeated. Wallets are
 * locked before other accounts, and both in the order of partners, so that two of these never wait for each other.
 * Throws Failure wallet_not_found (none of this currency), insufficient_funds.
 */
export async function moveVoucherMoney(
  tx: Tx,
  move: {
    readonly kind: VoucherKind
    readonly currency: Currency
    readonly transfers: readonly VoucherTransfer[]
    readonly description: string
    readonly actor: string
  },
): Promise<void> {
  const transfers = move.transfers.toSorted((a, b) => (a.partnerId < b.partnerId ? -1 : 1))
  const sides = transfers.flatMap((transfer) =>
    transfer.sides.filter(({ amount }) => amount !== 0n).map((side) => ({ transfer, side })),
  )
  const entries: EntryToWrite[] = []
  for (const { transfer, side } of sides)
    if (side.kind === 'wallet') entries.push(await takeOrGive(tx, transfer, side, move.currency))
  const others = sides.flatMap(({ transfer, side }) =>
    side.kind === 'wallet' ? [] : [plainEntry(transfer, side, move.currency)],
  )
  await insertMissingAccounts(tx, others)
  for (const entry of others) {
    if (entry.kind !== 'merchant_payable' && entry.kind !== 'clearing') entries.push(entry)
    else {
      const { number, balanceAfter } = await moveRunning(tx, entry)
      entries.push({ ...entry, number, balanceAfter })
    }
  }
  await insertTransfersWithEntries(tx, transfers, move, entries)
}

/** The account of what a merchant is owed in a partner's books. */
export function payableAccount(merchant: string, currency: Currency): string {
  return `merchant_payable:${merchant}:${currency}`
}

async function takeOrGive(
  tx: Tx,
  { partnerId, id: transferId }: VoucherTransfer,
  { walletId, amount }: Extract<Side, { kind: 'wallet' }>,
  currency: Currency,
): Promise<EntryToWrite> {
  const moved = await moveWallet(tx, { partnerId, walletId, currency, amount }).catch((error: unknown) => {
    throw violatedConstraint(error) === 'wallets_not_overdrawn'
      ? new Failure('insufficient_funds', { cause: error })
      : error
  })
  if (moved === undefined) throw new Failure('wallet_not_found')
  return { partnerId, transferId, kind: 'wallet', currency, amount, ...moved }
}

function plainEntry(
  { partnerId, id: transferId }: VoucherTransfer,
  side: Exclude<Side, { kind: 'wallet' }>,
  currency: Currency,
): EntryToWrite {
  const account =
    side.kind === 'merchant_payable' ? payableAccount(side.merchant, currency) : `${side.kind}:${currency}`
  const kind: AccountKind = side.kind
  const unnumbered = { number: undefined, balanceAfter: undefined }
  return { partnerId, transferId, account, kind, currency, amount: side.amount, ...unnumbered }
}
