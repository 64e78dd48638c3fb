import type { Database, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { ProposalId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { KnownCode, completeWithin, failWithin } from './end-item.ts'
import type { ClaimedItem } from './fulfilment.ts'
import { claimParked } from './fulfilments.sql.ts'
import { selectProductCode } from './candidates.sql.ts'
import { lockProposal, markProposalSettled, selectGoods, selectItem } from './parked.sql.ts'
import type { Proposal } from './parked.sql.ts'
import { lookAgainAfterMs } from './policy.ts'
import type { Goods } from './supplier.ts'

export type SettleItem = {
  /** What is settled: a proposal that was replaced is not there any more. */
  readonly proposalId: ProposalId
  readonly actor: string
}

/**
 * Ends a parked item as it was proposed, by a second person, as if its supplier had just said so: codes are handed over and charged
 * for, or the money is back. Whoever worked on the item before has lost it. Repeated, it has no effect. Throws Failure
 * proposal_not_found, second_person_required, and validation_failed where the item has moved on or a code is known already.
 */
export async function settleItem(
  database: Database,
  keyRing: KeyRing,
  { proposalId, actor }: SettleItem,
): Promise<{ readonly settled: Proposal; readonly repeated: boolean }> {
  // Opening may need a data key from the database, for which a transaction does not wait.
  const sealed = await selectGoods(database, proposalId)
  const text = sealed === undefined ? '[]' : await keyRing.open(sealed, proposalId)
  const goods = JSON.parse(text) as Goods[] // `proposeItem` wrote it.
  try {
    return await database.inTransaction(async (tx) => {
      const proposal = await lockProposal(tx, proposalId)
      if (proposal === undefined || proposal.state === 'replaced') throw new Failure('proposal_not_found')
      if (proposal.state === 'settled') return { settled: proposal, repeated: true }
      if (proposal.proposedBy === actor) throw new Failure('second_person_required')
      const item = await claimParked(tx, proposal)
      if (item === undefined)
        throw refuse('item', 'The item has moved on since: look at it and propose anew.')
      if (proposal.outcome === 'delivered') await deliver(tx, keyRing, item, proposal, goods)
      // A machine looks once more, where the supplier can be asked: what is delivered after all is a break.
      else await failWithin(tx, item, 'rejected', lookAgainAfterMs)
      await markProposalSettled(tx, proposalId, actor)
      const { outcome, proposedBy, goodsCount } = proposal
      await recordAudit(tx, {
        actor,
        action: 'fulfilment.settled',
        partnerId: item.partnerId,
        subject: item.orderId,
        details: { item: item.item, proposalId, outcome, goods: goodsCount, proposedBy },
      })
      return { settled: { ...proposal, state: 'settled', settledBy: actor }, repeated: false }
    })
  } catch (error) {
    if (error instanceof KnownCode)
      throw refuse('goods', 'One of the codes is known already: it was sold or kept aside before.')
    throw error
  }
}

async function deliver(
  tx: Tx,
  keyRing: KeyRing,
  item: ClaimedItem,
  { supplierReference, cost }: Proposal,
  goods: readonly Goods[],
): Promise<void> {
  const seen = await selectItem(tx, item.orderId, item.item)
  const { supplierId, supplierCode, supplierCurrency } = seen ?? {}
  if (supplierId === undefined || supplierCode === undefined || supplierCurrency === undefined)
    throw refuse('item', 'Nobody was asked to deliver it, so it can only have failed.')
  const source = await selectProductCode(tx, item.skuId, supplierId)
  const ended = await completeWithin(tx, keyRing, item, {
    supplierId,
    supplierCode,
    productCode: source?.productCode ?? '',
    supplierReference,
    goods,
    cost: cost === undefined ? undefined : { amount: cost, currency: supplierCurrency },
  })
  if (ended !== 'ended') throw refuse('goods', 'A code is empty, malformed or too long.')
}

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
