import { fieldProblem, quantityMost } from '../../../core/catalogue/fields.ts'
import type { Product, Sku } from '../../../core/catalogue/catalogue.ts'
import { recordAudit } from '../../../core/audit/record-audit.ts'
import { awaitOrder } from '../../../core/orders/await-order.ts'
import { findOrder } from '../../../core/orders/find-order.ts'
import { findRepeatedOrder } from '../../../core/orders/find-repeated-order.ts'
import { listOrders } from '../../../core/orders/list-orders.ts'
import type { Order, PlaceOrder } from '../../../core/orders/order.ts'
import { placeOrder } from '../../../core/orders/place-order.ts'
import type { PlacedOrder } from '../../../core/orders/place-order.ts'
import { resendGoods } from '../../../core/order-mails/resend-goods.ts'
import { newId } from '../../../platform/ids.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { OrderId, PartnerId, SkuId } from '../../../values/ids.ts'
import type { Locale } from '../../../values/locale.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { Page } from '../../../values/page.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { requestKeyOf, toCode, toOrder, toPlaceOrder } from '../mapping/orders.ts'
import { toId, toPage, readInstant } from '../mapping/shared.ts'
import {
  CreateOrderBody,
  IdempotencyHeaders,
  Order as OrderReply,
  OrdersQuery,
  OrdersReply,
  RevealReply,
} from '../wire/partner.ts'
import { SendBody } from '../wire/goods.ts'
import { IdPath, nothing, refusals } from '../wire/shared.ts'
import { actorIn, forPartner, partnerOf } from './access.ts'
import { findPayingWallet, localeOf } from './catalogue.ts'

const shared = { tags: ['Orders'] }

/**
 * GET  /orders              the partner's orders, whichever format took them
 * POST /orders              buys
 * GET  /orders/{id}         one order, without its codes
 * POST /orders/{id}/reveal  its codes; the audit log keeps who looked
 * POST /orders/{id}/send    mails what it delivered
 */
export function orderRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services

  const list = {
    ...shared,
    summary: 'Orders, newest first',
    description: '`q` is an id of ours or one of your own.',
    querystring: OrdersQuery,
    response: { 200: OrdersReply, ...refusals(401, 422) },
  }
  app.get('/orders', { ...forPartner('read'), schema: list }, async (request) =>
    toPage(await findOrders(services, partnerOf(request), request.query), toOrder),
  )

  const create = {
    ...shared,
    summary: 'Buy',
    description:
      'Give an `Idempotency-Key` or an `external_id`: the same one again answers the first order (200) and has no effect; for another order it is refused.',
    headers: IdempotencyHeaders,
    body: CreateOrderBody,
    response: { 200: OrderReply, 201: OrderReply, ...refusals(401, 402, 403, 404, 409, 422) },
  }
  app.post('/orders', { ...forPartner('buy'), schema: create }, async (request, reply) => {
    const key = request.headers['idempotency-key']
    const externalId = request.body.external_id ?? key ?? newId()
    const order = { partnerId: partnerOf(request), locale: localeOf(request), externalId }
    const placed = await buy(services, order, request.body)
    return reply.code(placed.repeated ? 200 : 201).send(toOrder(placed.order))
  })

  const find = {
    ...shared,
    summary: 'One order',
    params: IdPath,
    response: { 200: OrderReply, ...refusals(401, 404) },
  }
  app.get('/orders/:id', { ...forPartner('read'), schema: find }, async (request) =>
    toOrder(await findOrder(database, keyRing, partnerOf(request), toOrderId(request.params.id))),
  )

  const reveal = {
    ...shared,
    summary: 'The codes of an order',
    description: 'The audit log keeps who looked, and when.',
    params: IdPath,
    response: { 200: RevealReply, ...refusals(401, 403, 404) },
  }
  app.post('/orders/:id/reveal', { ...forPartner('buy'), schema: reveal }, async (request) => {
    const partnerId = partnerOf(request)
    const actor = actorIn(request)
    // Written down before anything is shown.
    const order = await database.inTransaction(async (tx) => {
      const found = await findOrder(tx, keyRing, partnerId, toOrderId(request.params.id))
      await recordAudit(tx, { actor, action: 'order.revealed', partnerId, subject: found.id })
      return found
    })
    return { codes: order.items.flatMap((item) => item.codes.map(toCode)) }
  })

  const send = {
    ...shared,
    summary: 'Mail what an order has delivered',
    description: 'Codes and all, to an address of your choice; the audit log keeps who sent them where.',
    params: IdPath,
    body: SendBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.post('/orders/:id/send', { ...forPartner('buy'), schema: send }, async (request, reply) => {
    const order = {
      partnerId: partnerOf(request),
      orderId: toOrderId(request.params.id),
      to: request.body.to.trim(),
      locale: localeOf(request),
      actor: actorIn(request),
    }
    await database.inTransaction((tx) => resendGoods(tx, keyRing, order))
    return reply.code(204).send(null)
  })
}

function toOrderId(text: string): OrderId {
  return toId<OrderId>(text, 'order_not_found')
}

async function findOrders(
  { database, keyRing }: Services,
  partnerId: PartnerId,
  query: OrdersQuery,
): Promise<Page<Order>> {
  const { q, status, from, to, cursor, limit = 25 } = query
  const id = q === undefined ? undefined : parseId<OrderId>(q)
  if (id !== undefined) {
    const found = await findOrder(database, keyRing, partnerId, id).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'order_not_found') return undefined
      throw error
    })
    if (found !== undefined) return { rows: [found], nextCursor: undefined, previousCursor: undefined }
  }
  const filters = {
    status,
    externalId: q,
    from: readInstant(from, 'from'),
    to: readInstant(to, 'to'),
  }
  return listOrders(database, keyRing, partnerId, filters, { cursor, limit })
}

type Asked = { readonly partnerId: PartnerId; readonly locale: Locale; readonly externalId: string }

/** A retry is answered from the first order, even where it could not be bought any more. */
async function buy(services: Services, asked: Asked, body: CreateOrderBody): Promise<PlacedOrder> {
  const { database, keyRing, orders, orderNews, patienceMs } = services
  const { partnerId, externalId } = asked
  let command: PlaceOrder
  try {
    command = await toCommand(services, asked, body)
  } catch (failure) {
    const requestKey = await repeatKey(services, partnerId, body)
    const of = { partnerId, dialect: 'house', externalId, requestKey }
    const first = requestKey === '' ? undefined : await findRepeatedOrder(database, keyRing, of)
    if (first === undefined) throw failure
    return { order: first, repeated: true }
  }
  const placed = await placeOrder(orders, command)
  if (placed.repeated) return placed
  return { order: await awaitOrder(database, keyRing, orderNews, placed.order, patienceMs), repeated: false }
}

/** Throws Failure sku_not_found, wallet_not_found, validation_failed, price_unavailable. */
async function toCommand(services: Services, asked: Asked, body: CreateOrderBody): Promise<PlaceOrder> {
  const catalogue = services.catalogue.current()
  const skuId = parseId<SkuId>(body.sku_id)
  const found = skuId === undefined ? undefined : catalogue.sku(skuId)
  if (found === undefined) throw new Failure('sku_not_found')
  const { sku, product } = found
  const wallet = await findPayingWallet(services, asked.partnerId, body.wallet)
  const amount = amountOf(sku, body)
  const { quantity = 1, fields = {} } = body
  const problems = problemsOf(product, sku, { quantity, amount, fields })
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  const quote = catalogue.quote(asked.partnerId, sku, wallet.currency, amount)
  if (quote === undefined) throw new Failure('price_unavailable')
  const known = new Set(product.fields.map(({ code }) => code))
  return toPlaceOrder({
    ...asked,
    walletId: wallet.id,
    sku,
    quote,
    canBeSupplied: catalogue.isSupplied(sku.id),
    quantity,
    amount,
    fields: Object.fromEntries(Object.entries(fields).filter(([code]) => known.has(code))),
  })
}

/** "" where nothing can be said of the SKU or the wallet any more. */
async function repeatKey(services: Services, partnerId: PartnerId, body: CreateOrderBody): Promise<string> {
  const skuId = parseId<SkuId>(body.sku_id)
  const found = skuId === undefined ? undefined : services.catalogue.current().sku(skuId)
  const wallet = await findPayingWallet(services, partnerId, body.wallet).catch(() => undefined)
  if (found === undefined || wallet === undefined) return ''
  const { quantity = 1, fields = {} } = body
  const known = new Set(found.product.fields.map(({ code }) => code))
  const kept = Object.fromEntries(Object.entries(fields).filter(([code]) => known.has(code)))
  return requestKeyOf({
    sku: found.sku,
    walletId: wallet.id,
    quantity,
    amount: amountOf(found.sku, body),
    fields: kept,
  })
}

function amountOf(sku: Sku, body: CreateOrderBody): Micros | undefined {
  return sku.denomination.kind === 'fixed' || body.amount === undefined ? undefined : parseAmount(body.amount)
}

function problemsOf(
  product: Product,
  sku: Sku,
  order: {
    readonly quantity: number
    readonly amount: Micros | undefined
    readonly fields: Readonly<Record<string, string>>
  },
): FieldProblem[] {
  const problems: FieldProblem[] = []
  const most = quantityMost(product, sku)
  if (order.quantity > most)
    problems.push({ field: 'quantity', sentence: `The quantity must be a whole number from 1 to ${most}.` })
  if (sku.denomination.kind === 'range') {
    const { least, most: top } = sku.denomination
    if (order.amount === undefined || order.amount < least || order.amount > top)
      problems.push({
        field: 'amount',
        sentence: `The amount must be from ${printAmount(least)} to ${printAmount(top)} ${sku.currency}.`,
      })
  }
  for (const field of product.fields) {
    if (field.code === 'quantity' || field.code === 'amount') continue
    const sentence = fieldProblem(field, order.fields[field.code])
    if (sentence !== undefined) problems.push({ field: `fields.${field.code}`, sentence })
  }
  return problems
}
