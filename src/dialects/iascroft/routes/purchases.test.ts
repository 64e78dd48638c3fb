import { beforeAll, describe, expect, test } from 'vitest'
import { at, createIascroftWorld, refusalOf } from '../../../../test/iascroft-world.ts'
import type { IascroftAnswer, IascroftWorld, Merchant } from '../../../../test/iascroft-world.ts'
import { unit } from '../../../../test/world.ts'
import { listWallets } from '../../../core/ledger/list-wallets.ts'
import { setPartnerStatus } from '../../../core/partners/set-partner-status.ts'
import { sql } from '../../../platform/database.ts'

let world: IascroftWorld
let merchant: Merchant

beforeAll(async () => {
  world = await createIascroftWorld({ fulfils: true })
  await world.stock('AMZ-US-10', 200)
  await world.stock('AMZ-UK-5', [
    { code: 'UK-SECRET-1', pin: '4321', serial: 'S-1', expiresOn: '2099-04-03' },
    ...Array.from({ length: 100 }, (_, place) => ({ code: `UK-MORE-${place}` })),
  ])
  await world.stock('KEY-20', 20)
  await world.supply('AMZ-UK-ANY', 'sandbox')
  merchant = await world.merchant()
})

const card = { product_id: 'AMZ-US-10', amount: 10, currency: 'USD' }
let names = 0
const name = () => `ref-${(names += 1)}`

async function balances(of: Merchant): Promise<Record<string, bigint>> {
  const wallets = await listWallets(world.app.services.database, of.partnerId)
  return Object.fromEntries(wallets.map(({ code, balance, reserved }) => [code, balance - reserved]))
}

async function ordersOf({ partnerId }: Merchant): Promise<number> {
  const [row] = await world.app.services.database.query<{ count: bigint }>(
    sql`select count(*) from orders where partner_id = ${partnerId}`,
  )
  return Number(row?.count)
}

describe('a gift card', () => {
  test('is bought at once, with everything that its holder needs', async () => {
    const answer = await merchant.post('/giftcard/purchase', {
      product_id: 'AMZ-UK-5',
      amount: 5,
      currency: 'GBP',
      recipient_email: 'holder@example.com',
      reference: 'order-1001',
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      status: 'success',
      data: {
        reference: 'order-1001',
        transaction_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: 'completed',
        product_id: 'AMZ-UK-5',
        product_name: 'AMZ-UK-5 card',
        amount: 5,
        currency: 'GBP',
        charged_amount: 5,
        charged_currency: 'GBP',
        code: 'UK-SECRET-1',
        pin: '4321',
        serial: 'S-1',
        expires_at: '2099-04-03',
        redeem_url: null,
        recipient_email: 'holder@example.com',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    })
    const found = await merchant.get('/giftcard/status/order-1001')
    expect(found.json).toEqual(answer.json)
    expect(
      (await merchant.get(`/giftcard/status/${String(at(answer, 'data.transaction_id'))}`)).json,
    ).toEqual(answer.json)
    const mails = await world.app.services.database.query(
      sql`select recipient, template from messages where partner_id = ${merchant.partnerId}`,
    )
    expect(mails).toEqual([{ recipient: 'holder@example.com', template: 'order_delivered' }])
  })

  test('gets a reference of ours without one of its own, and is found by it', async () => {
    const answer = await merchant.post('/giftcard/purchase', card)
    const reference = String(at(answer, 'data.reference'))
    expect(reference).toMatch(/^IAS-[0-9A-Z]{20}$/)
    expect((await merchant.get(`/giftcard/status/${reference}`)).json).toEqual(answer.json)
  })

  test('of any amount within its range comes from a supplier, and is charged to the digit', async () => {
    const body = { product_id: 'AMZ-UK-ANY', amount: 12.34, currency: 'gbp' }
    const answer = await merchant.post('/giftcard/purchase', body)
    expect(answer.json).toMatchObject({ data: { status: 'completed', amount: 12.34, charged_amount: 12.34 } })
    expect(answer.text).toContain('"charged_amount":12.34,')
  })

  test.each([
    [{ ...card, product_id: 'NO-SUCH' }, 400, 'INVALID_PRODUCT_ID'],
    [{ ...card, product_id: 'KEY-20', amount: 20 }, 400, 'INVALID_PRODUCT_ID'],
    [{ ...card, amount: 11 }, 400, 'INVALID_AMOUNT'],
    [{ ...card, amount: 0 }, 400, 'INVALID_AMOUNT'],
    [{ ...card, amount: -10 }, 400, 'INVALID_AMOUNT'],
    ['{"product_id":"AMZ-US-10","amount":10.0000001,"currency":"USD"}', 400, 'INVALID_AMOUNT'],
    ['{"product_id":"AMZ-US-10","amount":1e400,"currency":"USD"}', 400, 'INVALID_AMOUNT'],
    [{ product_id: 'AMZ-UK-ANY', amount: 1_001, currency: 'GBP' }, 400, 'INVALID_AMOUNT'],
    [{ ...card, currency: 'GBP' }, 400, 'INVALID_CURRENCY'],
    [{ ...card, currency: 'dollars' }, 400, 'INVALID_CURRENCY'],
    [{ ...card, amount: '10' }, 422, 'VALIDATION_FAILED'],
    [{ ...card, amount: null }, 422, 'VALIDATION_FAILED'],
    [{ amount: 10, currency: 'USD' }, 422, 'VALIDATION_FAILED'],
    [{ ...card, recipient_email: 'nobody' }, 422, 'VALIDATION_FAILED'],
    [{ ...card, reference: 'x'.repeat(65) }, 422, 'VALIDATION_FAILED'],
    [{ ...card, reference: '' }, 422, 'VALIDATION_FAILED'],
    ['{"product_id":', 400, 'VALIDATION_FAILED'],
  ])('%j is refused, and nothing is written', async (body, status, code) => {
    const before = [await balances(merchant), await ordersOf(merchant)]
    const answer = await merchant.post('/giftcard/purchase', body)
    expect(refusalOf(answer)).toEqual([status, code])
    expect(at(answer, 'error.http_status')).toBe(status)
    expect([await balances(merchant), await ordersOf(merchant)]).toEqual(before)
  })

  test('names each field that is wrong', async () => {
    const answer = await merchant.post('/giftcard/purchase', { product_id: 7, currency: 'USD' })
    expect(at(answer, 'error.details')).toEqual({
      product_id: 'The product_id field must be a string.',
      amount: 'The amount field is required.',
    })
  })
})

describe('the wallet that pays', () => {
  test('is that of the product’s currency, where it has enough', async () => {
    const rich = await world.merchant({
      currencies: ['NGN', 'USD'],
      funds: { NGN: 100_000n * unit, USD: 10n * unit },
    })
    const answer = await rich.post('/giftcard/purchase', card)
    expect(answer.json).toMatchObject({ data: { charged_amount: 10, charged_currency: 'USD' } })
    expect(await balances(rich)).toEqual({ 'NGN-1': 100_000n * unit, 'USD-1': 0n })
  })

  test('is the default one, at the rate and to the digit, where that has not enough, or is not there', async () => {
    const poor = await world.merchant({
      currencies: ['NGN', 'USD'],
      funds: { NGN: 100_000n * unit, USD: 10n * unit - 1n },
    })
    const answer = await poor.post('/giftcard/purchase', card)
    expect(answer.json).toMatchObject({
      data: { charged_amount: 15_000, charged_currency: 'NGN', amount: 10, currency: 'USD' },
    })
    expect(await balances(poor)).toEqual({ 'NGN-1': 85_000n * unit, 'USD-1': 10n * unit - 1n })
    const naira = await world.merchant({ currencies: ['NGN'], funds: 100_000n * unit })
    const pounds = await naira.post('/giftcard/purchase', {
      product_id: 'AMZ-UK-ANY',
      amount: 3.333333,
      currency: 'GBP',
    })
    expect(pounds.text).toContain('"charged_amount":6249.999375,"charged_currency":"NGN"')
  })

  test('is none where neither has enough, and where there is no rate', async () => {
    const poor = await world.merchant({
      currencies: ['NGN', 'USD'],
      funds: { NGN: 14_999n * unit, USD: 9n * unit },
    })
    expect(refusalOf(await poor.post('/giftcard/purchase', card))).toEqual([402, 'INSUFFICIENT_BALANCE'])
    expect(await ordersOf(poor)).toBe(0)
    const kes = await world.merchant({ currencies: ['KES'] })
    expect(refusalOf(await kes.post('/giftcard/purchase', card))).toEqual([400, 'INVALID_CURRENCY'])
  })

  test('is spent to its end and no further by 40 purchases at once', async () => {
    const merchantOfTen = await world.merchant({ currencies: ['USD'], funds: 100n * unit })
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => merchantOfTen.post('/giftcard/purchase', card)),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(30)
    expect(await balances(merchantOfTen)).toEqual({ 'USD-1': 0n })
  })
})

describe('a reference', () => {
  test('is used once: again it is refused, whatever is ordered and however many come at once', async () => {
    const reference = name()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => merchant.post('/giftcard/purchase', { ...card, reference })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(refusalOf(answer)).toEqual([409, 'DUPLICATE_REFERENCE'])
    expect(refusalOf(await merchant.post('/digital/purchase', { product_id: 'KEY-20', reference }))).toEqual([
      409,
      'DUPLICATE_REFERENCE',
    ])
  })

  test('is kept by the order itself where its claim was lost: who comes without a key gets no code', async () => {
    const reference = name()
    const { database } = world.app.services
    const [before, bought] = [
      await ordersOf(merchant),
      await merchant.post('/giftcard/purchase', { ...card, reference }),
    ]
    expect(bought.status).toBe(201)
    for (const key of [undefined, name()]) {
      await database.query(sql`delete from claimed_references where partner_id = ${merchant.partnerId}`)
      const again = await merchant.post('/giftcard/purchase', { ...card, reference }, { key })
      expect(refusalOf(again)).toEqual([409, 'DUPLICATE_REFERENCE'])
      expect(again.text).not.toContain(String(at(bought, 'data.code')))
    }
    expect(await ordersOf(merchant)).toBe(before + 1)
  })

  test('used again sends the goods to no other address', async () => {
    const reference = name()
    await merchant.post('/giftcard/purchase', { ...card, reference })
    await merchant.post('/giftcard/purchase', { ...card, reference, recipient_email: 'thief@example.com' })
    const { database } = world.app.services
    expect(await database.query(sql`select from order_mails where recipient = 'thief@example.com'`)).toEqual(
      [],
    )
    expect(await database.query(sql`select from messages where recipient = 'thief@example.com'`)).toEqual([])
  })

  test('of another merchant, or of nobody, is not found', async () => {
    const reference = name()
    const bought = await merchant.post('/giftcard/purchase', { ...card, reference })
    const stranger = await world.merchant()
    for (const wanted of [
      reference,
      String(at(bought, 'data.transaction_id')),
      'nothing',
      '018f0000-0000-7000-8000-000000000001',
    ])
      expect(refusalOf(await stranger.get(`/giftcard/status/${wanted}`))).toEqual([404, 'NOT_FOUND'])
    expect((await stranger.post('/giftcard/purchase', { ...card, reference })).status).toBe(201)
  })
})

describe('an idempotency key', () => {
  const replayed = ({ headers }: IascroftAnswer) => headers.get('idempotent-replayed')

  test('answers the same body again byte by byte, and buys nothing', async () => {
    const [key, before] = [name(), await ordersOf(merchant)]
    const first = await merchant.post('/giftcard/purchase', card, { key })
    expect([first.status, replayed(first)]).toEqual([201, null])
    const again = await merchant.post(
      '/giftcard/purchase',
      ' {"currency":"USD", "amount":10,"product_id":"AMZ-US-10"}',
      { key },
    )
    expect([again.status, replayed(again), again.text]).toEqual([201, 'true', first.text])
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(await ordersOf(merchant)).toBe(before + 1)
  })

  test('with another body, or at another address, is a conflict', async () => {
    const key = name()
    await merchant.post('/giftcard/purchase', card, { key })
    for (const [path, body] of [
      ['/giftcard/purchase', { ...card, reference: name() }],
      ['/digital/purchase', { product_id: 'KEY-20' }],
    ] as const)
      expect(refusalOf(await merchant.post(path, body, { key }))).toEqual([409, 'IDEMPOTENCY_CONFLICT'])
  })

  test('with the same reference is a replay, without the key a duplicate', async () => {
    const [key, reference] = [name(), name()]
    const first = await merchant.post('/giftcard/purchase', { ...card, reference }, { key })
    const again = await merchant.post('/giftcard/purchase', { ...card, reference }, { key })
    expect([again.text, replayed(again)]).toEqual([first.text, 'true'])
    for (const extra of [{}, { key: name() }])
      expect(refusalOf(await merchant.post('/giftcard/purchase', { ...card, reference }, extra))).toEqual([
        409,
        'DUPLICATE_REFERENCE',
      ])
  })

  test('finds its order even where the answer is gone, and the product too', async () => {
    const [key, before] = [name(), await ordersOf(merchant)]
    const first = await merchant.post('/giftcard/purchase', card, { key })
    const { database, catalogue } = world.app.services
    await database.query(sql`delete from idempotency_keys where key = ${key}`)
    const again = await merchant.post('/giftcard/purchase', card, { key })
    expect([again.status, again.json]).toEqual([201, first.json])
    await database.query(sql`delete from idempotency_keys where key = ${key}`)
    await database.query(sql`update skus set active = false where code = 'AMZ-US-10'`)
    await catalogue.refresh()
    const gone = await merchant.post('/giftcard/purchase', card, { key })
    await database.query(sql`update skus set active = true where code = 'AMZ-US-10'`)
    await catalogue.refresh()
    expect([gone.status, gone.json]).toEqual([201, first.json])
    expect(await ordersOf(merchant)).toBe(before + 1)
  })

  test('whose call was refused is free again', async () => {
    const key = name()
    expect((await merchant.post('/giftcard/purchase', { ...card, amount: 11 }, { key })).status).toBe(400)
    expect((await merchant.post('/giftcard/purchase', card, { key })).status).toBe(201)
  })

  test('belongs to its merchant', async () => {
    const [key, stranger] = [name(), await world.merchant()]
    const first = await merchant.post('/giftcard/purchase', card, { key })
    const other = await stranger.post('/giftcard/purchase', card, { key })
    expect(replayed(other)).toBeNull()
    expect(at(other, 'data.code')).not.toBe(at(first, 'data.code'))
    expect(at(other, 'data.reference')).not.toBe(at(first, 'data.reference'))
  })

  test.each(['', 'x'.repeat(129)])('%j is none', async (key) => {
    expect(refusalOf(await merchant.post('/giftcard/purchase', card, { key }))).toEqual([
      422,
      'VALIDATION_FAILED',
    ])
  })

  test('has its code neither in the table nor in the log', async () => {
    const bought = await merchant.post('/giftcard/purchase', card, { key: name() })
    await world.app.callLog.flush()
    const { database } = world.app.services
    const kept = await database.query(sql`
      select response from api_calls where partner_id = ${merchant.partnerId} and path like '%purchase' order by called_at desc limit 1`)
    expect(JSON.stringify(kept)).toContain(String(at(bought, 'data.reference')))
    expect(JSON.stringify(kept)).not.toContain(String(at(bought, 'data.code')))
  })
})

describe('a key', () => {
  test('that is missing, unknown, or of a suspended merchant opens nothing', async () => {
    const path = '/giftcard/products'
    const withKey = (authorization: string) => merchant.get(path, { headers: { authorization } })
    expect(refusalOf(await withKey(''))).toEqual([401, 'MISSING_API_KEY'])
    expect(refusalOf(await withKey('Bearer sk_test_unknown'))).toEqual([401, 'INVALID_API_KEY'])
    expect(refusalOf(await withKey('Basic abc'))).toEqual([401, 'INVALID_API_KEY'])
    const gone = await world.merchant()
    await world.app.services.database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId: gone.partnerId, status: 'suspended', actor: 'test' }),
    )
    expect(refusalOf(await gone.get(path))).toEqual([403, 'MERCHANT_SUSPENDED'])
    expect(refusalOf(await merchant.get('/nothing'))).toEqual([404, 'NOT_FOUND'])
  })
})
