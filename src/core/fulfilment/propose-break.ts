import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { BreakId, ProposalId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { sumCost } from '../ledger/sum-cost.ts'
import { costProblem, movesOf, resolutionProblem, usualAmount } from './break.ts'
import type { Break, Resolution } from './break.ts'
import { lockBreak, storeProposal } from './breaks.sql.ts'

export type ProposeBreak = {
  readonly breakId: BreakId
  readonly resolution: Resolution
  /** Micro-units of the break's currency, more than 0: what the resolution books at the supplier, where it is not what the break says. */
  readonly amount?: Micros | undefined
  /** Why; 1 to 1,000 characters. */
  readonly note: string
  readonly actor: string
}

/**
 * Says what should become of a break; nothing moves before another person settles it. It takes the place of an earlier proposal, whose
 * id is worth nothing from then on. Throws Failure break_not_found, validation_failed.
 */
export async function proposeBreak(
  tx: Tx,
  command: ProposeBreak,
): Promise<{ proposalId: ProposalId; settleAmount: Micros | undefined }> {
  const { breakId, resolution, note, actor } = command
  const found = await lockBreak(tx, { id: breakId })
  if (found === undefined) throw new Failure('break_not_found')
  if (found.state === 'settled') throw refuse('break', 'The break is settled already.')
  if (note.trim() === '' || note.length > 1_000 || !isStorableJson(note))
    throw refuse('note', 'The note must be 1 to 1000 characters of text.')
  const problem = resolutionProblem(found, resolution)
  if (problem !== undefined) throw refuse('resolution', problem)
  const settleAmount = await amountOf(tx, found, command)
  const proposalId = newId<ProposalId>()
  await storeProposal(tx, breakId, { proposalId, resolution, settleAmount, note, actor })
  await recordAudit(tx, {
    actor,
    action: 'break.proposed',
    partnerId: found.partnerId,
    subject: breakId,
    details: { proposalId, resolution, settleAmount, note },
  })
  return { proposalId, settleAmount }
}

async function amountOf(
  tx: Tx,
  found: Break,
  { resolution, amount }: ProposeBreak,
): Promise<Micros | undefined> {
  const { cost } = movesOf[resolution]
  if (cost === 'same') {
    if (amount === undefined) return undefined
    throw refuse('amount', 'This resolution books nothing at the supplier, so it has no amount.')
  }
  const booked = await bookedCost(tx, found)
  const isAll = cost === 'less' && found.kind !== 'cost_mismatch'
  const wanted = amount ?? usualAmount(found, resolution) ?? (isAll ? booked : undefined)
  if (wanted === undefined) throw refuse('amount', 'Say which amount is to be booked: nobody knows it.')
  if (wanted <= 0n || wanted > largestAmountMicros)
    throw refuse('amount', 'There is nothing to book: the amount must be above zero.')
  const problem = costProblem(found, cost, wanted, booked)
  if (problem !== undefined) throw refuse('amount', problem)
  return wanted
}

/** What we owe the supplier for the order by now. */
export async function bookedCost(tx: Tx, found: Break): Promise<Micros> {
  const { partnerId, orderId, supplierCode: supplier, currency } = found
  if (partnerId === undefined || orderId === undefined) return 0n
  return sumCost(tx, { partnerId, orderId, supplier, currency })
}

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
