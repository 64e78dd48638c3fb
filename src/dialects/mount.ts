import type { IncomingMessage } from 'node:http'
import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallLog } from '../core/calls/call.ts'
import type { Limiter } from '../core/limits/limiter.ts'
import type { PlanMeter } from '../core/plans/plan.ts'
import { serveReferences } from '../platform/api-reference.ts'
import { BadSetting } from '../platform/config.ts'
import { toFailure } from '../platform/http-failures.ts'
import { openHttpServer } from '../platform/http-server.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { serveWebApp } from '../platform/web-app.ts'
import type { WebApp } from '../platform/web-app.ts'
import { Failure } from '../values/failure.ts'
import type { FailureCode } from '../values/failure.ts'
import { openDialectScope } from './dialect-scope.ts'
import type { DialectScope } from './dialect-scope.ts'
import type { Dialect, Format, Services } from './dialect.ts'
import { openRepeatedAnswers } from './repeated-answers.ts'
import { serveCaughtMessages } from './caught-pages.ts'
import type { CaughtPages } from './caught-pages.ts'
import { openServerMetrics } from './server-metrics.ts'
import { serveSupplierNotices } from './supplier-notices.ts'
import type { TakeNotice } from './supplier-notices.ts'
import { serveOperatorPages } from './server-pages.ts'

export type ServerOptions = {
  readonly services: Omit<Services, 'formats'>
  readonly dialects: readonly Dialect[]
  readonly log: Log
  readonly callLog: CallLog
  /** Absent: no partner has a limit of its own. */
  readonly limiter?: Limiter | undefined
  /** Absent: no plan limits anybody's calls. */
  readonly planMeter?: PlanMeter | undefined
  /** Host names that belong to one dialect: its paths begin at the root there. */
  readonly hosts: ReadonlyMap<string, string>
  readonly trustProxy: boolean
  readonly environment: 'sandbox' | 'live'
  /** How clients reach the server, without a slash at its end. */
  readonly publicUrl: string
  /** How long a close waits for running requests; 10 s by default. */
  readonly drainMs?: number | undefined
  /** Where others of this process count, too; by default the server's own. */
  readonly metrics?: Metrics | undefined
  /** Takes what suppliers send by themselves; absent: nobody is listened to. */
  readonly takeNotice?: TakeNotice | undefined
  /** The portal and the console, as they were built; absent: their pages say that they were not. */
  readonly webApp?: WebApp | undefined
  /** What a sandbox has caught instead of sending it, shown under /sandbox/messages. */
  readonly caught?: CaughtPages | undefined
  /** Whether the database can be reached and is migrated. */
  ready(): Promise<boolean>
}

/**
 * The HTTP server with all its dialects, ready to listen: each under its mount path on the same floor (`dialect-scope.ts`), beside
 * them /healthz, /readyz, /metrics and /docs. Its `close` stops accepting, lets running requests end, and leaves the services and
 * the call log to whoever opened them. Throws BadSetting when a host names a dialect that is not there.
 */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { dialects, callLog, log } = options
  const counters = { limiter: options.limiter, planMeter: options.planMeter }
  const fixedHeaders = fixedHeadersFor(options.publicUrl)
  const services: Services = { ...options.services, formats: dialects.map(toFormat) }
  const metrics = openServerMetrics(services, callLog, options.metrics)
  const repeats = openRepeatedAnswers(() => options.services.catalogue.current(), fixedHeaders)
  const parts = { services: metrics.services, log, callLog, counters, metrics, repeats, fixedHeaders }
  const scopes = dialects.map((dialect) => openDialectScope(dialect, parts))
  const plain = plainAnswers(log, fixedHeaders)
  const app = openHttpServer({
    trustProxy: options.trustProxy,
    drainMs: options.drainMs ?? 10_000,
    rewriteUrl: rewriterFor(options),
    first: (request, response) => repeats.answer(request, response),
    badAddress: (error, request, reply) => {
      const scope = scopes.find(({ dialect }) => isBelow(dialect.mountPath, request.raw.url ?? ''))
      if (scope === undefined) plain.refuse(toFailure(error), request, reply)
      else scope.answerUnrouted(request, reply, toFailure(error))
    },
  })
  // A server that closes says so on each answer, which is the usual way's business.
  app.addHook('preClose', (done) => {
    repeats.close()
    done()
  })
  app.setErrorHandler((error, request, reply) => plain.refuse(toFailure(error), request, reply))
  app.setNotFoundHandler((request, reply) => plain.refuse(new Failure('route_not_found'), request, reply))
  const documents = scopes.map((scope) => registerDialect(app, scope, options))
  void app.register(async (pages) => {
    pages.addHook('onSend', (request, reply, _payload, done) => {
      plain.complete(request, reply)
      done()
    })
    serveOperatorPages(pages, metrics, () => options.ready())
    serveWebApp(pages, options.webApp)
    if (options.environment === 'sandbox' && options.caught !== undefined)
      serveCaughtMessages(pages, options.caught)
    if (options.environment === 'sandbox')
      for (const { demoPages } of dialects)
        if (demoPages !== undefined) await pages.register(async (demo) => demoPages(demo, metrics.services))
    await pages.register(async (docs) => serveReferences(docs, documents))
    const { takeNotice } = options
    if (takeNotice !== undefined)
      await pages.register(async (notices) => serveSupplierNotices(notices, takeNotice))
  })
  await app.ready()
  return app
}

function toFormat(dialect: Dialect): Format {
  const { name, title, mountPath, signsWithToken, keyPairs, encryptsTokens, tokenPrefixes, paysOut, events } =
    dialect
  return {
    name,
    title,
    mountPath,
    ...(signsWithToken === undefined ? {} : { signsWithToken }),
    ...(keyPairs === undefined ? {} : { keyPairs }),
    ...(encryptsTokens === undefined ? {} : { encryptsTokens }),
    ...(tokenPrefixes === undefined ? {} : { tokenPrefixes }),
    ...(paysOut === undefined ? {} : { paysOut }),
    events:
      events === undefined
        ? undefined
        : {
            eventTypes: events.eventTypes,
            ...(events.vendorNames === undefined ? {} : { vendorNames: events.vendorNames }),
          },
  }
}

function fixedHeadersFor(publicUrl: string): Readonly<Record<string, string>> {
  const isHttps = publicUrl.startsWith('https:')
  return {
    'x-content-type-options': 'nosniff',
    ...(isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** Registers a dialect's scope with the generator of its OpenAPI document, which must be there before the routes are. */
function registerDialect(app: FastifyInstance, scope: DialectScope, options: ServerOptions) {
  const { dialect } = scope
  const address = options.publicUrl + dialect.mountPath
  let generate: () => object = () => ({})
  void app.register(
    async (child) => {
      await child.register(swagger, { openapi: describe(dialect, address, options.environment) })
      generate = () => child.swagger()
      scope.register(child)
    },
    { prefix: dialect.mountPath },
  )
  return { name: dialect.name, title: dialect.title, address, document: () => generate() }
}

function describe(dialect: Dialect, address: string, environment: ServerOptions['environment']) {
  return {
    openapi: '3.1.0',
    info: { title: dialect.title, description: dialect.description, version: '1' },
    servers: [{ url: address, description: environment }],
    components: { securitySchemes: { ...dialect.securitySchemes } as Record<string, never> }, // The contract leaves their shape to OpenAPI.
    security: [Object.fromEntries(Object.keys(dialect.securitySchemes).map((name) => [name, []]))],
  }
}

/** Addresses as routes know them: below the mount of the dialect that has the host, spelled as the dialect does; undefined: as they are. */
function rewriterFor(options: ServerOptions): ((request: IncomingMessage) => string) | undefined {
  const place = placerFor(options)
  const spellers = options.dialects.flatMap(({ mountPath, spellPath }) =>
    spellPath === undefined ? [] : [{ mountPath, spellPath }],
  )
  if (spellers.length === 0) return place
  return (request) => {
    const url = place?.(request) ?? request.url ?? '/'
    const speller = spellers.find(({ mountPath }) => isBelow(mountPath, url))
    if (speller === undefined) return url
    const { mountPath, spellPath } = speller
    const end = /[?#]|$/.exec(url)?.index ?? url.length
    return mountPath + spellPath(url.slice(mountPath.length, end)) + url.slice(end)
  }
}

/** Puts a dialect's mount path in front of the paths of the hosts that belong to it; undefined when there are none. */
function placerFor({ hosts, dialects }: ServerOptions): ((request: IncomingMessage) => string) | undefined {
  if (hosts.size === 0) return undefined
  const mounts = new Map(
    [...hosts].map(([host, name]) => {
      const dialect = dialects.find((one) => one.name === name)
      if (dialect === undefined)
        throw new BadSetting(
          `SCRIP_HOSTS names the dialect "${name}"; there are ${dialects.map((one) => one.name).join(', ')}.`,
        )
      return [host, dialect.mountPath] as const
    }),
  )
  // Asked for every request: the last answer is remembered, since a client's requests come one after the other.
  let lastHost: string | undefined
  let lastMount: string | undefined
  return (request) => {
    const url = request.url ?? '/'
    const { host } = request.headers
    if (host !== lastHost) {
      lastHost = host
      const named = (host ?? '').toLowerCase()
      lastMount = mounts.get(named) ?? mounts.get(named.replace(/:\d+$/, ''))
    }
    if (lastMount === undefined) return url
    // A proxy may ask with the whole address (RFC 9112, 3.2.2).
    const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '')
    return lastMount + (path.startsWith('/') || path.startsWith('?') ? path : `/${path}`)
  }
}

function isBelow(mountPath: string, address: string): boolean {
  return address.startsWith(mountPath) && /^([/?#]|$)/.test(address.slice(mountPath.length))
}

/** Answers outside every dialect: small, in JSON, with the headers that all answers carry. */
function plainAnswers(log: Log, fixedHeaders: Readonly<Record<string, string>>) {
  const addHeaders = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.headers({ ...fixedHeaders, 'x-request-id': request.id })
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  }
  return {
    complete: addHeaders,
    refuse(failure: Failure, request: FastifyRequest, reply: FastifyReply): void {
      if (failure.code === 'internal')
        log.error({ requestId: request.id, err: failure.cause }, 'a request failed')
      addHeaders(request, reply)
      reply.code(plainStatuses[failure.code] ?? 400).type('application/json; charset=utf-8')
      void reply.serializer(JSON.stringify).send({ error: failure.sentence })
    },
  }
}

/** Statuses of what can go wrong where no dialect speaks. */
const plainStatuses: { readonly [code in FailureCode]?: number } = {
  route_not_found: 404,
  message_not_found: 404,
  call_not_found: 404,
  address_not_allowed: 403,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  internal: 500,
  unavailable: 503,
}
