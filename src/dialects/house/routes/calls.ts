import type { CallFilter } from '../../../core/calls/call.ts'
import { listCalls } from '../../../core/calls/list-calls.ts'
import { openCall } from '../../../core/calls/open-call.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import type { Static } from 'typebox'
import type { FastifyRequest } from 'fastify'
import { toCall, toOpenedCall } from '../mapping/developers.ts'
import { toPage, readInstant } from '../mapping/shared.ts'
import { CallPath, CallsQuery, CallsReply, OpenedCallsReply } from '../wire/developers.ts'
import { refusals } from '../wire/shared.ts'
import { actorIn, forOperator, forPartner, partnerOf, personIn } from './access.ts'

const shared = { tags: ['API log'] }

/**
 * GET  /calls                      the partner's calls of the API, all formats
 * POST /calls/{id}/open            what was sent and answered; the audit log keeps who looked, who is mailed too
 * GET  /operator/calls             everybody's
 * POST /operator/calls/{id}/open
 */
export function callRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services

  const list = {
    ...shared,
    summary: 'Calls of the API, newest first',
    querystring: CallsQuery,
    response: { 200: CallsReply, ...refusals(401, 422) },
  }
  const open = {
    ...shared,
    summary: 'What was sent and answered, masked',
    description: 'The audit log keeps who looked, and a mail tells them.',
    params: CallPath,
    response: { 200: OpenedCallsReply, ...refusals(401, 403, 404) },
  }
  const find = async (partnerId: PartnerId | undefined, query: Static<typeof CallsQuery>) => {
    const { cursor, limit = 25 } = query
    return toPage(await listCalls(database, partnerId, toFilter(query), { cursor, limit }), toCall)
  }
  const show = async (request: FastifyRequest, partnerId: PartnerId | undefined, id: string) => {
    const { email, locale } = personIn(request).user
    const viewer = { actor: actorIn(request), email, locale, partnerId }
    const calls = await database.inTransaction((tx) => openCall(tx, keyRing, viewer, id))
    return { data: calls.map(toOpenedCall) }
  }

  app.get('/calls', { ...forPartner('read'), schema: list }, (request) =>
    find(partnerOf(request), request.query),
  )
  app.post('/calls/:id/open', { ...forPartner('develop'), schema: open }, (request) =>
    show(request, partnerOf(request), request.params.id),
  )
  app.get('/operator/calls', { ...forOperator('read'), schema: list }, (request) =>
    find(undefined, request.query),
  )
  app.post('/operator/calls/:id/open', { ...forOperator('calls'), schema: open }, (request) =>
    show(request, undefined, request.params.id),
  )
}

function toFilter(query: Static<typeof CallsQuery>): CallFilter {
  const { q, request_id: requestId, format, method, status, from, to } = query
  const first = status === undefined ? undefined : Number(status[0]) * 100
  return {
    requestId,
    dialect: format,
    method,
    statusFrom: first,
    statusTo: first === undefined ? undefined : first + 99,
    text: q === '' ? undefined : q,
    from: readInstant(from, 'from'),
    to: readInstant(to, 'to'),
  }
}
