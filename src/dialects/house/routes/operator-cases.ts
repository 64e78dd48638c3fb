import { findItem } from '../../../core/fulfilment/find-item.ts'
import { listBreaks } from '../../../core/fulfilment/list-breaks.ts'
import { listItems } from '../../../core/fulfilment/list-items.ts'
import { proposeBreak } from '../../../core/fulfilment/propose-break.ts'
import { proposeItem } from '../../../core/fulfilment/propose-item.ts'
import type { ProposeItem } from '../../../core/fulfilment/propose-item.ts'
import { retryItem } from '../../../core/fulfilment/retry-item.ts'
import { settleBreak } from '../../../core/fulfilment/settle-break.ts'
import { settleItem } from '../../../core/fulfilment/settle-item.ts'
import type { Goods } from '../../../core/fulfilment/supplier.ts'
import { listProposedRefunds } from '../../../core/checkout/list-refunds.ts'
import { proposeRefund } from '../../../core/checkout/propose-refund.ts'
import { settleRefund } from '../../../core/checkout/settle-refund.ts'
import { findNames } from '../../../core/partners/find-names.ts'
import { approveReversal } from '../../../core/redemptions/approve-reversal.ts'
import { findByReceipt, findRedemption } from '../../../core/redemptions/find-redemption.ts'
import { listProposedReversals } from '../../../core/redemptions/list-proposed.ts'
import { proposeReversal } from '../../../core/redemptions/propose-reversal.ts'
import { Failure } from '../../../values/failure.ts'
import type { BreakId, CheckoutId, OrderId, ProposalId, RefundId } from '../../../values/ids.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toBreak, toReversal } from '../mapping/cases.ts'
import { toId, toInstant, toMicros, toPage } from '../mapping/shared.ts'
import {
  Break,
  BreaksReply,
  ItemPath,
  NoteBody,
  OpenItemsQuery,
  OpenItemsReply,
  ProposalReply,
  ProposeBreakBody,
  ProposeItemBody,
  ProposeRefundBody,
  ReceiptPath,
  RefundsReply,
  Reversal,
  ReversalsReply,
} from '../wire/cases.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'

const shared = { tags: ['Console: cases'] }

/**
 * GET  /operator/breaks                              what does not fit at suppliers
 * POST /operator/breaks/{id}/proposal                what should become of one
 * POST /operator/break-proposals/{id}/settle         by another person
 * GET  /operator/fulfilments                         items on their way to or from a supplier, parked ones too
 * POST /operator/fulfilments/{id}/{item}/retry       lets a machine go on
 * POST /operator/fulfilments/{id}/{item}/proposal    what became of a parked one, as a person knows it
 * POST /operator/fulfilment-proposals/{id}/settle    by another person
 * GET  /operator/reversals                           redemptions whose reversal waits
 * GET  /operator/redemptions/{receipt}               what a receipt is about
 * POST /operator/redemptions/{receipt}/reversal      proposes to take it back
 * POST /operator/reversal-proposals/{id}/approve     by another person
 * GET  /operator/refunds                             money back to buyers that waits
 * POST /operator/checkouts/{id}/refund               proposes it
 * POST /operator/refunds/{id}/settle                 by another person
 */
export function operatorCaseRoutes(app: DialectApp, services: Services): void {
  breakRoutes(app, services)
  itemRoutes(app, services)
  reversalRoutes(app, services)
  refundRoutes(app, services)
}

function breakRoutes(app: DialectApp, { database }: Services): void {
  const list = {
    ...shared,
    summary: 'What does not fit at suppliers and waits, the longest waiting first',
    querystring: object(pageQuery),
    response: { 200: BreaksReply, ...refusals(401, 422) },
  }
  app.get('/operator/breaks', { ...forOperator('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listBreaks(database, { isSettled: false }, { cursor, limit }), toBreak)
  })

  const propose = {
    ...shared,
    summary: 'Say what should become of a break; another person settles it',
    description: 'It takes the place of an earlier proposal.',
    params: IdPath,
    body: ProposeBreakBody,
    response: { 200: ProposalReply, ...refusals(401, 403, 404, 422) },
  }
  app.post('/operator/breaks/:id/proposal', { ...forOperator('money'), schema: propose }, async (request) => {
    const breakId = toId<BreakId>(request.params.id, 'break_not_found')
    const { resolution, amount, note } = request.body
    const micros = amount === undefined ? undefined : toMicros(amount)
    const order = { breakId, resolution, amount: micros, note, actor: actorIn(request) }
    const { proposalId } = await database.inTransaction((tx) => proposeBreak(tx, order))
    return { proposal_id: proposalId }
  })

  const settle = {
    ...shared,
    summary: 'Settle a break as it was proposed, as another person',
    params: IdPath,
    response: { 200: Break, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/break-proposals/:id/settle',
    { ...forOperator('money'), schema: settle },
    async (request) => {
      const order = { proposalId: toProposalId(request.params.id), actor: actorIn(request) }
      return toBreak((await database.inTransaction((tx) => settleBreak(tx, order))).settled)
    },
  )
}

function itemRoutes(app: DialectApp, { database, keyRing, suppliers }: Services): void {
  const list = {
    ...shared,
    summary: 'Items that have not ended at suppliers, the longest waiting first',
    querystring: OpenItemsQuery,
    response: { 200: OpenItemsReply, ...refusals(401, 422) },
  }
  app.get('/operator/fulfilments', { ...forOperator('read'), schema: list }, async (request) => {
    const { state, cursor, limit = 25 } = request.query
    const filter = { states: state === undefined ? undefined : [state] }
    const page = await listItems(database, filter, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.map(({ partnerId }) => partnerId),
    )
    return toPage(page, (one) => ({
      order_id: one.orderId,
      item: one.item,
      partner: names.get(one.partnerId) ?? '',
      product: one.skuName,
      quantity: one.quantity,
      // The list has none that ended.
      state: one.state === 'completed' || one.state === 'failed' ? 'parked' : one.state,
      supplier: one.supplierCode ?? null,
      supplier_reference: one.supplierReference ?? null,
      sends: one.sends,
      reason: one.parkedReason ?? null,
      stated: one.stated ?? null,
      proposal_id: one.proposalId ?? null,
      proposal:
        one.proposedOutcome === undefined
          ? null
          : {
              outcome: one.proposedOutcome,
              goods: one.proposedGoods ?? 0,
              cost: one.proposedCost === undefined ? null : printAmount(one.proposedCost),
              currency: one.supplierCurrency ?? null,
              note: one.proposedNote ?? '',
              proposed_by: one.proposedBy ?? '',
            },
      created_at: toInstant(one.createdAt),
    }))
  })

  const retry = {
    ...shared,
    summary: 'Let a machine go on with an item at once',
    description: 'Refused where only a person can tell what became of the purchase. Moves no money.',
    params: ItemPath,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/fulfilments/:id/:item/retry',
    { ...forOperator('partners'), schema: retry },
    async (request, reply) => {
      const { orderId, item } = toItem(request.params)
      const { supplierId } = (await findItem(database, orderId, item)).item
      const asked = supplierId === undefined ? undefined : suppliers.find(supplierId)
      const order = { orderId, item, actor: actorIn(request) }
      await database.inTransaction((tx) =>
        retryItem(tx, order, (code) => (asked?.account.code === code ? asked.supplier.profile : undefined)),
      )
      return reply.code(204).send(null)
    },
  )

  const propose = {
    ...shared,
    summary: 'Say what became of a parked item; another person settles it',
    description: 'It takes the place of an earlier proposal.',
    params: ItemPath,
    body: ProposeItemBody,
    response: { 200: ProposalReply, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/fulfilments/:id/:item/proposal',
    { ...forOperator('money'), schema: propose },
    async (request) => {
      const { note } = request.body
      const outcome = toOutcome(request.body)
      const order = { ...toItem(request.params), outcome, note, actor: actorIn(request) }
      const { proposalId } = await database.inTransaction((tx) => proposeItem(tx, keyRing, order))
      return { proposal_id: proposalId }
    },
  )

  const settle = {
    ...shared,
    summary: 'End a parked item as it was proposed, as another person',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/fulfilment-proposals/:id/settle',
    { ...forOperator('money'), schema: settle },
    async (request, reply) => {
      const proposalId = toProposalId(request.params.id)
      await settleItem(database, keyRing, { proposalId, actor: actorIn(request) })
      return reply.code(204).send(null)
    },
  )
}

/** Throws Failure validation_failed. */
function toOutcome({ outcome, codes = [], receipt, cost }: ProposeItemBody): ProposeItem['outcome'] {
  if (outcome === 'failed') return { kind: 'failed' }
  const goods: Goods[] = codes.map(({ code, pin, serial }) => ({ kind: 'code', code, pin, serial }))
  if (receipt !== undefined) goods.push({ kind: 'receipt', status: 'success', message: receipt })
  if (goods.length === 0)
    throw new Failure('validation_failed', {
      fields: [{ field: 'codes', sentence: 'What was delivered must be said: codes, or a receipt.' }],
    })
  return { kind: 'delivered', goods, cost: cost === undefined ? undefined : toMicros(cost, 'cost') }
}

function toItem(params: { readonly id: string; readonly item: number }): {
  readonly orderId: OrderId
  readonly item: number
} {
  const orderId = toId<OrderId>(params.id, 'fulfilment_not_found')
  return { orderId, item: params.item }
}

function reversalRoutes(app: DialectApp, { database }: Services): void {
  const list = {
    ...shared,
    summary: 'Redemptions whose reversal waits for a second person',
    querystring: object(pageQuery),
    response: { 200: ReversalsReply, ...refusals(401, 422) },
  }
  app.get('/operator/reversals', { ...forOperator('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listProposedReversals(database, { cursor, limit }), toReversal)
  })

  const find = {
    ...shared,
    summary: 'The redemption that a receipt is about',
    params: ReceiptPath,
    response: { 200: Reversal, ...refusals(401, 404) },
  }
  app.get('/operator/redemptions/:receipt', { ...forOperator('read'), schema: find }, async (request) =>
    toReversal(await findByReceipt(database, request.params.receipt.toUpperCase())),
  )

  const propose = {
    ...shared,
    summary: 'Propose to take a redemption back; another person approves',
    params: ReceiptPath,
    body: NoteBody,
    response: { 200: ProposalReply, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/redemptions/:receipt/reversal',
    { ...forOperator('money'), schema: propose },
    async (request) => {
      const found = await findByReceipt(database, request.params.receipt.toUpperCase())
      const { note } = request.body
      const order = { partnerId: found.partnerId, redemptionId: found.id, note, actor: actorIn(request) }
      return { proposal_id: await database.inTransaction((tx) => proposeReversal(tx, order)) }
    },
  )

  const approve = {
    ...shared,
    summary: 'Take a redemption back, as another person than who proposed it',
    params: IdPath,
    response: { 200: Reversal, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/reversal-proposals/:id/approve',
    { ...forOperator('money'), schema: approve },
    async (request) => {
      const order = { proposalId: toProposalId(request.params.id), actor: actorIn(request) }
      const { redemption } = await database.inTransaction((tx) => approveReversal(tx, order))
      return toReversal(await findRedemption(database, redemption.partnerId, redemption.id))
    },
  )
}

function refundRoutes(app: DialectApp, { database }: Services): void {
  const list = {
    ...shared,
    summary: 'Money back to buyers that waits for a second person',
    querystring: object(pageQuery),
    response: { 200: RefundsReply, ...refusals(401, 422) },
  }
  app.get('/operator/refunds', { ...forOperator('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    const page = await listProposedRefunds(database, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.map(({ partnerId }) => partnerId),
    )
    return toPage(page, (one) => ({
      id: one.id,
      checkout_id: one.checkoutId,
      partner: names.get(one.partnerId) ?? '',
      shop: one.sellerName,
      reference: one.reference,
      amount: printAmount(one.amount),
      currency: one.currency,
      note: one.note,
      proposed_by: one.proposedBy,
      created_at: toInstant(one.proposedAt),
    }))
  })

  const propose = {
    ...shared,
    summary: 'Propose to give a buyer money back; another person settles it',
    params: IdPath,
    body: ProposeRefundBody,
    response: { 200: ProposalReply, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/checkouts/:id/refund',
    { ...forOperator('money'), schema: propose },
    async (request) => {
      const checkoutId = toId<CheckoutId>(request.params.id, 'order_not_found')
      const { amount, note } = request.body
      const micros = amount === undefined ? undefined : toMicros(amount)
      const order = { checkoutId, amount: micros, note, actor: actorIn(request) }
      const { refundId } = await database.inTransaction((tx) => proposeRefund(tx, order))
      return { proposal_id: refundId }
    },
  )

  const settle = {
    ...shared,
    summary: 'Give a buyer money back, as another person than who proposed it',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 402, 403, 404, 422) },
  }
  app.post(
    '/operator/refunds/:id/settle',
    { ...forOperator('money'), schema: settle },
    async (request, reply) => {
      const refundId = toId<RefundId>(request.params.id, 'proposal_not_found')
      const order = { refundId, actor: actorIn(request) }
      await database.inTransaction((tx) => settleRefund(tx, order))
      return reply.code(204).send(null)
    },
  )
}

function toProposalId(text: string): ProposalId {
  return toId<ProposalId>(text, 'proposal_not_found')
}
