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
import { Failure, failureSentences } from '../../values/failure.ts'
import type { FailureCode } from '../../values/failure.ts'
import { errorReply } from './errors.ts'

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

type Provoked = {
  readonly status: number
  readonly message: string
  readonly details?: Readonly<Record<string, string>>
  readonly provoke: () => Promise<IascroftAnswer>
}

/** The vendor's closed list, in the order of its page, each with a call that leads to it. */
const provoked: Readonly<Record<string, Provoked>> = {
  MISSING_API_KEY: { status: 401, message: 'The credentials are missing.', provoke: withoutKey },
  INVALID_API_KEY: {
    status: 401,
    message: 'The credentials are missing or invalid.',
    provoke: () =>
      merchant.call('GET', '/currencies', undefined, { headers: { authorization: 'Bearer sk_test_no' } }),
  },
  MERCHANT_SUSPENDED: { status: 403, message: 'The account is not active.', provoke: suspended },
  PLAN_NOT_ALLOWED: {
    status: 403,
    message: 'The plan of the account does not cover this call.',
    provoke: async () => (await world.merchant({ plan: 'starter' })).post('/wallet/withdraw', { amount: 1 }),
  },
  INVALID_PRODUCT_ID: {
    status: 400,
    message: 'The product does not exist.',
    provoke: () => merchant.post('/giftcard/purchase', { ...card, product_id: 'NO-SUCH' }),
  },
  INVALID_AMOUNT: {
    status: 400,
    message: 'The amount is none that this product can be bought for.',
    provoke: () => merchant.post('/giftcard/purchase', { ...card, amount: 11 }),
  },
  INVALID_PHONE_NUMBER: {
    status: 400,
    message: 'The phone number must be international, in E.164 form.',
    provoke: () => merchant.post('/airtime/topup', { phone: '08031234567', amount: 100 }),
  },
  INVALID_CURRENCY: {
    status: 400,
    message: 'This is sold in USD.',
    provoke: () => merchant.post('/giftcard/purchase', { ...card, currency: 'EUR' }),
  },
  INSUFFICIENT_BALANCE: {
    status: 402,
    message: 'The balance is insufficient for this order.',
    provoke: () => poor.post('/giftcard/purchase', card),
  },
  NOT_FOUND: {
    status: 404,
    message: 'The order does not exist.',
    provoke: () => merchant.get('/giftcard/status/no-such-reference'),
  },
  PRODUCT_OUT_OF_STOCK: {
    status: 404,
    message: 'The product is out of stock.',
    provoke: () =>
      merchant.post('/giftcard/purchase', { product_id: 'AMZ-UK-5', amount: 5, currency: 'GBP' }),
  },
  DUPLICATE_REFERENCE: { status: 409, message: 'This reference was used before.', provoke: duplicate },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    message: 'This idempotency key was already used for a different request.',
    provoke: otherBody,
  },
  VALIDATION_FAILED: {
    status: 422,
    message: 'The given data was invalid.',
    details: { amount: 'The amount field must be a number.' },
    provoke: () => merchant.post('/wallet/withdraw', { amount: 'much', currency: 'USD', bank_account }),
  },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'Too many requests; slow down.', provoke: tooOften },
  INTERNAL_ERROR: { status: 500, message: 'Something went wrong on our side.', provoke: broken },
  SERVICE_UNAVAILABLE: {
    status: 503,
    message: 'The service is temporarily unavailable; try again shortly.',
    provoke: databaseAway,
  },
}

test('every code that any failure is answered with is provoked, and there are the seventeen of the vendor’s page', () => {
  const codes = (Object.keys(failureSentences) as FailureCode[]).map(
    (code) => (errorReply(new Failure(code)).body as { error: { code: string } }).error.code, // The vendor's envelope.
  )
  expect(Object.keys(provoked).toSorted()).toEqual([...new Set(codes)].toSorted())
  expect(Object.keys(provoked)).toHaveLength(17)
})

test.each(Object.entries(provoked))(
  '%s is answered over HTTP, in the vendor’s envelope',
  async (code, { status, message, details, provoke }) => {
    const { headers, json, ...answer } = await provoke()
    expect(answer.status, answer.text).toBe(status)
    const error = { code, message, http_status: status }
    expect(json).toEqual({ status: 'error', error: details === undefined ? error : { ...error, details } })
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
      expect(headers.get(name), name).toMatch(/^\d+$/)
    const retryAfter = Number(headers.get('retry-after'))
    if (status === 429 || status === 503) expect(retryAfter).toBeGreaterThan(0)
    else expect(headers.get('retry-after')).toBeNull()
    if (status !== 429) return
    expect(retryAfter).toBeLessThanOrEqual(60)
    expect(headers.get('x-ratelimit-remaining')).toBe('0')
  },
)
