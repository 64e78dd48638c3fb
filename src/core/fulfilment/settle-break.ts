import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { ProposalId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { correctCost } from '../ledger/correct-cost.ts'
import { costProblem, movesOf } from './break.ts'
import type { Break } from './break.ts'
import { lockBreak, markSettled } from './breaks.sql.ts'
import { lockItem } from './fulfilments.sql.ts'
import { bookedCost } from './propose-break.ts'
import { refundOrder } from './refund-order.ts'

/**
 * Settles a break as it was proposed, by a second person: what the resolution moves is booked in the same commit. Repeated, it has no
 * effect. Throws Failure proposal_not_found, second_person_required, and validation_failed where the books have moved on since.
 */
export async function settleBreak(
  tx: Tx,
  command: {
    /** What is settled: a proposal that was replaced is not there any more. */
    readonly proposalId: ProposalId
    readonly actor: string
  },
): Promise<{ readonly settled: Break; readonly repeated: boolean }> {
  const { proposalId, actor } = command
  const found = await lockBreak(tx, { proposalId })
  if (found === undefined || found.resolution === undefined) throw new Failure('proposal_not_found')
  if (found.state === 'settled') return { settled: found, repeated: true }
  if (found.proposedBy === actor) throw new Failure('second_person_required')
  await move(tx, found, actor)
  await markSettled(tx, found.id, actor)
  await recordAudit(tx, {
    actor,
    action: 'break.settled',
    partnerId: found.partnerId,
    subject: found.id,
    details: {
      proposalId,
      resolution: found.resolution,
      settleAmount: found.settleAmount,
      proposedBy: found.proposedBy,
    },
  })
  return { settled: { ...found, state: 'settled', settledBy: actor }, repeated: false }
}

async function move(tx: Tx, found: Break, actor: string): Promise<void> {
  const { partnerId, orderId, item = 1, resolution = 'no_action', settleAmount } = found
  const { refund, cost } = movesOf[resolution]
  if (partnerId === undefined || orderId === undefined) return
  // Several breaks may be about one order: what is booked for it is looked at by one at a time.
  await lockItem(tx, { partnerId, orderId, item })
  if (refund) await refundOrder(tx, { partnerId, orderId, description: found.note, actor })
  if (cost === 'same' || settleAmount === undefined) return
  const problem = costProblem(found, cost, settleAmount, await bookedCost(tx, found))
  if (problem !== undefined)
    throw new Failure('validation_failed', { fields: [{ field: 'amount', sentence: problem }] })
  await correctCost(tx, {
    partnerId,
    orderId,
    supplier: found.supplierCode,
    currency: found.currency,
    amount: cost === 'more' ? settleAmount : -settleAmount,
    reference: `break ${found.id}`,
    description: `${found.kind}: ${resolution}`,
    actor,
  })
}
