import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SettlementId, TransferId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { bookMerchantPayout, bookMerchantPayoutReturn } from '../ledger/book-settlement.ts'
import { shareConfirmed } from './details.sql.ts'
import { isReason } from './settlement.ts'
import type { Settlement } from './settlement.ts'
import { lockSettlement, markDecided, markReturned } from './settlements.sql.ts'

type Decided = { readonly settlement: Settlement; readonly repeated: boolean }

/**
 * Approves a payout, or the return of one, as another person: the merchant is owed less, or again. Of two who decide at once the first
 * decides. Repeated, it has no effect.
 * Throws Failure settlement_not_found, second_person_required, insufficient_funds (the merchant is owed less by now), bank_account_not_found
 * (another account was confirmed meanwhile), and decided_otherwise if it was rejected.
 */
export async function approveSettlement(
  tx: Tx,
  command: { readonly id: SettlementId; readonly actor: string },
): Promise<Decided> {
  return decide(tx, { ...command, reason: '' }, 'approved', (settlement) =>
    settlement.kind === 'payout'
      ? pay(tx, settlement, command.actor)
      : takeBack(tx, settlement, command.actor),
  )
}

/**
 * Rejects a payout, or the return of one, as another person: nothing moves. Repeated, it has no effect.
 * Throws Failure settlement_not_found, second_person_required, validation_failed, and decided_otherwise if it was approved.
 */
export async function rejectSettlement(
  tx: Tx,
  command: {
    readonly id: SettlementId
    /** 1 to 1,000 characters. */
    readonly reason: string
    readonly actor: string
  },
): Promise<Decided> {
  if (!isReason(command.reason)) {
    const sentence = 'The reason must be 1 to 1000 characters of text.'
    throw new Failure('validation_failed', { fields: [{ field: 'reason', sentence }] })
  }
  return decide(tx, command, 'rejected', async () => undefined)
}

async function pay(tx: Tx, payout: Settlement, actor: string): Promise<void> {
  // Nobody confirms another account before this is through.
  const confirmedId = await shareConfirmed(tx, payout.merchantId, payout.currency)
  if (confirmedId !== payout.bankDetailsId) {
    const sentence =
      'The merchant is paid to another account by now: reject this payout, and propose it anew.'
    throw new Failure('bank_account_not_found', { sentence })
  }
  await bookMerchantPayout(tx, { ...bookingOf(payout), description: `Payout ${payout.reference}`, actor })
}

async function takeBack(tx: Tx, { payoutId, ...payoutReturn }: Settlement, actor: string): Promise<void> {
  const payout = payoutId === undefined ? undefined : await lockSettlement(tx, payoutId)
  if (payout?.state !== 'approved') throw new Error('A payout whose return waits is paid.')
  const description = `Return of payout ${payout.reference}`
  await bookMerchantPayoutReturn(tx, { ...bookingOf(payoutReturn), description, actor })
  await markReturned(tx, payout.partnerId, payout.id)
}

function bookingOf({ partnerId, id, merchant, amount, currency }: Omit<Settlement, 'payoutId'>) {
  return { partnerId, id: id as string as TransferId, merchant, amount, currency } // The transfer has its id.
}

async function decide(
  tx: Tx,
  { id, reason, actor }: { readonly id: SettlementId; readonly reason: string; readonly actor: string },
  state: 'approved' | 'rejected',
  move: (settlement: Settlement) => Promise<void>,
): Promise<Decided> {
  const settlement = await lockSettlement(tx, id)
  if (settlement === undefined) throw new Failure('settlement_not_found')
  // A payout that came back was approved before it did.
  const decided = settlement.state === 'returned' ? 'approved' : settlement.state
  if (decided === state) return { settlement, repeated: true }
  if (decided !== 'proposed')
    throw new Failure('decided_otherwise', { sentence: `This ${settlement.kind} was ${decided} already.` })
  if (settlement.proposedBy === actor) throw new Failure('second_person_required')
  await move(settlement)
  await markDecided(tx, { settlement, state, reason, actor })
  const { partnerId, kind, merchant, amount, currency, reference, accountShown: account } = settlement
  const details = {
    merchant,
    amount,
    currency,
    reference,
    account,
    reason,
    proposedBy: settlement.proposedBy,
  }
  const action = kind === 'payout' ? `merchant_payout.${state}` : `merchant_payout.return_${state}`
  await recordAudit(tx, { actor, action, partnerId, subject: id, details })
  return { settlement: { ...settlement, state, reason, decidedBy: actor }, repeated: false }
}
