import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import type { Caller } from '../src/core/partners/partner.ts'
import type { Dialect } from '../src/dialects/dialect.ts'
import { sql } from '../src/platform/database.ts'
import { Failure, failureSentences } from '../src/values/failure.ts'
import type { FailureCode } from '../src/values/failure.ts'
import type { CredentialId, PartnerId, WalletId } from '../src/values/ids.ts'
import { digitsOf, exactNumber } from '../src/values/json.ts'
import type { Currency } from '../src/values/money.ts'

export const fixturePartnerId = '018f0000-0000-7000-8000-000000000001' as PartnerId
const fixtureCredentialId = '018f0000-0000-7000-8000-000000000002' as CredentialId

const statuses: { readonly [code in FailureCode]?: number } = {
  validation_failed: 422,
  unsupported_media_type: 415,
  body_too_large: 413,
  route_not_found: 404,
  method_not_allowed: 405,
  unauthenticated: 401,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
}

/** A caller of the fixture: `Authorization: Bearer good` (or `X-Fixture-Key: good`), or `good-<n>` for one who may make n calls a minute. */
function callerOf(requestsPerMinute: number | undefined): Caller {
  return {
    partner: {
      id: fixturePartnerId,
      number: 1n,
      name: 'Fixture',
      email: 'fixture@example.com',
      status: 'active',
      locale: 'en',
      timeZone: 'UTC',
      requestsPerMinute,
      createdAt: new Date(0),
    },
    plan: undefined,
    credentialId: fixtureCredentialId,
    scopes: [],
    publicKey: undefined,
    wallets: [],
    defaultWallet: { id: '018f0000-0000-7000-8000-000000000003' as WalletId, currency: 'USD' as Currency },
    secret: undefined,
  }
}

const page = Buffer.from('{"pre":"serialised","pin":"1234"}')

/** A small wire format that shows what the vendors' do not: every part of the floor has a route to be tried on. */
export const fixtureDialect: Dialect = {
  name: 'fixture',
  title: 'Fixture <API>',
  description: 'For tests.',
  mountPath: '/fixture/v1',
  maskedFields: ['pin', 'codes'],
  securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
  async authenticate(request) {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === 'broken') throw new Error('connect ECONNREFUSED 127.0.0.1:5432')
    const match = /^good(?:-(\d+))?$/.exec(token ?? String(request.headers['x-fixture-key']))
    if (match === null) throw new Failure('unauthenticated')
    return callerOf(match[1] === undefined ? undefined : Number(match[1]))
  },
  routes(app, services) {
    app.get('/', () => ({ root: true }))
    app.get('/hello', { schema: { summary: 'Says hello' } }, (request) => ({
      hello: request.caller.partner.name,
    }))
    app.get('/open', { config: { open: true } }, () => ({ open: true }))
    app.post('/echo', { schema: { body: EchoBody } }, async (request, reply) => {
      const { amount } = request.body
      return reply.code(201).send({
        ...request.body,
        amount: amount === undefined ? null : exactNumber(digitsOf(amount) ?? '0'),
        pin: '0000',
      })
    })
    app.post('/anything', (request) => ({ got: request.body ?? null }))
    app.post('/large', { bodyLimit: 3 * 1_048_576 }, () => ({ large: true }))
    app.get('/list', { schema: { querystring: ListQuery } }, (request) => request.query)
    app.get(
      '/things/:id',
      { schema: { params: Type.Object({ id: Type.String({ minLength: 2 }) }) } },
      (request) => request.params,
    )
    app.delete('/things/:id', async (_request, reply) => reply.code(204).send())
    app.get('/page', (request, reply) => {
      reply.header('etag', '"page"').header('cache-control', 'private, no-cache')
      if (request.headers['if-none-match'] === '"page"') return reply.code(304).send()
      return reply.type('application/json; charset=utf-8').send(page)
    })
    let made = 0
    app.get('/made', { config: { ofCatalogue: true } }, (request, reply) => {
      made += 1
      reply.header('etag', '"made"').header('cache-control', 'private, no-cache')
      if (request.headers['if-none-match'] === '"made"') return reply.code(304).send()
      return reply.type('application/json; charset=utf-8').send(Buffer.from(`{"made":${made}}`))
    })
    app.get('/slow', async () => {
      await sleep(400)
      return { slow: true }
    })
    app.get('/boom', (_request, reply) => {
      reply.header('etag', '"boom"').type('text/csv')
      throw new Error('select * from secrets at /srv/app/secret.ts')
    })
    app.get('/fail/:code', (request) => {
      const { code } = request.params as { code: FailureCode } // Tests ask for codes that exist.
      throw new Failure(code, { internal: 'for the operator', retryAfterSeconds: 7 })
    })
    app.get('/database', async () => {
      const [row] = await services.database.query<{ one: number }>(sql`select 1 as one`)
      return row
    })
  },
  errorReply(failure) {
    return {
      status: statuses[failure.code] ?? 400,
      body: {
        fault: failure.code,
        sentence: failureSentences[failure.code],
        ...(failure.fields.length > 0 ? { fields: failure.fields } : {}),
      },
      headers: { 'x-fixture-fault': failure.code },
    }
  },
}

const EchoBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 10 }),
  kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  amount: Type.Optional(Type.Unknown()),
  token: Type.Optional(Type.String()),
  item: Type.Optional(
    Type.Object({
      sku_id: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
  ),
})

const ListQuery = Type.Object({
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  include_skus: Type.Optional(Type.Boolean()),
  kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
  tag: Type.Optional(Type.Array(Type.String())),
  q: Type.Optional(Type.String()),
})
