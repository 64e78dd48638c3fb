import { cancelCheckout } from '../../../core/checkout/cancel-checkout.ts'
import type { Checkout } from '../../../core/checkout/checkout.ts'
import { createCheckout } from '../../../core/checkout/create-checkout.ts'
import { findCheckout } from '../../../core/checkout/find-checkout.ts'
import { findSeller } from '../../../core/checkout/find-seller.ts'
import { pageAddressOf, pageKeyOf } from '../../../core/checkout/page-address.ts'
import type { Caller } from '../../../core/partners/partner.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { CheckoutId, SellerId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toCreatedOrder, toOrder, toWanted } from '../mapping/orders.ts'
import type { PageOfOrder } from '../mapping/orders.ts'
import { refusals } from '../wire/envelope.ts'
import {
  CreateBody,
  CreateReply,
  OrderParams,
  OrderReply,
  SellerOrderParams,
  SellerParams,
} from '../wire/orders.ts'

const shared = { tags: ['Orders'], security: [{ accessToken: [] }] }

/**
 * POST   /api/lending/edge/ecommerce/seller/{sellerId}/order/   a new order
 * GET    /api/lending/edge/ecommerce/order/{orderId}/           an order as it now is; DELETE cancels it
 * GET    /api/iwocapay/ecommerce/seller/{sellerId}/order/{orderId}/   the same, and DELETE
 */
export function orderRoutes(
  app: DialectApp,
  { database, keyRing, callbackRules, publicUrl }: Services,
): void {
  const pageOf = (checkout: Checkout): PageOfOrder => ({
    url: pageAddressOf(keyRing, checkout),
    key: pageKeyOf(keyRing, checkout.id),
  })

  const create = {
    ...shared,
    summary: 'Create an order',
    description:
      'With an `Idempotency-Key` the same order again answers with the first one. JSON, or a form: `data[amount]=4200`.',
    params: SellerParams,
    body: CreateBody,
    response: { 201: CreateReply, ...refusals(400, 403, 409) },
  }
  app.post(
    '/api/lending/edge/ecommerce/seller/:sellerId/order',
    { schema: create },
    async (request, reply) => {
      const { partner, credentialId } = request.caller
      const seller = await findSeller(database, partner.id, parseId<SellerId>(request.params.sellerId))
      const key = request.headers['idempotency-key']
      const command = {
        ...toWanted(request.body),
        seller,
        dialect: 'iwocapay',
        pageUrl: `${publicUrl}/iwocapay/pay`,
        idempotencyKey: typeof key === 'string' ? key : undefined,
        credentialId,
      }
      const { checkout } = await database.inTransaction((tx) => createCheckout(tx, callbackRules, command))
      return reply.code(201).send({ data: toCreatedOrder(checkout, pageOf(checkout)) })
    },
  )

  const find = async ({ partner }: Caller, orderId: string, sellerId?: string): Promise<Checkout> => {
    const seller = sellerId === undefined ? undefined : parseId<SellerId>(sellerId)
    if (sellerId !== undefined) await findSeller(database, partner.id, seller)
    const found = await findCheckout(database, parseId<CheckoutId>(orderId), partner.id)
    if (seller !== undefined && found.sellerId !== seller) throw new Failure('order_not_found')
    return found
  }
  const cancel = async (caller: Caller, checkout: Checkout): Promise<Checkout> => {
    try {
      const actor = `credential:${caller.credentialId}`
      return await database.inTransaction((tx) => cancelCheckout(tx, keyRing, checkout.id, actor))
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'order_ended') throw error
      throw new Failure('order_ended', { sentence: "Can't cancel order of terminal state", cause: error })
    }
  }
  const show = (checkout: Checkout) => ({ data: toOrder(checkout, pageOf(checkout)) })

  const byId = { ...shared, params: OrderParams, response: { 200: OrderReply, ...refusals(400, 404) } }
  const path = '/api/lending/edge/ecommerce/order/:orderId'
  app.get(path, { schema: { ...byId, summary: 'An order' } }, async ({ caller, params }) =>
    show(await find(caller, params.orderId)),
  )
  app.delete(path, { schema: { ...byId, summary: 'Cancel an order' } }, async ({ caller, params }) =>
    show(await cancel(caller, await find(caller, params.orderId))),
  )

  const ofSeller = {
    ...shared,
    params: SellerOrderParams,
    response: { 200: OrderReply, ...refusals(400, 403, 404) },
  }
  const sellerPath = '/api/iwocapay/ecommerce/seller/:sellerId/order/:orderId'
  app.get(
    sellerPath,
    { schema: { ...ofSeller, summary: 'An order of a seller' } },
    async ({ caller, params }) => show(await find(caller, params.orderId, params.sellerId)),
  )
  app.delete(
    sellerPath,
    { schema: { ...ofSeller, summary: 'Cancel an order of a seller' } },
    async ({ caller, params }) =>
      show(await cancel(caller, await find(caller, params.orderId, params.sellerId))),
  )
}
