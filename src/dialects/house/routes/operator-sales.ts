import { cancelCheckout } from '../../../core/checkout/cancel-checkout.ts'
import { listCheckouts } from '../../../core/checkout/find-checkout.ts'
import { retryDecision } from '../../../core/checkout/retry-decision.ts'
import { listOrders } from '../../../core/orders/list-orders.ts'
import type { CheckoutId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toCheckout } from '../mapping/goods.ts'
import { toOrder } from '../mapping/orders.ts'
import { toId, toPage, readInstant } from '../mapping/shared.ts'
import { Checkout, CheckoutsQuery, CheckoutsReply } from '../wire/goods.ts'
import { OrdersQuery, OrdersReply } from '../wire/partner.ts'
import { IdPath, nothing, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'
import { toPartnerId } from './keys.ts'

const shared = { tags: ['Console: sales'] }

/**
 * GET  /operator/partners/{id}/orders     what a partner has bought, without codes
 * GET  /operator/partners/{id}/checkouts  orders of its shops
 * POST /operator/checkouts/{id}/retry     lets a machine ask a payer again
 * POST /operator/checkouts/{id}/cancel    ends an order that has not ended
 */
export function operatorSaleRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const orders = {
    ...shared,
    summary: 'A partner’s orders, newest first, without codes',
    description: '`q` is the partner’s own id of an order.',
    params: IdPath,
    querystring: OrdersQuery,
    response: { 200: OrdersReply, ...refusals(401, 422) },
  }
  app.get('/operator/partners/:id/orders', { ...forOperator('read'), schema: orders }, async (request) => {
    const { q, status, from, to, cursor, limit = 25 } = request.query
    const filters = {
      status,
      externalId: q === '' ? undefined : q,
      from: readInstant(from, 'from'),
      to: readInstant(to, 'to'),
    }
    const partnerId = toPartnerId(request.params.id)
    return toPage(await listOrders(database, keyRing, partnerId, filters, { cursor, limit }), toOrder)
  })

  const checkouts = {
    ...shared,
    summary: 'Orders of a partner’s shops, newest first',
    params: IdPath,
    querystring: CheckoutsQuery,
    response: { 200: CheckoutsReply, ...refusals(401, 422) },
  }
  app.get(
    '/operator/partners/:id/checkouts',
    { ...forOperator('read'), schema: checkouts },
    async (request) => {
      const { cursor, limit = 25, status } = request.query
      const filter = { partnerId: toPartnerId(request.params.id), status }
      return toPage(await listCheckouts(database, filter, { cursor, limit }), toCheckout)
    },
  )

  const retry = {
    ...shared,
    summary: 'Let a machine ask an order’s payer again, at once',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/operator/checkouts/:id/retry',
    { ...forOperator('partners'), schema: retry },
    async (request, reply) => {
      const id = toCheckoutId(request.params.id)
      await database.inTransaction((tx) => retryDecision(tx, id, actorIn(request)))
      return reply.code(204).send(null)
    },
  )

  const cancel = {
    ...shared,
    summary: 'End a checkout order that has not ended',
    description: 'Nobody pays for it any more, and whoever was asked is told.',
    params: IdPath,
    response: { 200: Checkout, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/operator/checkouts/:id/cancel',
    { ...forOperator('partners'), schema: cancel },
    async (request) => {
      const id = toCheckoutId(request.params.id)
      return toCheckout(
        await database.inTransaction((tx) => cancelCheckout(tx, keyRing, id, actorIn(request))),
      )
    },
  )
}

function toCheckoutId(text: string): CheckoutId {
  return toId<CheckoutId>(text, 'order_not_found')
}
