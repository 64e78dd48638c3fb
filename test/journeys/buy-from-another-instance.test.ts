import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Purchase, Supplier } from '../../src/core/fulfilment/supplier.ts'
import { findWallet } from '../../src/core/ledger/find-wallet.ts'
import { openHttpClient } from '../../src/platform/http.ts'
import { scrip } from '../../src/suppliers/scrip/supplier.ts'
import { createGiftapiWorld } from '../giftapi-world.ts'
import type { GiftapiClient, GiftapiWorld } from '../giftapi-world.ts'
import { currency } from '../world.ts'

/** The connector and the dialect it speaks, face to face: what one writes, the other reads. */

const http = openHttpClient({ allowLoopback: true })
const terms = { timeoutMs: 10_000, mayStillSend: () => true }
let world: GiftapiWorld
let partner: GiftapiClient
let supplier: Supplier

beforeAll(async () => {
  world = await createGiftapiWorld()
  partner = await world.partner({ funds: 20_000_000n })
  supplier = open(partner.secret)
})
afterAll(() => http.close())

function open(partnerSecret: string): Supplier {
  const baseUrl = `${world.app.baseUrl}/giftapi/v1/partner`
  const settings = { baseUrl, token: partner.token, partnerSecret, currency: 'USD' }
  return scrip.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 })
}

function purchase(skuCode: string, quantity: number): Purchase {
  return {
    reference: crypto.randomUUID(),
    productCode: world.sku(skuCode),
    quantity,
    faceValue: 2_000_000n,
    currency: currency('USD'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: Date.now(),
    askedAtMs: Date.now(),
    tries: 1,
  }
}

test('sixteen tries at once buy once, and a question finds the same codes', async () => {
  await world.stock('APPLE-2', 40)
  const bought = purchase('APPLE-2', 2)
  const answers = await Promise.all(Array.from({ length: 16 }, () => supplier.buy(bought, terms)))
  const delivered = answers.filter(({ state }) => state === 'delivered')
  expect(delivered.length).toBeGreaterThan(0)
  // Whoever comes while the first is being worked on may be told so; nobody is told anything else.
  expect(new Set(answers.map(({ state }) => state)).difference(new Set(['delivered', 'unknown'])).size).toBe(
    0,
  )
  expect(new Set(delivered.map((answer) => JSON.stringify(answer, digits))).size).toBe(1)
  expect(await supplier.inquire?.(bought, terms)).toEqual(delivered[0])
  expect(await supplier.balance?.(terms)).toEqual({ amount: 15_600_000n, currency: 'USD' })
})

test('an order is refused for want of stock, of funds, of the product, and nothing is taken', async () => {
  const before = await supplier.balance?.(terms)
  const reasonOf = async (bought: Purchase) => {
    const answer = await supplier.buy(bought, terms)
    expect(await supplier.inquire?.(bought, terms)).toMatchObject({ state: 'not_found' })
    return answer.state === 'refused' ? answer.reason : answer.state
  }
  await world.stock('GAME-10', 5)
  expect(await reasonOf(purchase('APPLE-3', 1))).toBe('out_of_stock')
  expect(await reasonOf(purchase('APPLE-2', 10))).toBe('insufficient_funds_at_supplier')
  expect(await reasonOf({ ...purchase('APPLE-2', 1), productCode: crypto.randomUUID() })).toBe(
    'product_unavailable',
  )
  expect(await reasonOf(purchase('GAME-10', 2))).toBe('limit_exceeded')
  expect(await reasonOf({ ...purchase('TOPUP-5', 1), recipient: { phone: '12' } })).toBe('invalid_recipient')
  expect(await supplier.balance?.(terms)).toEqual(before)
})

test('a reference that meant something else is never taken for a refusal', async () => {
  const bought = purchase('APPLE-2', 1)
  await supplier.buy(bought, terms)
  expect(await supplier.buy({ ...bought, quantity: 2 }, terms)).toMatchObject({
    state: 'unknown',
    detail: expect.stringContaining('external_id_conflict'),
  })
  expect(await supplier.inquire?.({ ...bought, quantity: 2 }, terms)).toMatchObject({ state: 'unknown' })
})

test('a wrong secret buys nothing, and is for an operator to mend', async () => {
  const bought = purchase('APPLE-2', 1)
  expect(await open('another').buy(bought, terms)).toMatchObject({
    state: 'busy',
    detail: expect.stringContaining('An operator must look'),
  })
  expect(await supplier.inquire?.(bought, terms)).toMatchObject({ state: 'not_found' })
})

test('a part that is all there was is delivered and paid for as a part', async () => {
  await world.stock('TENTH', 2)
  const bought = purchase('TENTH', 3)
  const answer = await supplier.buy(bought, terms)
  expect(answer.state === 'delivered' && [answer.goods.length, answer.cost?.amount]).toEqual([2, 600_000n])
  expect(await supplier.inquire?.(bought, terms)).toEqual(answer)
})

test('the list has what can be bought, and what the wallet pays for it', async () => {
  const list = await supplier.listProducts?.(undefined, terms)
  const costs = new Map(
    list?.products.map(({ productCode, cost, costRate }) => [productCode, cost ?? costRate]),
  )
  expect(costs.get(world.sku('APPLE-2'))).toBe(2_200_000n)
  expect(costs.get(world.sku('OPEN-AED'))).toBe('0.26656')
  const wallet = await findWallet(world.app.services.database, partner.partnerId, partner.walletId)
  expect(await supplier.balance?.(terms)).toEqual({ amount: wallet.balance, currency: wallet.currency })
})

/** bigints for JSON.stringify. */
function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
