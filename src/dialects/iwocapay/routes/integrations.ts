import { findSeller } from '../../../core/checkout/find-seller.ts'
import { parseId } from '../../../values/ids.ts'
import type { SellerId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toSchedule } from '../mapping/schedule.ts'
import { refusals } from '../wire/envelope.ts'
import { ConnectionReply, EventsBody, EventsReply, SellerParams } from '../wire/orders.ts'
import { ScheduleQuery, ScheduleReply } from '../wire/schedule.ts'

const shared = { tags: ['Integration'], security: [{ accessToken: [] }] }

/**
 * GET  /api/iwocapay/ecommerce/seller/{sellerId}/connection_check/   whether a shop's settings are right
 * POST /api/iwocapay/seller/integrations/{sellerId}/events/          what a shop's plugin wants known
 * GET  /api/lending/edge/example_repayment_schedule/                 what a loan would cost
 */
export function integrationRoutes(app: DialectApp, { database, environment }: Services): void {
  const sellerOf = (partnerId: Parameters<typeof findSeller>[1], id: string) =>
    findSeller(database, partnerId, parseId<SellerId>(id))

  const check = {
    ...shared,
    summary: 'Check the connection',
    params: SellerParams,
    response: { 200: ConnectionReply, ...refusals(403) },
  }
  const checkPath = '/api/iwocapay/ecommerce/seller/:sellerId/connection_check'
  app.get(checkPath, { schema: check }, async ({ caller, params }) => {
    const { name } = await sellerOf(caller.partner.id, params.sellerId)
    return { data: { seller_name: name, environment } }
  })

  const tell = {
    ...shared,
    summary: 'Tell of events of an integration',
    description: 'At most 100 at a time. They are kept in the API log with the call.',
    params: SellerParams,
    body: EventsBody,
    response: { 202: EventsReply, ...refusals(400, 403) },
  }
  app.post('/api/iwocapay/seller/integrations/:sellerId/events', { schema: tell }, async (request, reply) => {
    await sellerOf(request.caller.partner.id, request.params.sellerId)
    return reply.code(202).send({ data: { accepted: request.body.events.length } })
  })

  const schedule = {
    ...shared,
    summary: 'An example repayment schedule',
    querystring: ScheduleQuery,
    response: { 200: ScheduleReply, ...refusals(400) },
  }
  app.get('/api/lending/edge/example_repayment_schedule', { schema: schedule }, ({ query }) => ({
    data: toSchedule(query, new Date().toISOString().slice(0, 10)),
  }))
}
