import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalogue } from '../core/catalogue/catalogue.ts'
import { requestIdOf } from '../platform/http-server.ts'

/** Tells the metrics and the API log of an answer that was given again. */
export type NoteRepeat = (status: number, requestId: string, durationMs: number) => void

/**
 * Answers about the catalogue, given again for at most a second to who asks the same again: a client that polls costs a fraction of
 * what the whole way through parsing, credentials and handler costs. Only routes that say so (`config: { ofCatalogue: true }`)
 * take part, and an answer is given again only for the same address with the same query, the same Authorization from the same
 * client address, and while the catalogue has not changed. A credential that is revoked may so see the catalogue a second longer.
 */
export type RepeatedAnswers = {
  /** Gives a known answer again; false: the request goes the whole way. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** Keeps an answer that is about to be sent, made of the catalogue that is given. */
  remember(request: FastifyRequest, reply: FastifyReply, payload: unknown, made: Made): void
  close(): void
}

type Made = { readonly of: Catalogue; readonly note: NoteRepeat }

type Known = Made & {
  /** By the process's monotonic clock. */
  readonly untilMs: number
  readonly etag: string
  readonly cacheControl: string
  readonly clientAddress: string | undefined
  readonly forwardedFor: unknown
  /** Undefined when only a 304 was given. */
  readonly page: { readonly body: Buffer; readonly headers: readonly string[] } | undefined
}

/** Opens the memory of one server. `current` is the catalogue as it is now. */
export function openRepeatedAnswers(
  current: () => Catalogue,
  fixedHeaders: Readonly<Record<string, string>>,
): RepeatedAnswers {
  const known = new Map<string, Known>()
  let closed = false
  const timer = setInterval(() => forgetOld(known), lifeMs)
  timer.unref()
  return {
    answer(request, response) {
      if (known.size === 0 || request.method !== 'GET') return false
      const startedAtMs = performance.now()
      const one = known.get(keyOf(request))
      if (one === undefined || startedAtMs > one.untilMs || one.of !== current()) return false
      if (!isSameClient(one, request)) return false
      const wanted = request.headers['if-none-match']
      if (wanted === one.etag) {
        const id = requestIdOf(request)
        response.writeHead(304, ['etag', one.etag, 'cache-control', one.cacheControl, 'x-request-id', id])
        response.end()
        one.note(304, id, performance.now() - startedAtMs)
        return true
      }
      if (wanted !== undefined || one.page === undefined) return false
      const id = requestIdOf(request)
      response.writeHead(200, [...one.page.headers, 'x-request-id', id])
      response.end(one.page.body)
      one.note(200, id, performance.now() - startedAtMs)
      return true
    },
    remember(request, reply, payload, made) {
      const { raw } = request
      const etag = reply.getHeader('etag')
      const cacheControl = reply.getHeader('cache-control')
      const key = keyOf(raw, request.originalUrl)
      // Where another header names the caller, the key would not.
      const isKnown = raw.headers.authorization !== undefined
      const isKept =
        isKnown && typeof etag === 'string' && typeof cacheControl === 'string' && raw.method === 'GET'
      if (closed || !isKept || !hasRoom(known, key) || made.of !== current()) return
      const before = known.get(key)
      const page =
        reply.statusCode === 200 && Buffer.isBuffer(payload)
          ? { body: payload, headers: pageHeaders(reply, payload, etag, cacheControl, fixedHeaders) }
          : before?.etag === etag
            ? before.page
            : undefined
      if (page === undefined && reply.statusCode !== 304) return
      const client = { clientAddress: raw.socket.remoteAddress, forwardedFor: raw.headers['x-forwarded-for'] }
      known.set(key, { ...made, etag, cacheControl, ...client, page, untilMs: performance.now() + lifeMs })
    },
    close() {
      closed = true
      clearInterval(timer)
      known.clear()
    },
  }
}

const lifeMs = 1_000
const knownMost = 2_000
const keyLongest = 2_048

/** Everything that chooses the answer, but for the client's address. Tokens are in it, which is why no key is kept for longer than two seconds. */
function keyOf(request: IncomingMessage, url = request.url ?? ''): string {
  const { authorization = '', host = '' } = request.headers
  return `${authorization}\n${host}\n${url}`
}

function forgetOld(known: Map<string, Known>): void {
  const now = performance.now()
  for (const [key, { untilMs }] of known) if (untilMs < now) known.delete(key)
}

function hasRoom(known: ReadonlyMap<string, Known>, key: string): boolean {
  return key.length <= keyLongest && (known.size < knownMost || known.has(key))
}

function isSameClient(one: Known, request: IncomingMessage): boolean {
  return (
    request.socket.remoteAddress === one.clientAddress &&
    request.headers['x-forwarded-for'] === one.forwardedFor
  )
}

function pageHeaders(
  reply: FastifyReply,
  body: Buffer,
  etag: string,
  cacheControl: string,
  fixed: Readonly<Record<string, string>>,
): string[] {
  const type = String(reply.getHeader('content-type') ?? 'application/json; charset=utf-8')
  const own = {
    etag,
    'cache-control': cacheControl,
    'content-type': type,
    'content-length': String(body.length),
  }
  return Object.entries({ ...own, ...fixed }).flat()
}
