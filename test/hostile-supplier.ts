import { createHmac, createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A supplier that speaks the giftapi wire and does to its callers what suppliers do. It shares no code with the product, and it
 * keeps books of its own: what it charged and what it handed out, whatever it said about it.
 */

/** What can be asked of it: the SKU id is the name of the behaviour. Each begins with a reference's first request; most end with it. */
export const hostileBehaviours = [
  'at-once',
  'clean-refusal',
  'charged-then-reset',
  'charged-then-silence',
  /** Reset now, charged `lateMs` later. */
  'charged-late',
  /** The same, and whoever asks for it again before it is charged is told that it is out of stock. */
  'charged-late-refused-meanwhile',
  'charged-then-500',
  'not-charged-reset',
  /** Charged at once, answered after `slowMs`. */
  'slow',
  'busy-429',
  'busy-503',
  /** Charged, then reset, and a question finds nothing for `lateMs`. */
  'not-found-then-success',
  'malformed',
  /** The next three are wrong in every answer about the order. */
  'wrong-currency',
  'empty-code',
  'repeated-code',
  /** Completed; from `lateMs` later on it is cancelled, and its money is back. */
  'reversed',
  /** Accepted now, completed `lateMs` later. */
  'processing',
] as const

export type HostileBehaviour = (typeof hostileBehaviours)[number]

export type HostileOptions = {
  /** Whether a second POST with a known external id is answered from the first, or charged again. */
  readonly dedupsByReference: boolean
  /** Whether orders can be searched by external id; if not, there is no such address. */
  readonly statusByReference: boolean
  readonly lateMs: number
  readonly slowMs: number
  readonly retryAfterSeconds: number
  /** For the SKU "any": which behaviour a reference meets follows from the two. */
  readonly seed: string
  /** 0: any free one. */
  readonly port: number
}

/** Its books about one reference. */
export type HostileEntry = {
  readonly reference: string
  readonly behaviour: HostileBehaviour
  /** POSTs that arrived. */
  readonly tries: number
  readonly questions: number
  /** How often it took money for it, and gave it back. */
  readonly charges: number
  readonly refunds: number
  /** Every code that was set aside for it, told or not. */
  readonly codes: readonly string[]
}

export type HostileSupplier = {
  /** The mount, as the connector's setting wants it. */
  readonly baseUrl: string
  readonly account: {
    readonly baseUrl: string
    readonly token: string
    readonly partnerSecret: string
    readonly currency: string
  }
  /** The books, as `GET /log` tells them too. */
  log(): readonly HostileEntry[]
  close(): Promise<void>
}

const token = 'hostile-token'
const partnerSecret = 'hostile-partner-secret'
const currency = 'USD'
const unitPrice = 10

type Order = {
  readonly id: string
  readonly quantity: number
  readonly codes: readonly string[]
  readonly chargedAtMs: number
}

type Case = {
  readonly reference: string
  readonly sku: string
  readonly behaviour: HostileBehaviour
  readonly firstAtMs: number
  tries: number
  questions: number
  isRefunded: boolean
  readonly orders: Order[]
}

type Request = {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Starts one on this machine's loopback address. */
export async function startHostileSupplier(options: Partial<HostileOptions> = {}): Promise<HostileSupplier> {
  const settings: HostileOptions = {
    dedupsByReference: true,
    statusByReference: true,
    lateMs: 300,
    slowMs: 1_000,
    retryAfterSeconds: 1,
    seed: 'seed',
    port: 0,
    ...options,
  }
  const cases = new Map<string, Case>()
  const timers = new Set<NodeJS.Timeout>()
  const later = (afterMs: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, afterMs)
    timers.add(timer)
  }
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then((request) => route(request, response, { settings, cases, later }))
  })
  server.listen(settings.port, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // A TCP server's address.
  const baseUrl = `http://127.0.0.1:${port}/giftapi/v1/partner`
  return {
    baseUrl,
    account: { baseUrl, token, partnerSecret, currency },
    log: () => toLog(cases, settings),
    async close() {
      for (const timer of timers) clearTimeout(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type World = {
  readonly settings: HostileOptions
  readonly cases: Map<string, Case>
  later(afterMs: number, act: () => void): void
}

function route(request: Request, response: ServerResponse, world: World): void {
  const path = request.url.pathname.replace('/giftapi/v1/partner', '')
  if (path === '/log') return send(response, 200, { entries: toLog(world.cases, world.settings) })
  if (request.headers.authorization !== `Bearer ${token}`) return refuse(response, 401, 'unauthenticated')
  const at = `${request.method} ${path}`
  if (at === 'POST /orders') return order(request, response, world)
  if (at === 'GET /orders' && world.settings.statusByReference)
    return answerQuestion(request, response, world)
  if (at === 'GET /balance') return answerBalance(response, world)
  if (at === 'GET /catalog/pricelist') return send(response, 200, page(hostileBehaviours.map(toPriceRow)))
  if (at === 'GET /catalog/products')
    return send(
      response,
      200,
      page([{ skus: hostileBehaviours.map((id) => ({ id, name: `Hostile ${id}` })) }]),
    )
  refuse(response, 404, 'route_not_found')
}

function order(request: Request, response: ServerResponse, world: World): void {
  const body = JSON.parse(request.body) as {
    external_id: string
    item: { sku_id: string; fields: { quantity: number } }
  } // Only our own connectors call.
  const { external_id: reference, item } = body
  if (!isSigned(request, item.sku_id + reference)) return refuse(response, 401, 'signature_invalid')
  const one = world.cases.get(reference) ?? openCase(reference, item.sku_id, world)
  one.tries += 1
  if (one.tries === 1) return misbehave(one, item.fields.quantity, response, world)
  const isRefused =
    one.behaviour === 'clean-refusal' ||
    (one.behaviour === 'charged-late-refused-meanwhile' && one.orders.length === 0)
  if (isRefused) return refuse(response, 409, 'out_of_stock')
  const isKnown = world.settings.dedupsByReference && one.orders.length > 0
  const bought = isKnown ? one.orders[0] : charge(one, item.fields.quantity)
  if (bought !== undefined) answerOrder(one, bought, isKnown ? 200 : 201, response, world)
}

function openCase(reference: string, sku: string, { cases, settings }: World): Case {
  const draw = createHash('sha256').update(`${settings.seed}/${reference}`).digest().readUInt32BE()
  const behaviour =
    hostileBehaviours.find((name) => name === sku) ??
    hostileBehaviours[draw % hostileBehaviours.length] ??
    'at-once'
  const one = {
    reference,
    sku,
    behaviour,
    firstAtMs: Date.now(),
    tries: 0,
    questions: 0,
    isRefunded: false,
    orders: [],
  }
  cases.set(reference, one)
  return one
}

/** What a reference meets at its first request. */
function misbehave(one: Case, quantity: number, response: ServerResponse, world: World): void {
  const { settings, later } = world
  const chargeAndAnswer = () => answerOrder(one, charge(one, quantity), 201, response, world)
  switch (one.behaviour) {
    case 'at-once':
    case 'wrong-currency':
    case 'empty-code':
    case 'repeated-code':
    case 'reversed':
    case 'processing':
      return chargeAndAnswer()
    case 'clean-refusal':
      return refuse(response, 409, 'out_of_stock')
    case 'charged-then-reset':
    case 'not-found-then-success':
      charge(one, quantity)
      return reset(response)
    case 'charged-then-silence':
      charge(one, quantity)
      return
    case 'charged-late':
    case 'charged-late-refused-meanwhile':
      later(settings.lateMs, () => {
        if (!settings.dedupsByReference || one.orders.length === 0) charge(one, quantity)
      })
      return reset(response)
    case 'charged-then-500':
      charge(one, quantity)
      return refuse(response, 500, 'internal')
    case 'not-charged-reset':
      return reset(response)
    case 'slow': {
      const bought = charge(one, quantity)
      return later(settings.slowMs, () => answerOrder(one, bought, 201, response, world))
    }
    case 'busy-429':
      return refuse(response, 429, 'rate_limited', { 'retry-after': String(settings.retryAfterSeconds) })
    case 'busy-503':
      return refuse(response, 503, 'unavailable', { 'retry-after': String(settings.retryAfterSeconds) })
    case 'malformed': {
      const text = JSON.stringify({ success: true, data: toOrder(one, charge(one, quantity), settings) })
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(text.slice(0, text.length / 2))
    }
  }
}

/** Takes the money and sets the codes aside: from here on the buyer has bought, whether he learns it or not. */
function charge(one: Case, quantity: number): Order {
  const codes = Array.from({ length: quantity }, () => randomUUID().toUpperCase())
  const bought = { id: randomUUID(), quantity, codes, chargedAtMs: Date.now() }
  one.orders.push(bought)
  return bought
}

function answerOrder(one: Case, bought: Order, status: number, response: ServerResponse, world: World): void {
  const data = toOrder(one, bought, world.settings)
  send(response, status, { success: true, message: 'Order created successfully', data })
}

function answerQuestion(request: Request, response: ServerResponse, world: World): void {
  const one = world.cases.get(request.url.searchParams.get('external_id') ?? '')
  if (one === undefined) return send(response, 200, page([]))
  one.questions += 1
  const isHidden =
    one.behaviour === 'not-found-then-success' && Date.now() < one.firstAtMs + world.settings.lateMs
  const orders = isHidden ? [] : one.orders.map((bought) => toOrder(one, bought, world.settings))
  send(response, 200, page(orders))
}

/** An order as it now is, with what its behaviour gets wrong about it. */
function toOrder(one: Case, bought: Order, settings: HostileOptions): object {
  const told = one.behaviour === 'wrong-currency' ? 'EUR' : currency
  const isLater = Date.now() >= bought.chargedAtMs + settings.lateMs
  const status = statusOf(one.behaviour, isLater)
  const codes = bought.codes.map((code) => {
    if (one.behaviour === 'empty-code') return ''
    return one.behaviour === 'repeated-code' ? 'HOSTILE-REPEATED-CODE' : code
  })
  const shown = one.behaviour === 'repeated-code' && codes.length === 1 ? [...codes, ...codes] : codes
  return {
    id: bought.id,
    external_id: one.reference,
    status,
    total_amount: unitPrice * bought.quantity,
    currency: told,
    metadata: null,
    created_at: `${new Date(bought.chargedAtMs).toISOString().slice(0, 19)}+00:00`,
    items: [
      {
        sku_id: one.sku,
        sku_name: `Hostile ${one.sku}`,
        quantity: bought.quantity,
        price: unitPrice,
        currency: told,
        status,
        delivery_data:
          status === 'processing' ? [] : shown.map((pin) => ({ pin, expiration: null, serialNumber: '' })),
        customer_data: null,
        error_message: null,
      },
    ],
  }
}

function statusOf(behaviour: HostileBehaviour, isLater: boolean): string {
  if (behaviour === 'processing' && !isLater) return 'processing'
  return behaviour === 'reversed' && isLater ? 'cancelled' : 'completed'
}

function toLog(cases: ReadonlyMap<string, Case>, settings: HostileOptions): HostileEntry[] {
  return [...cases.values()].map((one) => ({
    reference: one.reference,
    behaviour: one.behaviour,
    tries: one.tries,
    questions: one.questions,
    charges: one.orders.length,
    refunds: one.orders.filter(
      ({ chargedAtMs }) =>
        statusOf(one.behaviour, Date.now() >= chargedAtMs + settings.lateMs) === 'cancelled',
    ).length,
    codes: one.orders.flatMap(({ codes }) => codes),
  }))
}

function answerBalance(response: ServerResponse, { cases }: World): void {
  const units = [...cases.values()].flatMap(({ orders }) => orders.map(({ quantity }) => quantity))
  const balance = 1_000_000 - unitPrice * units.reduce((sum, quantity) => sum + quantity, 0)
  send(response, 200, {
    success: true,
    data: {
      balance,
      currency,
      reserved_amount: 0,
      available_balance: balance,
      allow_overdraft: false,
      overdraft_limit: 0,
      is_overdrafted: balance < 0,
    },
  })
}

function toPriceRow(sku: string): object {
  return {
    sku_id: sku,
    denomination_type: 'fixed',
    price: unitPrice,
    currency,
    stock: 9_999,
    max_per_order: 99,
  }
}

function page(data: readonly object[]): object {
  return { success: true, data, meta: { next_cursor: null, prev_cursor: null, per_page: 50 } }
}

function isSigned({ headers }: Request, message: string): boolean {
  const timestamp = String(headers['x-timestamp'])
  const wanted = createHmac('sha256', partnerSecret)
    .update(timestamp + message)
    .digest('hex')
  return headers['x-signature'] === wanted && Math.abs(Date.now() / 1_000 - Number(timestamp)) <= 300
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer) // No encoding is set, so these are buffers.
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', 'http://hostile.example'),
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

function refuse(
  response: ServerResponse,
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, { success: false, message: `It is ${error.replaceAll('_', ' ')}.`, error }, headers)
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}
