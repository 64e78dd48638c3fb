import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { SettlementId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { isReason, proposalProblems } from './settlement.ts'
import type { Settlement } from './settlement.ts'
import { insertSettlement, lockSettlement, selectByReference } from './settlements.sql.ts'

/**
 * Says that a merchant's bank sent a payout back, all of it. The merchant is owed it again when another person approves. Repeated for the same
 * payout, it answers the first.
 * Throws Failure settlement_not_found, decided_otherwise (it was not paid, or came back already), already_exists (another return of it waits),
 * transfer_conflict (the reference is another's), validation_failed.
 */
export async function proposeReturn(
  tx: Tx,
  command: {
    readonly payoutId: SettlementId
    /** The proposer's own name for the return, 1 to 64 characters, unique in the issuer's books for ever. */
    readonly reference: string
    /** What the bank said; 1 to 1,000 characters. */
    readonly note: string
    readonly actor: string
  },
): Promise<{ readonly settlement: Settlement; readonly repeated: boolean }> {
  const { payoutId, reference, note, actor } = command
  const payout = await lockSettlement(tx, payoutId)
  if (payout === undefined) throw new Failure('settlement_not_found')
  const { partnerId, merchant, amount, currency } = payout
  const fields = proposalProblems({ amount, reference, note })
  if (!isReason(note) && fields.length === 0)
    fields.push({ field: 'note', sentence: 'The note must be 1 to 1000 characters of text.' })
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const first = await selectByReference(tx, partnerId, reference)
  if (first !== undefined && first.payoutId !== payoutId) throw new Failure('transfer_conflict')
  if (first !== undefined) return { settlement: first, repeated: true }
  if (payout.kind !== 'payout' || payout.state !== 'approved')
    throw new Failure('decided_otherwise', { sentence: 'Only a payout that was paid can come back, once.' })
  const id = newId<SettlementId>()
  const row = { ...payout, id, kind: 'return', reference, payoutId, note, proposedBy: actor } as const
  const isNew = await insertSettlement(tx, row).catch((cause: unknown) => {
    if (violatedConstraint(cause) !== 'settlements_return') throw cause
    const sentence = 'A return of this payout was proposed already.'
    throw new Failure('already_exists', { sentence, cause })
  })
  // Whoever names a return of this payout waits for its row, so it is another's.
  if (!isNew) throw new Failure('transfer_conflict')
  const details = { payoutId, merchant, amount, currency, reference, note }
  await recordAudit(tx, {
    actor,
    action: 'merchant_payout.return_proposed',
    partnerId,
    subject: id,
    details,
  })
  const settlement = await selectByReference(tx, partnerId, reference)
  if (settlement === undefined) throw new Error('A proposal that was written is there.')
  return { settlement, repeated: false }
}
