import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { LogController, fastify } from 'fastify'
import type { TSchema } from 'typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { compileValidator } from './http-validation.ts'
import { readJsonBodies } from './http-bodies.ts'

export type HttpServerOptions = {
  /** Whether `X-Forwarded-*` is believed, and then only from proxies on this machine or in a private network. */
  readonly trustProxy: boolean
  /** How long a stop waits for running requests before it cuts their connections. */
  readonly drainMs: number
  /** Maps a request to the address that is routed. */
  readonly rewriteUrl?: ((request: IncomingMessage) => string) | undefined
  /** Asked before everything else; true when it has answered. */
  readonly first?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  /** Answers an address that cannot be decoded or is too long; the routes are never asked. */
  readonly badAddress: (error: Error, request: FastifyRequest, reply: FastifyReply) => void
}

/**
 * A fastify server with the limits of a public one: bodies of 1 MiB, headers within 10 s and whole requests within 30 s, TypeBox
 * schemas, JSON alone as body, replies written by JSON.stringify. It has no routes; closing it lets running requests end.
 *
 * Fastify's own log is off: it would cost each request a child logger and two listeners. Who answers also logs.
 */
export function openHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: (handler) => openNodeServer(handler, options.first),
    bodyLimit: 1_048_576,
    routerOptions: { maxParamLength: 256, compile: true },
    // The address of a client is the nearest one that is no proxy of ours: what lies behind it, the client may have invented.
    trustProxy: options.trustProxy ? ['loopback', 'linklocal', 'uniquelocal'] : false,
    genReqId: requestIdOf,
    clientErrorHandler: refuseUnreadable,
    // A request on a connection that is still open is answered, and told that it was the last.
    return503OnClosing: false,
    frameworkErrors: options.badAddress,
    ...(options.rewriteUrl === undefined ? {} : { rewriteUrl: options.rewriteUrl }),
  })
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => compileValidator(schema, httpPart ?? 'body'))
  // Response schemas describe; they never drop a field or change a digit.
  app.setSerializerCompiler(() => JSON.stringify)
  readJsonBodies(app)
  cutStragglers(app, options.drainMs)
  return app
}

function openNodeServer(handle: Handler, first: HttpServerOptions['first']): Server {
  // The checks run every second, so that a limit means what it says.
  const limits = {
    connectionsCheckingInterval: 1_000,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    // A request without a body has none to read to its end either: most requests are such, and the stream costs as much as their head.
    optimizeEmptyRequests: true,
  }
  const listener: Handler = (request, response) => {
    forgetTypeOfNothing(request)
    if (first?.(request, response) !== true) handle(request, response)
  }
  const server = createServer(limits, listener)
  server.maxConnections = 10_000
  return server
}

/**
 * A request without a length or chunks has no body (RFC 9112, 6.3). Where it names a type all the same, whoever reads bodies would wait for the end
 * of one, which never comes, since the stream of an empty request is not run.
 */
function forgetTypeOfNothing({ headers, method }: IncomingMessage): void {
  if (method === 'GET' || method === 'HEAD' || headers['content-type'] === undefined) return
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
    delete headers['content-type']
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The client's own request id if it is a sane one, else a fresh one; node has lower-cased the header's name. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && saneRequestId.test(given) ? given : freshRequestId()
}

const saneRequestId = /^[A-Za-z0-9._-]{8,64}$/

/** Unique among processes by its head, in order of time within one: ids of neighbours lie side by side in an index. */
function freshRequestId(): string {
  requestsMade += 1
  return requestIdHead + requestsMade.toString(36).padStart(7, '0')
}

let requestsMade = 0
const requestIdHead = `${Date.now().toString(36)}${randomBytes(5).toString('hex')}-`

/** A close waits for running requests, but not for connections that are kept for a next one; after `drainMs` it waits no more. */
function cutStragglers(app: FastifyInstance, drainMs: number): void {
  let cut: NodeJS.Timeout | undefined
  let sweep: NodeJS.Timeout | undefined
  app.addHook('preClose', (done) => {
    cut = setTimeout(() => app.server.closeAllConnections(), drainMs)
    // Node ends idle connections once, when the close begins; those that become idle later are ended here.
    sweep = setInterval(() => app.server.closeIdleConnections(), 50)
    done()
  })
  app.addHook('onClose', (_app, done) => {
    clearTimeout(cut)
    clearInterval(sweep)
    done()
  })
}

/** What is no HTTP request, or too much of one, is told so in a line and cut off; there is no route and no dialect to speak for it. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  const running = responseOn(socket)
  if (error.code === 'ECONNRESET' || !socket.writable || running?.headersSent === true) {
    socket.destroy()
  } else if (running?.req.complete === true) {
    // The bytes behind a good request are bad: the good one gets its own answer, never this one.
    running.shouldKeepAlive = false
    running.once('close', () => socket.destroy())
  } else {
    const [status, sentence] = unreadable.get(error.code ?? '') ?? [
      '400 Bad Request',
      'The request is malformed.',
    ]
    const body = JSON.stringify({ error: sentence })
    const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
    socket.end(head + body)
  }
}

/** The response that a connection is at, if any. Node keeps it under this name, as its own handler of bad requests relies on. */
function responseOn(socket: Socket & { _httpMessage?: ServerResponse | null }): ServerResponse | undefined {
  return socket._httpMessage ?? undefined
}

const unreadable: ReadonlyMap<string, readonly [status: string, sentence: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'The request headers are too large.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'The request took too long to arrive.']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', ['413 Payload Too Large', 'The request body is too large.']],
])
