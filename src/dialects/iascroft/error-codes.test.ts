import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { createIascroftWorld } from '../../../test/iascroft-world.ts'
import type { IascroftAnswer, IascroftWorld, Merchant } from '../../../test/iascroft-world.ts'
import { startTcpProxy } from '../../../test/tcp-proxy.ts'
import type { TcpProxy } from '../../../test/tcp-proxy.ts'
import { setPartnerStatus } from '../../core/partners/set-partner-status.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'

let proxy: TcpProxy
let behind: Database
let owner: Database
let world: IascroftWorld
let merchant: Merchant
let poor: Merchant

beforeAll(async () => {
  const made: TestDatabase = await createTestDatabase()
  proxy = await startTcpProxy(made.url)
  behind = openDatabase({ url: proxy.url, role: 'scrip_app', poolSize: 10 })
  owner = openDatabase({ url: made.url, poolSize: 1 })
  world = await createIascroftWorld({ database: behind })
  await world.stock('AMZ-US-10', 20)
  merchant = await world.merchant()
  poor = await world.merchant({ funds: 0n })
})

afterAll(async () => {
  await world.app.close()
  await behind.close()
  await owner.close()
  await proxy.close()
})

const card = { product_id: 'AMZ-US-10', amount: 10, currency: 'USD' }
const bank_account = { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '1234506789' }

async function withoutKey(): Promise<IascroftAnswer> {
  return merchant.call('GET', '/currencies', undefined, { headers: { authorization: '' } })
}

async function duplicate(): Promise<IascroftAnswer> {
  const reference = `twice-${newId()}`
  await merchant.post('/giftcard/purchase', { ...card, reference })
  return merchant.post('/giftcard/purchase', { ...card, reference })
}

async function otherBody(): Promise<IascroftAnswer> {
  await merchant.post('/giftcard/purchase', card, { key: 'one-key' })
  return merchant.post(
    '/giftcard/purchase',
    { ...card, recipient_email: 'a@example.com' },
    { key: 'one-key' },
  )
}

async function suspended(): Promise<IascroftAnswer> {
  const gone = await world.merchant()
  const { partnerId } = gone
  await owner.inTransaction((tx) => setPartnerStatus(tx, { partnerId, status: 'suspended', actor: 'test' }))
  return gone.get('/currencies')
}

async function tooOften(): Promise<IascroftAnswer> {
  const starter = await world.merchant({ plan: 'starter' })
  const answers = await Promise.all(Array.from({ length: 30 }, () => starter.get('/currencies')))
  return answers.find(({ status }) => status !== 200) ?? starter.get('/currencies')
}

/** A table is away: nothing that a merchant does, and the way in which a mistake of ours looks. */
async function broken(): Promise<IascroftAnswer> {
  await owner.query(sql`alter table claimed_references rename to away`)
  try {
    return await merchant.post('/giftcard/purchase', { ...card, reference: `broken-${newId()}` })
  } finally {
    await owner.query(sql`alter table away rename to claimed_references`)
  }
}

async function databaseAway(): Promise<IascroftAnswer> {
  await proxy.cut()
  try {
    return await merchant.get('/wallet/balance')
  } finally {
    await proxy.restore()
  }
}

/** The vendor's closed list, in the order of its page, each with a call that leads to it. */
const provoked: Readonly<Record<string, readonly [status: number, provoke: () => Promise<IascroftAnswer>]>> =
  {
    MISSING_API_KEY: [401, withoutKey],
    INVALID_API_KEY: [
      401,
      () =>
        merchant.call('GET', '/currencies', undefined, { headers: { authorization: 'Bearer sk_test_no' } }),
    ],
    MERCHANT_SUSPENDED: [403, suspended],
    PLAN_NOT_ALLOWED: [
      403,
      async () => (await world.merchant({ plan: 'starter' })).post('/wallet/withdraw', { amount: 1 }),
    ],
    INVALID_PRODUCT_ID: [400, () => merchant.post('/giftcard/purchase', { ...card, product_id: 'NO-SUCH' })],
    INVALID_AMOUNT: [400, () => merchant.post('/giftcard/purchase', { ...card, amount: 11 })],
    INVALID_PHONE_NUMBER: [400, () => merchant.post('/airtime/topup', { phone: '08031234567', amount: 100 })],
    INVALID_CURRENCY: [400, () => merchant.post('/giftcard/purchase', { ...card, currency: 'EUR' })],
    INSUFFICIENT_BALANCE: [402, () => poor.post('/giftcard/purchase', card)],
    NOT_FOUND: [404, () => merchant.get('/giftcard/status/no-such-reference')],
    PRODUCT_OUT_OF_STOCK: [
      404,
      () => merchant.post('/giftcard/purchase', { product_id: 'AMZ-UK-5', amount: 5, currency: 'GBP' }),
    ],
    DUPLICATE_REFERENCE: [409, duplicate],
    IDEMPOTENCY_CONFLICT: [409, otherBody],
    VALIDATION_FAILED: [
      422,
      () => merchant.post('/wallet/withdraw', { amount: 'much', currency: 'USD', bank_account }),
    ],
    RATE_LIMIT_EXCEEDED: [429, tooOften],
    INTERNAL_ERROR: [500, broken],
    SERVICE_UNAVAILABLE: [503, databaseAway],
  }

test('the list is whole', () => {
  expect(Object.keys(provoked)).toHaveLength(17)
})

test.each(Object.entries(provoked))(
  '%s is answered over HTTP, in the vendor’s envelope',
  async (code, [status, provoke]) => {
    const answer = await provoke()
    const message = expect.stringMatching(/^[A-Z].*[^ ]$/s) as unknown
    const error = { code, message, http_status: status }
    const details = expect.objectContaining({}) as unknown
    expect(answer.status, answer.text).toBe(status)
    expect(answer.json).toEqual({
      status: 'error',
      error: code === 'VALIDATION_FAILED' ? { ...error, details } : error,
    })
    expect(answer.text).not.toMatch(/select |insert |postgres|\.ts\b|node_modules|claimed_references/i)
    if (status === 429 || status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    if (status === 429) expect(answer.headers.get('x-ratelimit-remaining')).toBe('0')
  },
)
