import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { at, createIascroftWorld, refusalOf } from '../../../test/iascroft-world.ts'
import type { IascroftAnswer, IascroftWorld, Merchant } from '../../../test/iascroft-world.ts'
import { differences } from '../../../test/shapes.ts'
import { createVoucherWorld } from '../../../test/voucher-world.ts'

/** Recorded exchanges (examples/*.json): a client that was written against them must find every key where it was, with a value of the same type. */

let world: IascroftWorld
let merchant: Merchant
let poor: Merchant
let voucherCode: string

beforeAll(async () => {
  world = await createIascroftWorld({ fulfils: true })
  merchant = await world.merchant({ currencies: ['USD', 'NGN', 'KES'] })
  poor = await world.merchant({ funds: 0n })
  await world.stock('AMZ-US-10', [{ code: 'CODE-1', serial: 'S-1', expiresOn: '2099-12-09' }])
  await world.stock('KEY-20', 5)
  await world.supply('MTN-ANY', 'sandbox')
  const vouchers = await createVoucherWorld(world.app.services.database, world.app.services.keyRing)
  voucherCode = (await vouchers.voucher(await vouchers.company(1_000n), 250n)).code
})

const card = { product_id: 'AMZ-US-10', amount: 10, currency: 'USD' }

const calls: Readonly<Record<string, () => Promise<IascroftAnswer>>> = {
  currencies: () => merchant.get('/currencies'),
  'giftcard-products': () => merchant.get('/giftcard/products'),
  'giftcard-purchase': () =>
    merchant.post('/giftcard/purchase', {
      ...card,
      recipient_email: 'holder@example.com',
      reference: 'ORDER-1001',
    }),
  'giftcard-status': () => merchant.get('/giftcard/status/ORDER-1001'),
  'airtime-operators': () => merchant.get('/airtime/operators?country=ng'),
  'airtime-topup': () =>
    merchant.post('/airtime/topup', { phone: '+2348031234567', amount: 1_000, operator_id: 'mtn-nigeria' }),
  'digital-products': () => merchant.get('/digital/products?category=licence'),
  'digital-purchase': () => merchant.post('/digital/purchase', { product_id: 'KEY-20', quantity: 2 }),
  'wallet-balance': () => merchant.get('/wallet/balance'),
  'voucher-redeem': () => merchant.post('/voucher/redeem', { code: voucherCode, reference: 'TILL-7' }),
  'error-validation': () => merchant.post('/giftcard/purchase', { amount: 50, currency: 'USD' }),
  'error-invalid-key': () =>
    merchant.get('/wallet/balance', { headers: { authorization: 'Bearer sk_test_unknown' } }),
  'error-balance': () => poor.post('/giftcard/purchase', card),
}

describe('an answer has the keys and types of the recorded one', () => {
  test.each(Object.keys(calls))('%s', async (name) => {
    const { response } = readExample(name)
    const answer = await calls[name]?.()
    expect(answer?.status, answer?.text).toBe(response.status)
    // An operator of any amount may have no usual ones.
    const found = differences(JSON.parse(answer?.text ?? ''), response.body).filter(
      (line) => !line.endsWith('.denominations is empty'),
    )
    expect(found).toEqual([])
  })
})

describe('a voucher', () => {
  test('is redeemed once, and found neither afterwards nor when it never was', async () => {
    const again = { code: voucherCode }
    expect(refusalOf(await merchant.post('/voucher/redeem', again))).toEqual([404, 'NOT_FOUND'])
    expect(refusalOf(await merchant.post('/voucher/redeem', { code: 'nonsense' }))).toEqual([
      404,
      'NOT_FOUND',
    ])
    expect(refusalOf(await merchant.post('/voucher/redeem', {}))).toEqual([422, 'VALIDATION_FAILED'])
    expect(at(await merchant.get('/wallet/balance?currency=KES'), 'data.balance')).toBe(1_000_250)
  })

  test('is redeemed once under one key however often it is asked for, and a used reference is refused', async () => {
    const { database, keyRing } = world.app.services
    const vouchers = await createVoucherWorld(database, keyRing)
    const { code } = await vouchers.voucher(await vouchers.company(1_000n), 100n)
    const [first, again] = [
      await merchant.post('/voucher/redeem', { code }, { key: 'redeem-1' }),
      await merchant.post('/voucher/redeem', { code }, { key: 'redeem-1' }),
    ]
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const other = await vouchers.voucher(await vouchers.company(1_000n), 100n)
    for (const reference of ['TILL-7', 'ORDER-1001'])
      expect(refusalOf(await merchant.post('/voucher/redeem', { code: other.code, reference }))).toEqual([
        409,
        'DUPLICATE_REFERENCE',
      ])
    expect(refusalOf(await poor.post('/voucher/redeem', { code: other.code }))).toEqual([
      400,
      'INVALID_CURRENCY',
    ])
    expect(at(await merchant.get('/wallet/balance?currency=KES'), 'data.balance')).toBe(1_000_350)
  })
})

describe('the catalogue', () => {
  test('is cut into pages, which say how many there are', async () => {
    const page = await merchant.get('/giftcard/products?limit=2&page=2')
    expect(at(page, 'pagination')).toEqual({ page: 2, limit: 2, total: 3, total_pages: 2 })
    expect(at(page, 'data')).toHaveLength(1)
    expect(at(await merchant.get('/giftcard/products?page=9'), 'data')).toEqual([])
  })

  test('is filtered by country and currency', async () => {
    const ids = async (query: string) =>
      (at(await merchant.get(`/giftcard/products?${query}`), 'data') as { id: string }[]).map(({ id }) => id)
    expect(await ids('country=us')).toEqual(['AMZ-US-10'])
    expect((await ids('currency=GBP')).toSorted()).toEqual(['AMZ-UK-5', 'AMZ-UK-ANY'])
    expect(await ids('country=US&currency=GBP')).toEqual([])
  })

  test.each([
    ['/giftcard/products?limit=101', 422, 'VALIDATION_FAILED'],
    ['/giftcard/products?page=0', 422, 'VALIDATION_FAILED'],
    ['/giftcard/products?country=USA', 422, 'VALIDATION_FAILED'],
    ['/giftcard/products?currency=dollars', 400, 'INVALID_CURRENCY'],
    ['/wallet/balance?currency=EUR', 400, 'INVALID_CURRENCY'],
    ['/giftcard/status/nothing', 404, 'NOT_FOUND'],
  ])('%s is refused', async (path, status, code) => {
    expect(refusalOf(await merchant.get(path))).toEqual([status, code])
  })
})

type Example = { readonly response: { readonly status: number; readonly body: unknown } }

function readExample(name: string): Example {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8')) as Example // Files of ours.
}
