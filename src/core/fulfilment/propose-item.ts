import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId, ProposalId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { costOf } from './find-candidates.ts'
import { lockItem } from './fulfilments.sql.ts'
import { selectProductCode } from './candidates.sql.ts'
import { insertProposal, selectItem } from './parked.sql.ts'
import type { ListedItem } from './parked.sql.ts'
import { isSound } from './seal-goods.ts'
import type { Goods } from './supplier.ts'

export type ProposeItem = {
  readonly orderId: OrderId
  /** The order's first item by default. */
  readonly item?: number | undefined
  readonly outcome:
    | {
        readonly kind: 'delivered'
        /** What the supplier delivered, as a person knows it from the supplier. Fewer than ordered: the rest will never come. */
        readonly goods: readonly Goods[]
        readonly supplierReference?: string | undefined
        /** Micro-units of the supplier's currency for all of it; what was agreed by default. */
        readonly cost?: Micros | undefined
      }
    | { readonly kind: 'failed' }
  /** How it is known; 1 to 1,000 characters. */
  readonly note: string
  readonly actor: string
}

/**
 * Says what became of a parked item; nothing happens before another person settles it. It takes the place of an earlier proposal.
 * Throws Failure fulfilment_not_found, validation_failed.
 */
export async function proposeItem(
  tx: Tx,
  keyRing: KeyRing,
  { orderId, item = 1, outcome, note, actor }: ProposeItem,
): Promise<{ proposalId: ProposalId; cost: Micros | undefined }> {
  const seen = await selectItem(tx, orderId, item)
  if (seen === undefined) throw new Failure('fulfilment_not_found')
  await lockItem(tx, seen)
  // Read again now that nobody can change it.
  const found = (await selectItem(tx, orderId, item)) ?? seen
  if (found.state !== 'parked')
    throw refuse('item', `The item is ${found.state}: only of one that is parked a person says what became.`)
  if (note.trim() === '' || note.length > 1_000 || !isStorableJson(note))
    throw refuse('note', 'The note must be 1 to 1000 characters of text.')
  const proposalId = newId<ProposalId>()
  const isDelivered = outcome.kind === 'delivered'
  const goods = isDelivered ? outcome.goods : []
  const cost = isDelivered ? await deliveryCost(tx, found, outcome) : undefined
  if (isDelivered) refuseBadGoods(found, outcome)
  await insertProposal(tx, {
    ...found,
    id: proposalId,
    outcome: outcome.kind,
    goods: isDelivered ? keyRing.sealForStock(JSON.stringify(goods), proposalId) : undefined,
    goodsCount: goods.length,
    supplierReference: isDelivered ? outcome.supplierReference : undefined,
    cost,
    note,
    proposedBy: actor,
  })
  await recordAudit(tx, {
    actor,
    action: 'fulfilment.proposed',
    partnerId: found.partnerId,
    subject: orderId,
    details: { item, proposalId, outcome: outcome.kind, goods: goods.length, cost, note },
  })
  return { proposalId, cost }
}

type Delivered = Extract<ProposeItem['outcome'], { kind: 'delivered' }>

function refuseBadGoods(found: ListedItem, { goods, supplierReference = '' }: Delivered): void {
  if (found.supplierId === undefined)
    throw refuse('outcome', 'Nobody was asked to deliver it, so it can only have failed.')
  if (goods.length === 0 || goods.length > found.quantity)
    throw refuse('goods', `There must be 1 to ${found.quantity} of them, as many as were ordered.`)
  if (!goods.every(isSound)) throw refuse('goods', 'A code is empty, malformed or too long.')
  if (!goods.every((one) => fits(found.productType, one)))
    throw refuse('goods', 'A voucher is delivered as codes, an eSIM with its activation code.')
  if (supplierReference.length > 200 || !isStorableJson(supplierReference))
    throw refuse('supplier_reference', "The supplier's reference must be at most 200 characters of text.")
}

function fits(productType: string, { kind }: Goods): boolean {
  if (productType === 'voucher' || productType === 'voucher_open_range') return kind === 'code'
  return kind !== 'esim' || productType === 'esim'
}

/** What the supplier takes for as much as came. */
async function deliveryCost(
  tx: Tx,
  found: ListedItem,
  { cost, goods }: Delivered,
): Promise<Micros | undefined> {
  if (cost !== undefined) {
    if (cost < 0n || cost > largestAmountMicros) throw refuse('cost', 'The cost must not be below zero.')
    return cost
  }
  if (found.supplierId === undefined) return undefined
  const agreed = await selectProductCode(tx, found.skuId, found.supplierId)
  if (agreed === undefined)
    throw refuse('cost', 'Say what the supplier takes for it: it is not listed any more.')
  return costOf(agreed, { quantity: goods.length, faceValue: found.faceValue })
}

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
