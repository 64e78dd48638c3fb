import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Purchase, Supplier } from '../../src/core/fulfilment/supplier.ts'
import { sql } from '../../src/platform/database.ts'
import { openHttpClient } from '../../src/platform/http.ts'
import { vendify } from '../../src/suppliers/vendify/supplier.ts'
import { proveBooks } from '../books.ts'
import { createVendifyWorld } from '../vendify-world.ts'
import type { VendifyClient, VendifyWorld } from '../vendify-world.ts'
import { currency, unit } from '../world.ts'

/** The connector and the dialect it speaks, face to face: what one writes, the other reads. */

const http = openHttpClient({ allowLoopback: true })
const terms = { timeoutMs: 10_000, mayStillSend: () => true }
let world: VendifyWorld
let reseller: VendifyClient
let supplier: Supplier

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  reseller = await world.reseller({
    currencies: ['NGN', 'USD'],
    funds: 1_000_000n * unit,
    terms: { margin: 2n, discount: 5n },
  })
  for (const code of ['MTN-ANY', 'PHEDC-PREPAID', 'DSTV-YANGA', 'DSTV-COMPACT'])
    await world.supply(code, 'sandbox')
  await world.supply('ESIM-1GB', 'esim-sandbox')
  supplier = open({})
})
afterAll(() => http.close())

function open(changes: object): Supplier {
  const { apiKey, privateKey } = reseller
  const baseUrl = `${world.app.baseUrl}/vendify`
  const settings = { baseUrl, apiKey, privateKey, walletId: 'NGN-1', currency: 'NGN', ...changes }
  return vendify.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 })
}

function purchase(productCode: string, faceValue: bigint, changes: Partial<Purchase> = {}): Purchase {
  return {
    reference: crypto.randomUUID(),
    productCode,
    quantity: 1,
    faceValue,
    currency: currency(productCode.split(':')[1] ?? 'NGN'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: Date.now(),
    askedAtMs: Date.now(),
    tries: 1,
    ...changes,
  }
}

const gift = (changes: Partial<Purchase> = {}) =>
  purchase(`${world.id('AMZ-US-10')}:USD`, 10n * unit, changes)
const phone = (digits: string) =>
  purchase(`${world.id('MTN-ANY')}:NGN`, 500n * unit, { isOpenAmount: true, recipient: { phone: digits } })

async function ordersCount(): Promise<number> {
  const rows = await world.app.services.database.query(
    sql`select id from orders where partner_id = ${reseller.partnerId}`,
  )
  return rows.length
}

async function untilEnded(bought: Purchase) {
  await expect
    .poll(async () => (await supplier.inquire?.(bought, terms))?.state, { timeout: 10_000 })
    .not.toBe('pending')
  return supplier.inquire?.(bought, terms)
}

test('three codes are three orders, and repeats and questions find the same ones', async () => {
  await world.stock('AMZ-US-10', 20)
  const before = await ordersCount()
  const bought = gift({ quantity: 3 })
  const first = await supplier.buy(bought, terms)
  expect(first).toMatchObject({ state: 'delivered', cost: { currency: 'NGN' } })
  expect(first.state === 'delivered' && first.goods.length).toBe(3)
  const again = await Promise.all([2, 3, 4].map((tries) => supplier.buy({ ...bought, tries }, terms)))
  expect(again).toEqual([first, first, first])
  expect(await supplier.inquire?.({ ...bought, tries: 4 }, terms)).toEqual(first)
  expect(await ordersCount()).toBe(before + 3)
  // 10 dollars at 1,500 naira, with 2 % on the rate and 5 % off the price, three times.
  expect(first.state === 'delivered' && first.cost?.amount).toBe(43_605n * unit)
})

test('the very same call sent twice buys once, and neither is taken for a refusal', async () => {
  const bought = gift()
  const before = await ordersCount()
  const answers = await Promise.all([supplier.buy(bought, terms), supplier.buy(bought, terms)])
  expect(answers.map(({ state }) => state)).toContain('delivered')
  for (const { state } of answers) expect(['delivered', 'unknown', 'pending']).toContain(state)
  expect(await supplier.buy(bought, terms)).toEqual(await supplier.inquire?.(bought, terms))
  expect(await ordersCount()).toBe(before + 1)
})

test('whichever of the tries arrived, a question finds its order', async () => {
  for (const arrived of [2, 7, 30]) {
    const bought = gift()
    const first = await supplier.buy({ ...bought, tries: arrived }, terms)
    expect(first.state).toBe('delivered')
    expect(await supplier.inquire?.({ ...bought, tries: arrived }, terms)).toEqual(first)
  }
})

test('a question before anything was sent finds nothing, and is harmless', async () => {
  const bought = gift()
  expect(await supplier.inquire?.(bought, terms)).toMatchObject({ state: 'not_found' })
  expect(await supplier.buy(bought, terms)).toMatchObject({ state: 'delivered' })
})

test('airtime is credited, and told with the operator’s reference', async () => {
  expect(await supplier.buy(phone('+2348038030133'), terms)).toMatchObject({
    state: 'delivered',
    goods: [{ kind: 'receipt', operatorReference: expect.stringMatching(/^SBX\d+$/) }],
    cost: { amount: 475n * unit, currency: 'NGN' },
  })
})

test('what is pending there is pending here, and ends as it ends there', async () => {
  const later = phone('+2348030000901')
  expect(await supplier.buy(later, terms)).toMatchObject({ state: 'pending' })
  expect(await untilEnded(later)).toMatchObject({ state: 'delivered' })
  const never = phone('+2348030000902')
  expect((await supplier.buy(never, terms)).state).toBe('pending')
  expect(await untilEnded(never)).toMatchObject({ state: 'refused' })
})

test('an account is looked up, and a meter’s token is a code', async () => {
  const productCode = `${world.id('PHEDC-PREPAID')}:NGN:PHEDC-PREPAID`
  const recipient = { account: '25112401374', phone: '+2348188090111' }
  expect(await supplier.validate?.({ productCode, recipient }, terms)).toMatchObject({ state: 'valid' })
  expect(
    await supplier.validate?.({ productCode, recipient: { ...recipient, account: '25112401908' } }, terms),
  ).toMatchObject({ state: 'invalid' })
  expect(
    await supplier.validate?.({ productCode, recipient: { ...recipient, account: '1' } }, terms),
  ).toMatchObject({ state: 'invalid' })
  const answer = await supplier.buy(
    purchase(productCode, 5_000n * unit, { isOpenAmount: true, recipient }),
    terms,
  )
  expect(answer).toMatchObject({
    state: 'delivered',
    goods: [{ kind: 'code', code: expect.stringMatching(/^(\d{4} ){4}\d{4}$/) }],
  })
})

test('a package is ordered by its own code, after its account was validated', async () => {
  const productCode = `${world.id('DSTV-YANGA')}:NGN:DSTV-COMPACT`
  const recipient = { account: '4222863979' }
  const bought = purchase(productCode, 17_450n * unit, { recipient })
  expect(await supplier.buy(bought, terms)).toMatchObject({
    state: 'delivered',
    goods: [{ kind: 'receipt' }],
    cost: { amount: 16_577_500_000n },
  })
  const unknown = purchase(productCode, 17_450n * unit, { recipient: { account: '4222863908' } })
  expect(await supplier.buy(unknown, terms)).toMatchObject({ state: 'refused', reason: 'invalid_recipient' })
})

test('an eSIM comes with its activation code, and its data can be asked for', async () => {
  const answer = await supplier.buy(purchase(`${world.id('ESIM-1GB')}:USD`, 7_200_000n), terms)
  if (answer.state !== 'delivered') throw new Error(JSON.stringify(answer))
  const [esim] = answer.goods
  if (esim?.kind !== 'esim') throw new Error('It is no eSIM.')
  expect(esim.lpa).toMatch(/^LPA:1\$/)
  const question = { iccid: esim.iccid, supplierReference: undefined, packages: [], coverage: [] }
  expect(await supplier.esimStatus?.(question, terms)).toMatchObject({
    canRenew: false,
    packages: [{ totalBytes: 1_000_000_000n }],
  })
  const other = { ...question, iccid: '8943108165011804478' }
  expect(await supplier.esimStatus?.(other, terms)).toBeUndefined()
})

test('an order is refused for want of stock, of funds, of the product, of a fitting amount, and nothing is taken', async () => {
  const before = await supplier.balance?.(terms)
  const reasonOf = async (bought: Purchase) => {
    const answer = await supplier.buy(bought, terms)
    expect(await supplier.inquire?.(bought, terms)).toMatchObject({
      state: answer.state === 'refused' && bought.currency === currency('EUR') ? 'refused' : 'not_found',
    })
    return answer.state === 'refused' ? answer.reason : answer.state
  }
  expect(await reasonOf(purchase(`${world.id('AMZ-UK-5')}:GBP`, 5n * unit))).toBe('out_of_stock')
  expect(await reasonOf(purchase(`${world.id('AMZ-UK-ANY')}:GBP`, 900n * unit, { isOpenAmount: true }))).toBe(
    'insufficient_funds_at_supplier',
  )
  expect(await reasonOf(purchase('99999999:USD', 10n * unit))).toBe('product_unavailable')
  expect(await reasonOf(gift({ faceValue: 11n * unit }))).toBe('limit_exceeded')
  expect(await reasonOf(phone('12'))).toBe('invalid_recipient')
  expect(await reasonOf(phone('+254722123456'))).toBe('invalid_recipient')
  // The face value of a source that says another currency than the SKU is never sent.
  expect(await reasonOf(gift({ currency: currency('EUR') }))).toBe('product_unavailable')
  expect(await supplier.balance?.(terms)).toEqual(before)
})

test('a part that is all there was is delivered and paid for as a part', async () => {
  await world.stock('KEY-20', 2)
  const bought = purchase(`${world.id('KEY-20')}:USD`, 20n * unit, { quantity: 3 })
  const rich = open({ walletId: 'USD-1', currency: 'USD' })
  const answer = await rich.buy(bought, terms)
  expect(answer.state === 'delivered' && [answer.goods.length, answer.cost]).toEqual([
    2,
    { amount: 38n * unit, currency: 'USD' },
  ])
})

test('a reference that meant something else is never taken for a refusal', async () => {
  const bought = gift()
  await supplier.buy(bought, terms)
  const other = { ...bought, tries: 2, productCode: `${world.id('KEY-20')}:USD`, faceValue: 20n * unit }
  expect(await supplier.buy(other, terms)).toMatchObject({
    state: 'unknown',
    detail: expect.stringContaining('DUPLICATE_REFERENCE'),
  })
  expect(await supplier.inquire?.(other, terms)).toMatchObject({ state: 'unknown' })
})

test('a wrong key buys nothing, and is for an operator to mend', async () => {
  const bought = gift()
  const { privateKey } = await world.reseller()
  expect(await open({ privateKey }).buy(bought, terms)).toMatchObject({
    state: 'busy',
    detail: expect.stringContaining('An operator must look'),
  })
  expect(await supplier.inquire?.(bought, terms)).toMatchObject({ state: 'not_found' })
})

test('the list has what can be bought and what the wallet pays for it, a category a page', async () => {
  const costs = new Map<string, unknown>()
  let cursor: string | undefined
  do {
    const page = await supplier.listProducts?.(cursor, terms)
    for (const { productCode, cost, costRate } of page?.products ?? [])
      costs.set(productCode, cost ?? costRate)
    cursor = page?.nextCursor
  } while (cursor !== undefined)
  expect(costs.get(`${world.id('AMZ-US-10')}:USD`)).toBe(14_535n * unit)
  expect(costs.get(`${world.id('MTN-ANY')}:NGN`)).toBe('0.95')
  expect(costs.has(`${world.id('PHEDC-PREPAID')}:NGN:PHEDC-PREPAID`)).toBe(true)
  // A subscription's packages are told by a validation only.
  expect([...costs.keys()].filter((code) => code.startsWith(`${world.id('DSTV-YANGA')}:`))).toEqual([])
})

test('the books balance after all of this', async () => {
  await proveBooks(world.app.services.database)
})
