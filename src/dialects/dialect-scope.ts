import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { CallLog, FreshCall } from '../core/calls/call.ts'
import type { Catalogue } from '../core/catalogue/catalogue.ts'
import type { Caller } from '../core/partners/partner.ts'
import { covers, isLimited } from '../core/plans/plan.ts'
import { toFailure } from '../platform/http-failures.ts'
import { maskFields, maskQuery, maskSecret } from '../platform/json-masking.ts'
import type { Log } from '../platform/log.ts'
import { Failure } from '../values/failure.ts'
import { isAdmittedAtOnce, isUncounted, refusalByLimit, tellUncounted } from './call-limits.ts'
import type { Counters } from './call-limits.ts'
import type { Dialect, Services } from './dialect.ts'
import type { NoteRepeat, RepeatedAnswers } from './repeated-answers.ts'
import type { Durations, ServerMetrics } from './server-metrics.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** When it arrived, in ms of the process's monotonic clock. */
    startedAtMs: number
    /** The durations of its route; undefined where it reached none. */
    durations: Durations | undefined
    /** The catalogue that its answer is made of, where its route says that it is made of nothing else. */
    ofCatalogue: Catalogue | undefined
    /** Whether the answer was left to the server to write as JSON: what a handler wrote itself is not kept. */
    isAnswerKept: boolean
  }
  interface FastifyContextConfig {
    /** Answered without a credential: a login, a page that people open. `request.caller` is not there. */
    open?: boolean
    /** The answer follows from the address, the Authorization and the catalogue alone, and may be given again for a second. */
    ofCatalogue?: boolean
    /** The part of the API that it belongs to, in the words of plans; absent: every account may call it. */
    area?: string
  }
}

/** What a dialect's scope needs beside the dialect. */
export type ScopeParts = {
  readonly services: Services
  readonly log: Log
  readonly callLog: CallLog
  readonly counters: Counters
  readonly metrics: ServerMetrics
  readonly repeats: RepeatedAnswers
  /** Headers that every answer of this server carries. */
  readonly fixedHeaders: Readonly<Record<string, string>>
}

/** One dialect on its floor. */
export type DialectScope = {
  readonly dialect: Dialect
  /** A plugin for fastify: registers the dialect's routes under its mount path. */
  register(app: FastifyInstance): void
  /** Answers a request that reached no route of this dialect, because its address could not even be read. */
  answerUnrouted(request: FastifyRequest, reply: FastifyReply, failure: Failure): void
}

/**
 * Puts the floor under one dialect: who calls, how often they may, request ids, the API log, durations, and the dialect's own
 * envelope for whatever goes wrong below its path.
 */
export function openDialectScope(dialect: Dialect, parts: ScopeParts): DialectScope {
  const unrouted = parts.metrics.durationsOf(dialect.name, '*', 'unrouted')
  const finish = finisher(dialect, parts, unrouted)
  return {
    dialect,
    register(app) {
      // Their values are set before anything reads them: by the hooks below, and for `caller` by the route's own.
      app.decorateRequest('caller', undefined as unknown as Caller)
      app.decorateRequest('startedAtMs', 0)
      app.decorateRequest('durations', undefined)
      app.decorateRequest('ofCatalogue', undefined)
      app.decorateRequest('isAnswerKept', false)
      app.addHook('onRequest', (request, _reply, done) => {
        request.startedAtMs = performance.now()
        done(holdsNul(request) ? new Failure('bad_request') : undefined)
      })
      app.addHook('onRoute', (route) => prepareRoute(route, dialect, parts))
      app.addHook('preSerialization', (request, _reply, payload, done) => {
        request.isAnswerKept = true
        done(null, payload)
      })
      app.addHook('onSend', (request, reply, payload, done) => {
        finish(request, reply, payload)
        done()
      })
      app.setErrorHandler((error, request, reply) =>
        sendFailure(dialect, parts, toFailure(error), request, reply),
      )
      app.setNotFoundHandler((request, reply) => refuseUnknown(app, dialect, parts, request, reply))
      // The validator of this server is TypeBox's, which is what the dialect's type of it says.
      dialect.routes(app, parts.services)
    },
    answerUnrouted(request, reply, failure) {
      request.startedAtMs = performance.now()
      const { body } = writeFailure(dialect, parts, failure, request, reply)
      request.isAnswerKept = true
      const text = JSON.stringify(body)
      finish(request, reply, text)
      void reply.type(json).send(text)
    },
  }
}

const json = 'application/json; charset=utf-8'

/** PostgreSQL stores no NUL: an address that holds one cannot name anything. */
function holdsNul(request: FastifyRequest): boolean {
  const address = request.raw.url ?? ''
  return address.includes('%00')
}

/** Gives a route the hook that asks who calls, unless it is open; it runs before the body is read, and knows the route's durations. */
function prepareRoute(route: RouteOptions, dialect: Dialect, parts: ScopeParts): void {
  const methods = typeof route.method === 'string' ? route.method : route.method.join('|')
  const durations = parts.metrics.durationsOf(
    dialect.name,
    methods,
    route.url.slice(dialect.mountPath.length) || '/',
  )
  const { onRequest = [] } = route
  const first =
    route.config?.open === true
      ? greeter(durations)
      : recogniser(dialect, parts, durations, route.config?.area)
  const second = route.config?.ofCatalogue === true ? [catalogueReader(parts)] : []
  route.onRequest = [first, ...second, ...(Array.isArray(onRequest) ? onRequest : [onRequest])]
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

function greeter(durations: Durations): Hook {
  return (request, _reply, done) => {
    request.durations = durations
    done()
  }
}

/** Notes the catalogue before the handler reads it; a partner with a limit is counted each time, so nothing is given again to it. */
function catalogueReader({ services }: ScopeParts): Hook {
  return (request, _reply, done) => {
    const { partner, plan } = request.caller
    if (partner.requestsPerMinute === undefined && (plan === undefined || !isLimited(plan)))
      request.ofCatalogue = services.catalogue.current()
    done()
  }
}

function recogniser(
  dialect: Dialect,
  parts: ScopeParts,
  durations: Durations,
  area: string | undefined,
): Hook {
  const { services, counters, log } = parts
  return (request, reply, done) => {
    request.durations = durations
    const goOn = (error?: Error): void => {
      try {
        done(error)
      } catch (thrown) {
        // The rest of the request ran inside `done`; nothing above would hear of this.
        log.error({ err: thrown, requestId: request.id }, 'an answer could not be written')
        request.raw.destroy()
      }
    }
    const admit = (caller: Caller | undefined): void => {
      if (caller === undefined) return goOn()
      request.caller = caller
      const excluded = covers(caller.plan, area) ? undefined : new Failure('plan_excludes_call')
      // Most partners have no limit, and then nothing is waited for.
      if (isUncounted(counters, caller) || isAdmittedAtOnce(counters, caller, reply)) goOn(excluded)
      else void refusalByLimit(counters, caller, reply).then((refusal) => goOn(refusal ?? excluded), goOn)
    }
    try {
      const caller = dialect.authenticate(request, services)
      // A caller who is remembered is not waited for either.
      if (caller instanceof Promise) caller.then(admit, goOn)
      else admit(caller)
    } catch (error) {
      goOn(error instanceof Error ? error : new Failure('internal', { cause: error }))
    }
  }
}

/**
 * An address that no route has, or not with this method. A known caller is named in the log and its limit holds here too; an
 * unknown one learns no less.
 */
async function refuseUnknown(
  app: FastifyInstance,
  dialect: Dialect,
  parts: ScopeParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<never> {
  const caller = await Promise.try(() => dialect.authenticate(request, parts.services)).catch(() => undefined)
  if (caller !== undefined) {
    request.caller = caller
    const refusal = await refusalByLimit(parts.counters, caller, reply)
    if (refusal !== undefined) throw refusal
  }
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? ''
  const allowed = methods.filter((method) => app.findRoute({ method, url: path }) !== null)
  if (allowed.length === 0) throw new Failure('route_not_found')
  reply.header('allow', allowed.join(', '))
  throw new Failure('method_not_allowed')
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

function sendFailure(
  dialect: Dialect,
  parts: ScopeParts,
  failure: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  for (const name of ofTheAnswerThatWasNot) if (reply.hasHeader(name)) reply.removeHeader(name)
  // Fastify closes a connection whose body it did not read to its end. Node reads and drops the rest, so that the client can read
  // the answer while it still sends; a server that is closing has said so on the raw response.
  if (reply.hasHeader('connection') && !reply.raw.hasHeader('connection'))
    reply.header('connection', 'keep-alive')
  const { body } = writeFailure(dialect, parts, failure, request, reply)
  return reply.send(body)
}

/** Headers that a handler may have set before it failed. */
const ofTheAnswerThatWasNot = [
  'content-type',
  'content-length',
  'content-encoding',
  'content-disposition',
  'cache-control',
  'etag',
  'last-modified',
]

function writeFailure(
  dialect: Dialect,
  parts: ScopeParts,
  failure: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): { readonly body: unknown } {
  const { status, body, headers } = dialect.errorReply(failure)
  noteFailure(dialect, parts, failure, request)
  reply.code(status)
  if (failure.retryAfterSeconds !== undefined) reply.header('retry-after', failure.retryAfterSeconds)
  if (headers !== undefined) reply.headers(headers)
  return { body }
}

/** The log line and the counter of a failure, together. What a client got wrong is in the API log; here stands what we got wrong. */
function noteFailure(dialect: Dialect, parts: ScopeParts, failure: Failure, request: FastifyRequest): void {
  parts.metrics.countFailure({ dialect: dialect.name, code: failure.code })
  const facts = { requestId: request.id, dialect: dialect.name, method: request.method, code: failure.code }
  if (failure.code === 'internal')
    parts.log.error({ ...facts, err: failure.cause ?? failure }, 'a request failed')
  else if (failure.code === 'unavailable')
    parts.log.warn(
      { ...facts, reason: failure.internal ?? messageOf(failure.cause) },
      'a request was turned away',
    )
  else if (failure.internal !== undefined)
    parts.log.info({ ...facts, reason: failure.internal }, 'a request was refused')
}

function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined
}

/** What every answer below a dialect gets at its end: the headers that all carry, its duration, and its place in the API log. */
function finisher(dialect: Dialect, parts: ScopeParts, unrouted: Durations) {
  const { callLog, repeats } = parts
  const maskBody = maskFields(dialect.maskedFields)
  const maskAddress = maskQuery(dialect.maskedFields)
  const fixed = Object.entries(parts.fixedHeaders)
  const { name, tellsLimits } = dialect
  return (request: FastifyRequest, reply: FastifyReply, payload: unknown): void => {
    const status = reply.statusCode
    reply.header('x-request-id', request.id)
    // A 304 has no body of its own: the headers that guard one came with the first answer.
    if (status !== 304) for (const [header, value] of fixed) reply.header(header, value)
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (tellsLimits === true && !reply.hasHeader('x-ratelimit-limit')) tellUncounted(reply, request.caller)
    const durationMs = performance.now() - request.startedAtMs
    const durations = request.durations ?? unrouted
    durations(status)(durationMs / 1_000)
    const caller: Caller | undefined = request.caller
    // Whoever puts the own key where it does not belong has it in no log all the same.
    const shown = credentialOf(request)
    const given = request.body === undefined ? undefined : JSON.stringify(request.body)
    const body = maskSecret(given, shown)
    const answer =
      request.isAnswerKept && typeof payload === 'string' ? maskSecret(payload, shown) : undefined
    const isBare = body === undefined && answer === undefined
    const call: FreshCall = {
      calledAtMs: Date.now() - durationMs,
      id: request.id,
      partnerId: caller?.partner.id,
      credentialId: caller?.credentialId,
      dialect: name,
      method: request.method,
      path: maskSecret(maskAddress(request.originalUrl), shown),
      status,
      durationUs: Math.round(durationMs * 1_000),
      address: addressOf(request),
      request: body,
      response: answer,
      maskBody,
    }
    // Strangers are no reason to write without end either.
    if (!(isBare || caller === undefined) || callLog.admitsBare()) callLog.record(call)
    const of = request.ofCatalogue
    if (of !== undefined && isBare && (status === 200 || status === 304))
      repeats.remember(request, reply, payload, { of, note: repeatNoter(call, durations, callLog) })
  }
}

/** Writes a repeated answer down as the first one was. */
function repeatNoter(first: FreshCall, durations: Durations, callLog: CallLog): NoteRepeat {
  return (status, id, durationMs) => {
    durations(status)(durationMs / 1_000)
    if (!callLog.admitsBare()) return
    const calledAtMs = Date.now() - durationMs
    callLog.record({ ...first, calledAtMs, id, status, durationUs: Math.round(durationMs * 1_000) })
  }
}

/** The key or the token that a request shows. */
function credentialOf({ headers }: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': key } = headers
  if (authorization !== undefined) return /^\w+ +(\S+)$/.exec(authorization)?.[1]
  return typeof key === 'string' ? key : undefined
}

/** A client that has hung up no longer has an address, whatever the type says. */
function addressOf(request: FastifyRequest): string {
  const address: string | undefined = request.ip
  return address ?? ''
}
