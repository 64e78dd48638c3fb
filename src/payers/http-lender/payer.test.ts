import { expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createCheckoutWorld, onCredit } from '../../../test/checkout-world.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { startReferenceLender } from '../../../test/reference-lender.ts'
import type { LenderTrouble } from '../../../test/reference-lender.ts'
import { unit } from '../../../test/world.ts'
import { cancelCheckout } from '../../core/checkout/cancel-checkout.ts'
import { createPayer } from '../../core/checkout/create-payer.ts'
import { findDecision } from '../../core/checkout/find-checkout.ts'
import { retryDecision } from '../../core/checkout/retry-decision.ts'
import { openHttpClient } from '../../platform/http.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { httpLender } from './payer.ts'
import { isAuthentic, signatureOf } from './signature.ts'

const { database } = await createTestDatabase()
const world = await createCheckoutWorld(database)
const lender = await startReferenceLender()
const lenderId = await database.inTransaction((tx) =>
  createPayer(tx, world.keyRing, {
    code: 'lender',
    name: 'A lender',
    kind: 'lender',
    connector: 'http-lender',
    settings: lender.settings,
    actor: 'test',
  }),
)
world.start()

const status = async (id: CheckoutId) => (await world.find(id)).status
const askAgain = (id: CheckoutId) => database.inTransaction((tx) => retryDecision(tx, id, 'test'))
const callsAbout = (id: CheckoutId) =>
  lender.asked.filter((one) => one.endsWith(id)).map((one) => one.split(' ')[0])

async function agreed() {
  const seller = await world.seller({ lenderId })
  const order = await world.order(seller)
  await world.agree(order.id, onCredit())
  return { seller, id: order.id }
}

test('an application says all that the lender has to know, signed both ways, to the penny', async () => {
  lender.decide('approved')
  const { seller, id } = await agreed()
  await expect.poll(() => status(id)).toBe('successful')
  expect(await world.balance(seller)).toBe(970n * unit)
  const body = JSON.parse(lender.applications.get(id)?.body ?? '') as { instalments: { principal: number }[] } // As documented.
  expect(body).toMatchObject({
    reference: id,
    amount: 1_000,
    currency: 'GBP',
    seller: 'Bright Tools',
    order: '#1',
    buyer: { company: 'Corner Café Ltd', annual_turnover: 120_000 },
    open_orders: 0,
    return_url: expect.stringContaining(id),
  })
  expect(body.instalments.reduce((sum, { principal }) => sum + Math.round(principal * 100), 0)).toBe(100_000)
  expect(lender.refused()).toBe(0)
  expect((await findDecision(database, id))?.payerReference).toBe(`L-${id.slice(0, 8)}`)
})

test('an explicit no is a no', async () => {
  lender.decide('declined')
  const { id } = await agreed()
  await expect.poll(() => world.find(id)).toMatchObject({ status: 'unsuccessful', endReason: 'declined' })
})

test.each<[LenderTrouble, readonly string[]]>([
  ['takes it and says nothing', ['PUT', 'GET']],
  ['takes nothing and says nothing', ['PUT', 'GET', 'PUT']],
  ['answers 500', ['PUT', 'GET']],
  ['signs with another secret', ['PUT', 'GET']],
  ['signs another answer', ['PUT', 'GET']],
  ['talks about another order', ['PUT', 'GET']],
  ['says no JSON', ['PUT', 'GET']],
])('a lender that %s decides nothing until it is asked, and lends once', async (trouble, calls) => {
  lender.decide('approved')
  lender.trouble(trouble)
  const { seller, id } = await agreed()
  await expect.poll(() => callsAbout(id)).toEqual(['PUT'])
  await expect.poll(async () => (await findDecision(database, id))?.detail).not.toBe('')
  expect(await status(id)).toBe('pending')
  await askAgain(id)
  await expect.poll(() => status(id)).toBe('successful')
  expect(callsAbout(id)).toEqual(calls)
  expect(lender.applications.get(id)?.lent).toBe(1)
  expect(await world.balance(seller)).toBe(970n * unit)
  await proveBooks(database)
})

test('what is pending is asked about until it is decided', async () => {
  lender.decide('pending')
  const { id } = await agreed()
  await expect.poll(() => callsAbout(id)).toEqual(['PUT'])
  await askAgain(id)
  await expect.poll(() => callsAbout(id)).toEqual(['PUT', 'GET'])
  expect(await status(id)).toBe('pending')
  lender.decide('approved', id)
  await askAgain(id)
  await expect.poll(() => status(id)).toBe('successful')
})

test('a cancelled order is withdrawn at the lender, as often as it takes', async () => {
  lender.decide('pending')
  const { id } = await agreed()
  await expect.poll(() => callsAbout(id)).toEqual(['PUT'])
  await expect.poll(async () => (await findDecision(database, id))?.detail).toBe('as decided')
  lender.trouble('takes nothing and says nothing')
  await database.inTransaction((tx) => cancelCheckout(tx, world.keyRing, id, 'test'))
  await expect.poll(() => callsAbout(id)).toEqual(['PUT', 'DELETE'])
  expect((await findDecision(database, id))?.state).toBe('withdrawing')
  await askAgain(id)
  await expect.poll(async () => (await findDecision(database, id))?.state).toBe('withdrawn')
  expect(lender.applications.get(id)?.state).toBe('withdrawn')
})

test('a signature holds for one message, for five minutes, and under one secret', () => {
  const nowMs = 1_800_000_000_000
  const message = {
    secret: 's'.repeat(32),
    timestamp: '1800000000',
    subject: '200 GET /applications/a',
    body: '{}',
  }
  const signature = signatureOf(message)
  expect(isAuthentic(message, signature, nowMs)).toBe(true)
  expect(isAuthentic(message, signature, nowMs + 301_000)).toBe(false)
  expect(isAuthentic(message, undefined, nowMs)).toBe(false)
  for (const change of [
    { body: '{} ' },
    { subject: '200 GET /applications/b' },
    { secret: 't'.repeat(32) },
    { timestamp: 'now' },
  ])
    expect(isAuthentic({ ...message, ...change }, signature, nowMs)).toBe(false)
})

test('settings are refused by name, and nothing is sent in the clear in live', () => {
  expect(() => httpLender.readSettings({ baseUrl: 'ftp://x', keyId: '', secret: 'short' })).toThrow(
    expect.objectContaining({
      fields: expect.arrayContaining([expect.objectContaining({ field: 'secret' })]),
    }),
  )
  const http = openHttpClient({ allowLoopback: true })
  const open = (baseUrl: string, environment: 'sandbox' | 'live') =>
    httpLender.open({ ...lender.settings, baseUrl }, { http, environment })
  expect(() => open('http://lender.example', 'live')).toThrow('invalid')
  expect(() => open('https://127.0.0.1/x', 'live')).toThrow('invalid')
  expect(open('https://lender.example/x', 'live')).toHaveProperty('withdraw')
  return http.close()
})
