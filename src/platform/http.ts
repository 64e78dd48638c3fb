import { lookup as dnsLookup } from 'node:dns'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Agent, request as undiciRequest } from 'undici'
import type { Dispatcher } from 'undici'
import { addressSet } from './addresses.ts'
import { codeOf } from './error-code.ts'
import type { ResolveName } from './public-names.ts'
import { Failure } from '../values/failure.ts'

/** One request to somebody else's server. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** http: or https:; the environment decides whether an address of this machine may be called. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** From the call to the last byte of the answer, however slowly it drips. */
  readonly timeoutMs: number
  /** How long an answer may be; 1 MiB by default. */
  readonly bytesMost?: number
  /** A longer one is an error, or is cut there and the rest not waited for; by default an error. */
  readonly longAnswer?: 'refuse' | 'cut'
  /** Asked when the connection stands and nothing has been written yet; false: the request is not sent. */
  readonly mayStillSend?: () => boolean
}

export type HttpReply = {
  readonly status: number
  /** Names in lower case; a header that came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type HttpTroubleKind =
  | 'address_refused'
  | 'unreachable'
  | 'timeout'
  | 'broken'
  | 'too_large'
  | 'withdrawn'

/** There is no whole answer. `wasSent` tells whether the other side may have received the request. */
export class HttpTrouble extends Error {
  override readonly name = 'HttpTrouble'
  readonly kind: HttpTroubleKind
  readonly wasSent: boolean

  constructor(kind: HttpTroubleKind, wasSent: boolean, cause?: unknown) {
    super(`${sentences[kind]}${wasSent ? '' : ' (nothing was sent)'}`, { cause })
    this.kind = kind
    this.wasSent = wasSent
  }
}

/** The one door to other servers: every call has its time-out, every address is checked when it is connected to, and no redirect is followed. */
export type HttpClient = {
  /** Throws HttpTrouble, and TypeError for what is no http(s) URL. */
  send(request: HttpRequest): Promise<HttpReply>
  close(): Promise<void>
}

/**
 * Opens a client. An address is judged where the socket gets it, after the name was resolved: a name that resolves to something else
 * the second time gains nothing.
 *
 * @param options.allowLoopback addresses of this machine may be called: a sandbox's convenience
 */
export function openHttpClient(options: {
  readonly allowLoopback: boolean
  readonly connectionsPerHost?: number
  /** How names are resolved; by default as the system does, search domains included, which suits names that an operator has given. */
  readonly resolve?: ResolveName
}): HttpClient {
  const isForbidden = (address: string): boolean => !isCallableAddress(address, options.allowLoopback)
  const agent = new Agent({
    connections: options.connectionsPerHost ?? 64,
    connect: { lookup: checkedLookup(isForbidden, options.resolve), timeout: connectTimeoutMs },
    keepAliveTimeout: 4_000,
  })
  return {
    async send(request) {
      const url = readUrl(request.url)
      const literal = url.hostname.replace(/^\[|\]$/g, '')
      if (isIP(literal) !== 0 && isForbidden(literal)) throw new HttpTrouble('address_refused', false)
      return exchange(agent, url, request)
    },
    close: () => agent.destroy(),
  }
}

/** Whether a text is an http(s) URL that could be called at all: without a user, and no address that `openHttpClient` always refuses. */
export function isCallableUrl(text: string, allowLoopback: boolean): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (!['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return false
  return isIP(literal) === 0 || isCallableAddress(literal, allowLoopback)
}

/** Where an API begins, as an operator types it, without slashes at its end; undefined for what is no http(s) URL of the kind. */
export function readBaseUrl(text: string): string | undefined {
  return isCallableUrl(text, true) && !/[?#\s]/.test(text) ? text.replace(/\/+$/, '') : undefined
}

/** What can stand in a header, and is no longer than that; undefined for anything else. */
export function readCredential(text: string, longest = 512): string | undefined {
  return /^[\x21-\x7e]+$/.test(text) && text.length <= longest ? text : undefined
}

/**
 * What moves money or tells of people is not spoken in the clear, except in a sandbox. Throws Failure validation_failed that names the setting
 * baseUrl.
 */
export function requireSafeBaseUrl(baseUrl: string, environment: 'sandbox' | 'live'): void {
  if (environment === 'sandbox' || (baseUrl.startsWith('https:') && isCallableUrl(baseUrl, false))) return
  const sentence = 'The baseUrl setting must be an https URL of the public internet.'
  throw new Failure('validation_failed', { fields: [{ field: 'baseUrl', sentence }] })
}

/** Milliseconds that a Retry-After header asks for (seconds, or an HTTP date); undefined where it says nothing sensible. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const text = headers['retry-after']
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  // Date.parse alone takes nearly any number for a date.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

const sentences = {
  address_refused: 'The address may not be called.',
  unreachable: 'The server cannot be reached.',
  timeout: 'The server did not answer in time.',
  broken: 'The connection broke before the answer was complete.',
  too_large: 'The answer is too large.',
  withdrawn: 'The request was withdrawn before it was sent.',
} as const satisfies Record<HttpTroubleKind, string>

const connectTimeoutMs = 5_000
const bytesMostUsual = 1_048_576

function isCallableAddress(address: string, allowLoopback: boolean): boolean {
  if (isIP(address) === 0) return false
  if (loopback.includes(address)) return allowLoopback
  return !special.includes(address) && (!isIPv6(address) || globalUnicast.includes(address))
}

const loopback = addressSet(['127.0.0.0/8', '::1/128'])

/** All of IPv6 that has been given out; the rest is special or nobody's. */
const globalUnicast = addressSet(['2000::/3'])

/** What is not the public internet (IANA's special-purpose registries), the metadata addresses of clouds among it. */
const special = addressSet([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '168.63.129.16/32', // Azure's, in the midst of public ones.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
])

function readUrl(text: string): URL {
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError('Only http: and https: addresses can be called.')
  return url
}

/** Resolves, and fails if any of the addresses is forbidden: a name that mixes them is not trusted at all. */
function checkedLookup(
  isForbidden: (address: string) => boolean,
  resolve: ResolveName | undefined,
): LookupFunction {
  return (hostname, options, callback) => {
    const asked: LookupOptions = { ...options, all: true }
    const look = (told: (error: NodeJS.ErrnoException | null, found: LookupAddress[] | string) => void) =>
      resolve === undefined
        ? dnsLookup(hostname, asked, told)
        : void resolve(hostname).then(
            (found) => told(null, found),
            (error: unknown) => told(error as NodeJS.ErrnoException, []), // What the resolver rejects with.
          )
    look((error, found) => {
      const addresses: LookupAddress[] = Array.isArray(found) ? found : []
      if (error !== null) return callback(error, '')
      if (addresses.length === 0 || addresses.some(({ address }) => isForbidden(address)))
        return callback(new HttpTrouble('address_refused', false), '')
      if (options.all === true) return callback(null, addresses)
      return callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
  }
}

async function exchange(agent: Agent, url: URL, request: HttpRequest): Promise<HttpReply> {
  let wasSent = false
  const signal = AbortSignal.timeout(request.timeoutMs)
  const watched = agent.compose(
    (dispatch) => (options, handler) =>
      dispatch(
        options,
        watchStart(handler, request.mayStillSend, () => (wasSent = true)),
      ),
  )
  try {
    const reply = await undiciRequest(url, {
      dispatcher: watched,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal,
      headersTimeout: request.timeoutMs,
      bodyTimeout: request.timeoutMs,
    })
    const body = await readBody(reply.body, request)
    return { status: reply.statusCode, headers: joinHeaders(reply.headers), body }
  } catch (error) {
    throw toTrouble(error, wasSent, signal.aborted)
  }
}

/** Asks, at the moment when the socket is there and nothing is written, whether the request may still go out. */
function watchStart(
  handler: Dispatcher.DispatchHandler,
  mayStillSend: (() => boolean) | undefined,
  started: () => void,
): Dispatcher.DispatchHandler {
  // A handler's other methods stay as they are, with their own `this`.
  const watching: Dispatcher.DispatchHandler = Object.create(handler)
  watching.onRequestStart = (controller, context) => {
    handler.onRequestStart?.(controller, context)
    if (mayStillSend?.() === false) controller.abort(new HttpTrouble('withdrawn', false))
    else started()
  }
  return watching
}

async function readBody(
  stream: AsyncIterable<Buffer>,
  { bytesMost = bytesMostUsual, longAnswer = 'refuse' }: HttpRequest,
): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    chunks.push(chunk)
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > bytesMost && longAnswer === 'refuse') throw new HttpTrouble('too_large', true)
    if (size >= bytesMost && longAnswer === 'cut') break
  }
  const bytes = Buffer.concat(chunks)
  return bytes.subarray(0, bytesMost).toString('utf8')
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

function toTrouble(error: unknown, wasSent: boolean, timedOut: boolean): HttpTrouble {
  const known = [error, error instanceof Error ? error.cause : undefined].find(
    (one) => one instanceof HttpTrouble,
  )
  if (known !== undefined) return known
  if (timedOut || codeOf(error).endsWith('_TIMEOUT')) return new HttpTrouble('timeout', wasSent, error)
  return new HttpTrouble(wasSent ? 'broken' : 'unreachable', wasSent, error)
}
