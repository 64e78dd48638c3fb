import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startReplayServer } from '../../../test/replay-server.ts'
import type { Exchange } from '../../../test/replay-server.ts'
import { currency } from '../../../test/world.ts'
import type { Purchase, Supplier } from '../../core/fulfilment/supplier.ts'
import { openHttpClient } from '../../platform/http.ts'
import { parseJson } from '../../values/json.ts'
import { scrip } from './supplier.ts'

/** Recorded exchanges: what goes out is what was recorded, signature included, and what came back means what stands here. */

const http = openHttpClient({ allowLoopback: true })
afterAll(() => http.close())

const folder = join(import.meta.dirname, 'examples')
const terms = { timeoutMs: 5_000, mayStillSend: () => true }
const iccid = '8944422711108338982'

type Case = {
  readonly call: (supplier: Supplier, purchase: Purchase) => Promise<unknown>
  readonly changes?: Partial<Purchase>
  readonly answer: unknown
}

const buy: Case['call'] = (supplier, purchase) => supplier.buy(purchase, terms)
const inquire: Case['call'] = async (supplier, purchase) => supplier.inquire?.(purchase, terms)
const topUp: Case['call'] = async (supplier, purchase) => supplier.topUpEsim?.(purchase, terms)

const twoCodes = {
  state: 'delivered',
  goods: [
    { kind: 'code', code: 'CODE-000003' },
    { kind: 'code', code: 'CODE-000004' },
  ],
  cost: { amount: 600_000n, currency: 'USD' },
  supplierReference: expect.stringMatching(/^[0-9a-f-]{36}$/),
}

const airtime: Partial<Purchase> = {
  isOpenAmount: true,
  faceValue: 100_500_000n,
  currency: currency('KES'),
  recipient: { phone: '+254700000100' },
}

/** What each exchange is the record of, and what it means. */
const cases: Readonly<Record<string, Case>> = {
  'buy-codes': { call: buy, answer: twoCodes },
  'buy-again': { call: buy, answer: twoCodes },
  'buy-partially': {
    call: buy,
    answer: {
      state: 'delivered',
      goods: [{ code: 'CODE-000001' }, { code: 'CODE-000002' }],
      cost: { amount: 4_400_000n },
    },
  },
  'buy-recharge': {
    call: buy,
    changes: airtime,
    answer: {
      state: 'delivered',
      goods: [{ kind: 'receipt', status: 'success', operatorReference: 'OP-12345' }],
      cost: { amount: 800_000n },
    },
  },
  'buy-esim': {
    call: buy,
    answer: {
      state: 'delivered',
      goods: [{ kind: 'esim', iccid, lpa: 'LPA:1$rsp-3104.idemia.io$ABC-123-DEF' }],
    },
  },
  'buy-processing': {
    call: buy,
    changes: airtime,
    answer: { state: 'pending', supplierReference: '42161770-8560-4377-9795-e8a70aaceb10' },
  },
  'buy-failed': {
    call: buy,
    changes: airtime,
    answer: { state: 'refused', reason: 'invalid_recipient' },
  },
  'buy-conflict': { call: buy, answer: { state: 'unknown' } },
  'buy-without-funds': { call: buy, answer: { state: 'refused', reason: 'insufficient_funds_at_supplier' } },
  'buy-out-of-stock': { call: buy, answer: { state: 'refused', reason: 'out_of_stock' } },
  'buy-unknown-sku': { call: buy, answer: { state: 'refused', reason: 'product_unavailable' } },
  'buy-with-wrong-fields': { call: buy, answer: { state: 'refused', reason: 'limit_exceeded' } },
  'buy-with-wrong-secret': {
    call: buy,
    answer: { state: 'busy', detail: expect.stringContaining('signature_invalid') },
  },
  'top-up-esim': {
    call: topUp,
    changes: { recipient: { iccid } },
    answer: { state: 'delivered', goods: [{ kind: 'receipt', status: 'recharged', iccid }] },
  },
  'top-up-not-renewable': {
    call: topUp,
    changes: { recipient: { iccid } },
    answer: { state: 'refused', reason: 'not_renewable' },
  },
  'inquire-found': { call: inquire, answer: twoCodes },
  'inquire-nothing': { call: inquire, answer: { state: 'not_found' } },
  balance: {
    call: async (supplier) => supplier.balance?.(terms),
    answer: { amount: 35_000_000n, currency: 'USD' },
  },
  'esim-status': {
    call: async (supplier) =>
      supplier.esimStatus?.({ iccid, supplierReference: undefined, packages: [], coverage: [] }, terms),
    answer: {
      status: 'Installed',
      canRenew: true,
      packages: [
        {
          id: 'pkg_123',
          totalBytes: 10_000_000_000n,
          remainingBytes: 8_500_000_000n,
          activatedAt: new Date('2026-01-15T10:00:00Z'),
          status: 'active',
        },
      ],
      coverage: [
        { countryCode: 'AE', countryName: 'United Arab Emirates', networkName: 'Etisalat' },
        { countryCode: 'GB' },
      ],
    },
  },
}

describe('an exchange', () => {
  test.each(Object.entries(cases))('%s', async (name, { call, changes, answer }) => {
    const exchange = readExchange(name)
    const server = await startReplayServer([exchange])
    expect(await call(openAt(server.baseUrl, exchange), purchaseOf(exchange, changes))).toMatchObject(
      answer as object, // Each case has one.
    )
    expect(server.received()).toEqual([exchange.request])
    await server.close()
  })

  test('of the price list has its names from the products, and every digit', async () => {
    const exchanges = [readExchange('products'), readExchange('pricelist')]
    const server = await startReplayServer(exchanges)
    const list = await openAt(server.baseUrl).listProducts?.(undefined, terms)
    expect(list?.nextCursor).toBeUndefined()
    expect(list?.products).toHaveLength(7)
    expect(list?.products[0]).toMatchObject({ name: '$2 Apple Gift Card', cost: 2_200_000n, stock: 2 })
    expect(list?.products[2]).toMatchObject({ cost: undefined, costRate: '0.26656', currency: 'USD' })
    expect(list?.products[6]).toMatchObject({ cost: 123_456_790_123_456_779n })
    expect(server.received()).toEqual(exchanges.map(({ request }) => request))
    await server.close()
  })

  test('of a notice is believed only as it was signed, and only for five minutes', () => {
    const { headers, body } = readExchange('notice').request
    const signedAtMs = Number(headers['x-timestamp']) * 1_000
    const read = (changes: { headers?: typeof headers; body?: string; nowMs?: number }) =>
      openAt('http://scrip.example').readNotice?.({
        headers,
        body: JSON.stringify(body),
        nowMs: signedAtMs,
        ...changes,
      })
    const about = { reference: '0199a1b2-0000-7000-8000-000000000102' }
    expect(read({})).toEqual(about)
    expect(read({ nowMs: signedAtMs + 300_000 })).toEqual(about)
    expect(read({ nowMs: signedAtMs + 300_001 })).toBeUndefined()
    expect(read({ nowMs: signedAtMs - 300_001 })).toBeUndefined()
    expect(read({ headers: {} })).toBeUndefined()
    expect(read({ headers: { ...headers, 'x-signature': '0'.repeat(64) } })).toBeUndefined()
    expect(read({ headers: { ...headers, 'x-signature': 'é' } })).toBeUndefined()
    expect(read({ body: JSON.stringify({ ...Object(body), event: 'balance.low' }) })).toBeUndefined()
    expect(read({ body: JSON.stringify({ ...Object(body), idempotency_key: 'another' }) })).toBeUndefined()
    for (const rubbish of ['', '{', 'null', '[]', '{"event":"order.status_changed"}'])
      expect(read({ body: rubbish })).toBeUndefined()
  })

  test('is in every file', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''))
    expect(files.toSorted()).toEqual([...Object.keys(cases), 'notice', 'pricelist', 'products'].toSorted())
  })
})

function readExchange(name: string): Exchange {
  return parseJson(readFileSync(join(folder, `${name}.json`), 'utf8')) as Exchange // Files of ours.
}

/** With the clock of the recording, so that the signature comes out the same. */
function openAt(baseUrl: string, exchange?: Exchange): Supplier {
  const seconds = Number(exchange?.request.headers['x-timestamp'] ?? 0)
  return scrip.open(
    { baseUrl, token: 'example-token', partnerSecret: 'example-secret', currency: 'USD' },
    { http, environment: 'sandbox', sandboxDelayMs: 0, now: () => seconds * 1_000 },
  )
}

/** The purchase that led to the recorded request, or that it asks about. */
function purchaseOf({ request, response }: Exchange, changes: Partial<Purchase> = {}): Purchase {
  const texts = JSON.stringify([request, response])
  const read = (pattern: RegExp): string => pattern.exec(texts)?.[1] ?? ''
  return {
    reference: read(/"external_id":"([^"]+)"/) || read(/external_id=([0-9a-f-]+)/),
    productCode: read(/"sku_(?:id|uuid)":"([^"]+)"/),
    quantity: Number(read(/"quantity":(\d+)/) || 1),
    faceValue: 2_000_000n,
    currency: currency('USD'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: 0,
    askedAtMs: 0,
    tries: 1,
    ...changes,
  }
}
