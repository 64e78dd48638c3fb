import type { FastifyRequest } from 'fastify'
import type { Catalogue } from '../../../core/catalogue/catalogue.ts'
import { awaitOrder } from '../../../core/orders/await-order.ts'
import { findOrder } from '../../../core/orders/find-order.ts'
import { findRepeatedOrder } from '../../../core/orders/find-repeated-order.ts'
import { listOrders } from '../../../core/orders/list-orders.ts'
import type { PlaceOrder } from '../../../core/orders/order.ts'
import { placeOrder } from '../../../core/orders/place-order.ts'
import type { PlacedOrder } from '../../../core/orders/place-order.ts'
import type { Caller } from '../../../core/partners/partner.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { OrderId, SkuId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toMeta } from '../mapping/envelope.ts'
import { readFields, toFields, toRequestKey } from '../mapping/fields.ts'
import type { Fields } from '../mapping/fields.ts'
import { readInstant } from '../mapping/instants.ts'
import { toOrder, toOrderInFull, toPlaceOrder } from '../mapping/orders.ts'
import type { RedeemUrlOf } from '../mapping/orders.ts'
import { refusals } from '../wire/envelope.ts'
import {
  CreatedOrderReply,
  CreateOrderBody,
  orderCreatedMessage,
  OrderPath,
  OrderReply,
  OrdersQuery,
  OrdersReply,
  SignatureHeaders,
} from '../wire/orders.ts'
import { requireSignatureOver } from './signed.ts'
import type { SignedSubject } from './signed.ts'

const shared = { tags: ['Orders'], security: [{ partnerToken: [] }] }

/**
 * GET  /orders         the partner's orders, newest first
 * POST /orders         buys; signed
 * GET  /orders/{uuid}  one order
 */
export function orderRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing, catalogue } = services

  const list = {
    ...shared,
    summary: 'Order history',
    querystring: OrdersQuery,
    response: { 200: OrdersReply, ...refusals(422) },
  }
  app.get('/orders', { schema: list }, async (request) => {
    const { cursor, per_page: perPage = 50 } = request.query
    const page = await listOrders(database, keyRing, request.caller.partner.id, readFilters(request.query), {
      cursor,
      limit: perPage,
    })
    const redeemUrlOf = redeemUrls(catalogue.current())
    return {
      success: true as const,
      data: page.rows.map((order) => toOrder(order, redeemUrlOf)),
      meta: toMeta(page, perPage),
    }
  })

  const create = {
    ...shared,
    summary: 'Create an order',
    description:
      'Requires a signature over X-Timestamp + item.sku_id + external_id. 200 answers a repeat of an earlier order.',
    headers: SignatureHeaders,
    body: CreateOrderBody,
    response: { 200: CreatedOrderReply, 201: CreatedOrderReply, ...refusals(402, 404, 409, 422) },
  }
  app.post(
    '/orders',
    { schema: create, preValidation: requireSignatureOver(skuIn) },
    async (request, reply) => {
      const { order, repeated } = await buy(services, request.caller, request.body)
      const data = toOrder(order, redeemUrls(catalogue.current()))
      return reply.code(repeated ? 200 : 201).send({ success: true, message: orderCreatedMessage, data })
    },
  )

  const find = {
    ...shared,
    summary: 'One order',
    params: OrderPath,
    response: { 200: OrderReply, ...refusals(404) },
  }
  app.get('/orders/:uuid', { schema: find }, async (request) => {
    const orderId = parseId<OrderId>(request.params.uuid)
    if (orderId === undefined) throw new Failure('order_not_found')
    const order = await findOrder(database, keyRing, request.caller.partner.id, orderId)
    return { success: true as const, data: toOrderInFull(order, redeemUrls(catalogue.current())) }
  })
}

/** The SKU of an order's body, whatever shape that has. */
function skuIn(request: FastifyRequest): SignedSubject {
  const { body } = request
  const item = typeof body === 'object' && body !== null && 'item' in body ? body.item : undefined
  const value = typeof item === 'object' && item !== null && 'sku_id' in item ? item.sku_id : undefined
  return { field: 'item.sku_id', value }
}

/**
 * A new order waits a little for its supplier, so that most are answered with what was delivered. A retry is answered from the first order, even
 * if the SKU could not be bought any more, and waits for nothing.
 */
async function buy(services: Services, caller: Caller, body: CreateOrderBody): Promise<PlacedOrder> {
  const { database, keyRing, catalogue } = services
  const fields = readFreeJson(body)
  const requestKey = toRequestKey(body.item.sku_id, fields)
  let command: PlaceOrder
  try {
    command = toCommand(catalogue.current(), caller, body, fields, requestKey)
  } catch (failure) {
    const request = {
      partnerId: caller.partner.id,
      dialect: 'giftapi',
      externalId: body.external_id,
      requestKey,
    }
    const first = await findRepeatedOrder(database, keyRing, request)
    if (first === undefined) throw failure
    return { order: first, repeated: true }
  }
  return placeAndAwait(services, command)
}

/** Buys, and waits a little for the supplier where one is asked; a repeat waits for nothing. */
export async function placeAndAwait(services: Services, command: PlaceOrder): Promise<PlacedOrder> {
  const { database, keyRing, orders, orderNews, patienceMs } = services
  const placed = await placeOrder(orders, command)
  if (placed.repeated) return placed
  return { order: await awaitOrder(database, keyRing, orderNews, placed.order, patienceMs), repeated: false }
}

/** The parts of a body that its schema leaves open. Throws Failure validation_failed. */
function readFreeJson(body: CreateOrderBody): Fields {
  const fields = toFields(body.item.fields)
  const problems: FieldProblem[] = []
  if (fields === undefined)
    problems.push({ field: 'item.fields', sentence: 'The item.fields field must be an object.' })
  if (toFields(body.metadata) === undefined) {
    problems.push({ field: 'metadata', sentence: 'The metadata field must be an object or null.' })
  } else if (body.metadata && Buffer.byteLength(JSON.stringify(body.metadata)) > metadataBytesMost) {
    problems.push({
      field: 'metadata',
      sentence: `The metadata field must not take more than ${metadataBytesMost} bytes.`,
    })
  }
  if (fields === undefined || problems.length > 0)
    throw new Failure('validation_failed', { fields: problems })
  return fields
}

/** Throws Failure sku_not_found, validation_failed, price_unavailable. */
function toCommand(
  catalogue: Catalogue,
  caller: Caller,
  body: CreateOrderBody,
  fields: Fields,
  requestKey: string,
): PlaceOrder {
  const skuId = parseId<SkuId>(body.item.sku_id)
  const found = skuId === undefined ? undefined : catalogue.sku(skuId)
  if (found === undefined) throw new Failure('sku_not_found')
  const { sku, product } = found
  const read = readFields(product, sku, fields)
  if (read.problems.length > 0) throw new Failure('validation_failed', { fields: read.problems })
  const quote = catalogue.quote(caller.partner.id, sku, caller.defaultWallet.currency, read.amount)
  if (quote === undefined) throw new Failure('price_unavailable')
  return toPlaceOrder({
    caller,
    sku,
    quote,
    canBeSupplied: catalogue.isSupplied(sku.id),
    fields: read,
    externalId: body.external_id,
    requestKey,
    metadata: body.metadata,
  })
}

function readFilters(query: OrdersQuery): Parameters<typeof listOrders>[3] {
  const problems: FieldProblem[] = []
  const read = (field: 'date_from' | 'date_to', edge: 'first' | 'last'): Date | undefined => {
    const text = query[field]
    const at = text === undefined ? undefined : readInstant(text, edge)
    if (text !== undefined && at === undefined)
      problems.push({ field, sentence: `The ${field} field must be an ISO 8601 date-time.` })
    return at
  }
  const filters = {
    status: query.status,
    externalId: query.external_id,
    from: read('date_from', 'first'),
    to: read('date_to', 'last'),
  }
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  return filters
}

export function redeemUrls(catalogue: Catalogue): RedeemUrlOf {
  return (skuId) => catalogue.sku(skuId)?.product.brand.redeemUrl
}

const metadataBytesMost = 16 * 1024
