import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIascroftWorld } from '../../../test/iascroft-world.ts'
import type { IascroftWorld, Merchant } from '../../../test/iascroft-world.ts'
import { startReplayServer } from '../../../test/replay-server.ts'
import { currency, unit } from '../../../test/world.ts'
import type { Purchase, Supplier, SupplierAnswer } from '../../core/fulfilment/supplier.ts'
import { setPartnerStatus } from '../../core/partners/set-partner-status.ts'
import { openHttpClient } from '../../platform/http.ts'
import { join } from './mapping.ts'
import { iascroft } from './supplier.ts'

/** Against the dialect of this repository: what goes out is what it takes, and what it says means what stands here. */

const http = openHttpClient({ allowLoopback: true })
const terms = { timeoutMs: 5_000, mayStillSend: () => true }
let world: IascroftWorld
let merchant: Merchant
let supplier: Supplier

beforeAll(async () => {
  world = await createIascroftWorld({ fulfils: true, patienceMs: 150 })
  await world.stock('AMZ-UK-5', [
    { code: 'UK-1', pin: '4321', serial: 'S-1', expiresOn: '2099-04-03' },
    { code: 'UK-2' },
    { code: 'UK-3' },
  ])
  await world.stock('KEY-20', 3)
  await world.supply('MTN-ANY', 'sandbox')
  merchant = await world.merchant()
  supplier = openAt(world.app.baseUrl, merchant.secretKey)
})

afterAll(() => http.close())

function openAt(origin: string, secretKey: string): Supplier {
  const settings = { baseUrl: `${origin}/iascroft/v1`, secretKey, currency: 'USD' }
  return iascroft.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 })
}

function purchase(productCode: string, changes: Partial<Purchase> = {}): Purchase {
  return {
    reference: crypto.randomUUID(),
    productCode,
    quantity: 1,
    faceValue: 5n * unit,
    currency: currency('GBP'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: Date.now(),
    askedAtMs: Date.now(),
    tries: 1,
    ...changes,
  }
}

const airtime = (phone: string) =>
  purchase('airtime:mtn-nigeria', { faceValue: 501n * unit, currency: currency('NGN'), recipient: { phone } })

describe('a purchase', () => {
  test('of a card brings everything that stands on it, and what it cost', async () => {
    const bought = purchase('giftcard:AMZ-UK-5')
    const answer = await supplier.buy(bought, terms)
    expect(answer).toEqual({
      state: 'delivered',
      goods: [
        { kind: 'code', code: 'UK-1', pin: '4321', serial: 'S-1', url: undefined, expiresOn: '2099-04-03' },
      ],
      cost: { amount: 5n * unit, currency: 'GBP' },
      supplierReference: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(await supplier.buy({ ...bought, tries: 2 }, terms)).toEqual(answer)
    expect(await supplier.inquire?.(bought, terms)).toEqual(answer)
  })

  test('of more cards than there are brings those that there are, and a repeat brings the same', async () => {
    const bought = purchase('giftcard:AMZ-UK-5', { quantity: 3 })
    const answer = await supplier.buy(bought, terms)
    expect(answer).toMatchObject({
      state: 'delivered',
      goods: [{ code: 'UK-2' }, { code: 'UK-3' }],
      cost: { amount: 10n * unit },
    })
    expect(await supplier.buy({ ...bought, tries: 2 }, terms)).toEqual(answer)
    expect(await supplier.buy(purchase('giftcard:AMZ-UK-5'), terms)).toMatchObject({
      state: 'refused',
      reason: 'out_of_stock',
    })
  })

  test('that takes longer is pending until its end, which is asked for', async () => {
    const bought = airtime('2348031230901')
    expect(await supplier.buy(bought, terms)).toMatchObject({ state: 'pending' })
    await expect.poll(async () => (await supplier.inquire?.(bought, terms))?.state).toBe('delivered')
    expect(await supplier.inquire?.(bought, terms)).toMatchObject({
      goods: [{ kind: 'receipt', status: 'success' }],
    })
  })

  test('that failed there is refused, and one that never arrived is not found', async () => {
    const failing = airtime('+2348031230903')
    const first = await supplier.buy(failing, terms)
    expect(['refused', 'pending']).toContain(first.state)
    await expect.poll(async () => (await supplier.inquire?.(failing, terms))?.state).toBe('refused')
    expect(await supplier.inquire?.(purchase('giftcard:AMZ-UK-5'), terms)).toMatchObject({
      state: 'not_found',
    })
  })

  test.each([
    [purchase('giftcard:NOTHING'), 'product_unavailable'],
    [purchase('NOTHING'), 'product_unavailable'],
    [purchase('giftcard:AMZ-UK-5', { faceValue: 6n * unit }), 'limit_exceeded'],
    [purchase('giftcard:AMZ-UK-5', { currency: currency('USD') }), 'product_unavailable'],
    [airtime('+254712345678'), 'invalid_recipient'],
    [airtime('nonsense'), 'invalid_recipient'],
    [purchase('digital:KEY-20', { quantity: 10 }), 'out_of_stock'],
    [purchase('digital:KEY-20', { quantity: 11 }), 'rejected'],
  ])('%# is refused with its reason', async (bought, reason) => {
    expect(await supplier.buy(bought, terms)).toMatchObject({ state: 'refused', reason })
  })

  test('without money, key or account is what an operator must see', async () => {
    const poor = openAt(world.app.baseUrl, (await world.merchant({ funds: 0n })).secretKey)
    const bought = purchase('digital:KEY-20', { faceValue: 20n * unit, currency: currency('USD') })
    expect(await poor.buy(bought, terms)).toMatchObject({ reason: 'insufficient_funds_at_supplier' })
    expect(await openAt(world.app.baseUrl, 'sk_test_none').buy(bought, terms)).toMatchObject({
      state: 'busy',
    })
    const gone = await world.merchant()
    await world.app.services.database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId: gone.partnerId, status: 'suspended', actor: 'test' }),
    )
    const closed = openAt(world.app.baseUrl, gone.secretKey)
    expect(await closed.buy(bought, terms)).toMatchObject({ state: 'refused', reason: 'rejected' })
    expect((await closed.buy({ ...bought, tries: 2 }, terms)).state).toBe('unknown')
  })
})

test('the lists are walked to their end, with what each has to say of a price', async () => {
  const products = []
  let cursor: string | undefined
  do {
    const page = await supplier.listProducts?.(cursor, terms)
    products.push(...(page?.products ?? []))
    cursor = page?.nextCursor
  } while (cursor !== undefined)
  expect(products.map(({ productCode }) => productCode).toSorted()).toEqual([
    'airtime:airtel-nigeria',
    'airtime:mtn-nigeria',
    'digital:KEY-20',
    'digital:UNPRICED-1',
    'giftcard:AMZ-UK-5',
    'giftcard:AMZ-UK-ANY',
    'giftcard:AMZ-US-10',
  ])
  expect(products.find(({ productCode }) => productCode === 'digital:KEY-20')).toMatchObject({
    cost: 20n * unit,
    currency: 'USD',
  })
  expect(products.find(({ productCode }) => productCode === 'giftcard:AMZ-UK-ANY')?.cost).toBeUndefined()
  expect(await supplier.balance?.(terms)).toEqual({ amount: expect.any(BigInt), currency: 'USD' })
})

describe('an answer that cannot be about our purchase is unknown', () => {
  const good = {
    reference: 'R',
    transaction_id: 'T',
    status: 'completed',
    product_id: 'CARD',
    amount: 5,
    currency: 'GBP',
    charged_amount: 5,
    charged_currency: 'GBP',
    code: 'CODE',
  }
  test.each([
    [{ ...good, reference: 'OTHER' }, 'another order'],
    [{ ...good, product_id: 'OTHER' }, 'another product'],
    [{ ...good, currency: 'USD' }, 'another currency'],
    [{ ...good, amount: 6 }, 'another amount'],
    [{ ...good, code: '' }, 'empty'],
    [{ ...good, code: null }, 'empty'],
    [{ ...good, license_keys: ['A', 'B'] }, 'were delivered'],
    [{ ...good, charged_amount: 'much' }, 'cost'],
    [{ ...good, status: 'perhaps' }, 'status'],
  ])('%j', async (data, words) => {
    const request = { method: 'POST', path: '/iascroft/v1/giftcard/purchase', headers: {} }
    const body = { status: 'success', data }
    const far = await startReplayServer([{ request, response: { status: 201, headers: {}, body } }])
    const answer = await openAt(far.baseUrl, 'sk_test_any').buy(
      purchase('giftcard:CARD', { reference: 'R' }),
      terms,
    )
    await far.close()
    expect(answer).toMatchObject({ state: 'unknown', detail: expect.stringContaining(words) })
  })
})

test('of several calls, whatever is open behind goods leaves the whole open', () => {
  const delivered: SupplierAnswer = { state: 'delivered', goods: [{ kind: 'code', code: 'A' }] }
  for (const state of ['unknown', 'busy'] as const)
    expect(join([delivered, { state, detail: 'x' }])).toMatchObject({ state: 'unknown' })
  expect(join([delivered, { state: 'pending', detail: 'x' }])).toMatchObject({ state: 'pending' })
  expect(join([{ state: 'busy', detail: 'x' }])).toMatchObject({ state: 'busy' })
  expect(join([delivered, delivered])).toMatchObject({ state: 'unknown' })
})
