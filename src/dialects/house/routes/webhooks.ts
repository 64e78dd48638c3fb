import { recordAudit } from '../../../core/audit/record-audit.ts'
import type { EndpointRules } from '../../../core/webhooks/check-endpoint.ts'
import { createEndpoint } from '../../../core/webhooks/create-endpoint.ts'
import { deleteEndpoint } from '../../../core/webhooks/delete-endpoint.ts'
import { findEndpoint } from '../../../core/webhooks/find-endpoint.ts'
import { listAttempts } from '../../../core/webhooks/list-attempts.ts'
import { listDeliveries } from '../../../core/webhooks/list-deliveries.ts'
import { listEndpoints } from '../../../core/webhooks/list-endpoints.ts'
import { replayDelivery } from '../../../core/webhooks/replay-delivery.ts'
import { rotateSecret } from '../../../core/webhooks/rotate-secret.ts'
import { sendTestEvent } from '../../../core/webhooks/send-test-event.ts'
import { updateEndpoint } from '../../../core/webhooks/update-endpoint.ts'
import type { EndpointId, EventId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toAttempt, toDelivery, toEndpoint } from '../mapping/developers.ts'
import { toId, toPage } from '../mapping/shared.ts'
import {
  AttemptsReply,
  CreateEndpointBody,
  DeliveriesQuery,
  DeliveriesReply,
  DeliveryPath,
  Endpoint,
  EndpointsReply,
  IssuedEndpoint,
  RotateBody,
  TestReply,
  UpdateEndpointBody,
} from '../wire/developers.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forPartner, partnerOf } from './access.ts'

const shared = { tags: ['Webhooks'] }
const day = 86_400

/**
 * GET    /webhook-endpoints                                  where the partner is told
 * POST   /webhook-endpoints                                  one more; its secret is seen this once
 * GET    /webhook-endpoints/{id}                             one of them
 * PATCH  /webhook-endpoints/{id}                             address, events, paused or active
 * DELETE /webhook-endpoints/{id}
 * POST   /webhook-endpoints/{id}/rotate-secret
 * POST   /webhook-endpoints/{id}/test                        sends a test event
 * GET    /webhook-endpoints/{id}/deliveries                  the log
 * GET    /webhook-endpoints/{id}/deliveries/{event}/attempts
 * POST   /webhook-endpoints/{id}/deliveries/{event}/replay
 */
export function webhookRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const rules = rulesOf(services)

  const list = {
    ...shared,
    summary: 'Webhook endpoints',
    querystring: object(pageQuery),
    response: { 200: EndpointsReply, ...refusals(401, 422) },
  }
  app.get('/webhook-endpoints', { ...forPartner('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listEndpoints(database, partnerOf(request), { cursor, limit }), toEndpoint)
  })

  const create = {
    ...shared,
    summary: 'Add an endpoint',
    description: 'Its secret is in this answer and never again.',
    body: CreateEndpointBody,
    response: { 201: IssuedEndpoint, ...refusals(401, 403, 409, 422) },
  }
  app.post('/webhook-endpoints', { ...forPartner('develop'), schema: create }, async (request, reply) => {
    const { format, url, events, description } = request.body
    const partnerId = partnerOf(request)
    const order = { partnerId, dialect: format, url, events, description, actor: actorIn(request) }
    const made = await database.inTransaction((tx) => createEndpoint(tx, keyRing, order, rules))
    return reply.code(201).send({ endpoint: toEndpoint(made.endpoint), secret: made.secret })
  })

  const find = {
    ...shared,
    summary: 'One endpoint',
    params: IdPath,
    response: { 200: Endpoint, ...refusals(401, 404) },
  }
  app.get('/webhook-endpoints/:id', { ...forPartner('read'), schema: find }, async (request) =>
    toEndpoint(await findEndpoint(database, partnerOf(request), toEndpointId(request.params.id))),
  )

  const update = {
    ...shared,
    summary: 'Change an endpoint',
    params: IdPath,
    body: UpdateEndpointBody,
    response: { 200: Endpoint, ...refusals(401, 403, 404, 409, 422) },
  }
  app.patch('/webhook-endpoints/:id', { ...forPartner('develop'), schema: update }, async (request) => {
    const partnerId = partnerOf(request)
    const endpointId = toEndpointId(request.params.id)
    const order = { partnerId, endpointId, ...request.body, actor: actorIn(request) }
    return toEndpoint(await database.inTransaction((tx) => updateEndpoint(tx, order, rules)))
  })

  const remove = {
    ...shared,
    summary: 'Remove an endpoint with its log',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403, 404) },
  }
  app.delete(
    '/webhook-endpoints/:id',
    { ...forPartner('develop'), schema: remove },
    async (request, reply) => {
      const endpointId = toEndpointId(request.params.id)
      await deleteEndpoint(database, { partnerId: partnerOf(request), endpointId, actor: actorIn(request) })
      return reply.code(204).send(null)
    },
  )

  const rotate = {
    ...shared,
    summary: 'Give an endpoint a new secret',
    description: 'The old one signs beside it for the grace, a day unless it is given.',
    params: IdPath,
    body: RotateBody,
    response: { 200: IssuedEndpoint, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/webhook-endpoints/:id/rotate-secret',
    { ...forPartner('develop'), schema: rotate },
    async (request) => {
      const graceSeconds = request.body.grace_seconds ?? day
      const endpointId = toEndpointId(request.params.id)
      const order = { partnerId: partnerOf(request), endpointId, graceSeconds, actor: actorIn(request) }
      const made = await database.inTransaction((tx) => rotateSecret(tx, keyRing, order))
      return { endpoint: toEndpoint(made.endpoint), secret: made.secret }
    },
  )

  const test = {
    ...shared,
    summary: 'Send a test event',
    params: IdPath,
    response: { 202: TestReply, ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/webhook-endpoints/:id/test',
    { ...forPartner('develop'), schema: test },
    async (request, reply) => {
      const partnerId = partnerOf(request)
      const endpointId = toEndpointId(request.params.id)
      const eventId = await database.inTransaction(async (tx) => {
        const sent = await sendTestEvent(tx, { partnerId, endpointId })
        const details = { eventId: sent }
        const action = 'webhook_endpoint.tested'
        await recordAudit(tx, { actor: actorIn(request), action, partnerId, subject: endpointId, details })
        return sent
      })
      return reply.code(202).send({ event_id: eventId })
    },
  )

  const deliveries = {
    ...shared,
    summary: 'What went, goes and did not go to an endpoint',
    params: IdPath,
    querystring: DeliveriesQuery,
    response: { 200: DeliveriesReply, ...refusals(401, 404, 422) },
  }
  app.get(
    '/webhook-endpoints/:id/deliveries',
    { ...forPartner('read'), schema: deliveries },
    async (request) => {
      const { cursor, limit = 25, state } = request.query
      const endpoint = { partnerId: partnerOf(request), endpointId: toEndpointId(request.params.id) }
      return toPage(await listDeliveries(database, endpoint, { state }, { cursor, limit }), toDelivery)
    },
  )

  const attempts = {
    ...shared,
    summary: 'Tries of a delivery',
    params: DeliveryPath,
    querystring: object(pageQuery),
    response: { 200: AttemptsReply, ...refusals(401, 404, 422) },
  }
  app.get(
    '/webhook-endpoints/:id/deliveries/:event/attempts',
    { ...forPartner('read'), schema: attempts },
    async (request) => {
      const { cursor, limit = 25 } = request.query
      const { id, event } = request.params
      const delivery = {
        partnerId: partnerOf(request),
        endpointId: toEndpointId(id),
        eventId: toEventId(event),
      }
      return toPage(await listAttempts(database, delivery, { cursor, limit }), toAttempt)
    },
  )

  const replay = {
    ...shared,
    summary: 'Send an event again',
    params: DeliveryPath,
    response: { 202: object({}), ...refusals(401, 403, 404, 409) },
  }
  app.post(
    '/webhook-endpoints/:id/deliveries/:event/replay',
    { ...forPartner('develop'), schema: replay },
    async (request, reply) => {
      const { id, event } = request.params
      const order = {
        partnerId: partnerOf(request),
        endpointId: toEndpointId(id),
        eventId: toEventId(event),
        actor: actorIn(request),
      }
      await database.inTransaction((tx) => replayDelivery(tx, order))
      return reply.code(202).send({})
    },
  )
}

function rulesOf({ formats, callbackRules }: Services): EndpointRules {
  return {
    ...callbackRules,
    eventTypesOf: (wanted) => formats.find(({ name }) => name === wanted)?.events?.eventTypes,
    typesNamed: (wanted, event) =>
      formats.find(({ name }) => name === wanted)?.events?.vendorNames?.get(event),
  }
}

function toEndpointId(text: string): EndpointId {
  return toId<EndpointId>(text, 'endpoint_not_found')
}

function toEventId(text: string): EventId {
  return toId<EventId>(text, 'delivery_not_found')
}
