import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createCheckoutWorld, onCredit } from '../../../test/checkout-world.ts'
import { proveBooks } from '../../../test/books.ts'
import { unit } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { findPayer } from './create-payer.ts'
import { beginCheckout } from './begin-checkout.ts'
import { cancelCheckout } from './cancel-checkout.ts'
import { expireCheckouts } from './expire-checkouts.ts'
import { findDecision, listInstalments } from './find-checkout.ts'
import type { Application, Payer, PayerAnswer } from './payer.ts'
import { retryDecision } from './retry-decision.ts'
import { sayAtBank } from './say-at-bank.ts'

/** A lender that answers what the test wants, and remembers what it was told. */
function scriptedLender() {
  const heard: { readonly call: string; readonly application: Application }[] = []
  let answers: PayerAnswer[] = []
  let hold: Promise<void> | undefined
  const next = async (call: string, application: Application): Promise<PayerAnswer> => {
    heard.push({ call, application })
    await hold
    return answers.shift() ?? { state: 'unknown', detail: 'It said nothing.' }
  }
  const payer: Payer = {
    timeoutMs: 5_000,
    apply: (application) => next('apply', application),
    inquire: (application) => next('inquire', application),
    withdraw: async (application) => {
      heard.push({ call: 'withdraw', application })
      return { state: 'withdrawn' }
    },
  }
  return {
    payer,
    heard: (id: CheckoutId) =>
      heard.filter(({ application }) => application.reference === id).map(({ call }) => call),
    applications: heard,
    say: (...next: PayerAnswer[]) => void (answers = next),
    holdBack(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      hold = promise
      return () => {
        hold = undefined
        resolve()
      }
    },
  }
}

const lender = scriptedLender()
const { database } = await createTestDatabase()
const world = await createCheckoutWorld(database, new Map([['scripted', lender.payer]]))
world.start()
const scripted = await findPayer(database, 'scripted')

const status = async (id: CheckoutId) => (await world.find(id)).status
const askAgain = (id: CheckoutId) => database.inTransaction((tx) => retryDecision(tx, id, 'test'))

test('an approved order is paid out once, less the fee, and its instalments are owed', async () => {
  const seller = await world.seller()
  const order = await world.order(seller)
  await world.agree(order.id)
  await expect.poll(() => status(order.id)).toBe('successful')
  expect(await world.balance(seller)).toBe(970n * unit)
  const instalments = await listInstalments(database, order.id)
  expect(instalments.map(({ state }) => state)).toEqual(['due', 'due', 'due'])
  expect(instalments.reduce((sum, { principal }) => sum + principal, 0n)).toBe(1_000n * unit)
  await proveBooks(database)
})

test('where the buyer pays the fee, the seller gets all of the amount, and the buyer owes both', async () => {
  const seller = await world.seller({ feePayer: 'buyer' })
  const order = await world.order(seller)
  await world.agree(order.id)
  await expect.poll(() => status(order.id)).toBe('successful')
  expect(await world.balance(seller)).toBe(1_000n * unit)
  const owed = (await listInstalments(database, order.id)).reduce((sum, { principal }) => sum + principal, 0n)
  expect(owed).toBe(1_030n * unit)
  await proveBooks(database)
})

test('a turnover of 0.00 is declined, and nothing moves', async () => {
  const seller = await world.seller()
  const order = await world.order(seller)
  await world.agree(order.id, onCredit({ turnover: 0n }))
  await expect
    .poll(() => world.find(order.id))
    .toMatchObject({ status: 'unsuccessful', endReason: 'declined' })
  expect(await world.balance(seller)).toBe(0n)
  await proveBooks(database)
})

test('a buyer with another order on credit open is declined, however the address is spelled', async () => {
  const seller = await world.seller()
  const [first, second] = [await world.order(seller), await world.order(seller)]
  await world.agree(first.id, onCredit({ email: 'twice@example.com' }))
  await expect.poll(() => status(first.id)).toBe('successful')
  await world.agree(second.id, onCredit({ email: ' Twice@Example.com ' }))
  await expect.poll(() => world.find(second.id)).toMatchObject({ endReason: 'declined' })
})

test('what is paid at once waits for the word of the buyer at the bank, the first of which stands', async () => {
  const seller = await world.seller()
  const order = await world.order(seller, { amount: 20n * unit })
  await world.agree(order.id, { chosen: 'pay_now' })
  await expect.poll(async () => (await findDecision(database, order.id))?.continueUrl).toMatch(/step=bank/)
  expect(await status(order.id)).toBe('pending')
  const say = (word: 'approve' | 'decline') => database.inTransaction((tx) => sayAtBank(tx, order.id, word))
  const said = await Promise.all([say('approve'), say('decline'), say('approve')])
  expect(said.filter(Boolean)).toHaveLength(1)
  await expect.poll(async () => (await world.find(order.id)).endedAt).toBeDefined()
  await proveBooks(database)
})

test('of 50 agreements at once one is taken, and of 50 processes one pays out', async () => {
  const seller = await world.seller()
  const order = await world.order(seller)
  for (let count = 0; count < 4; count += 1) world.start({ pollMs: 5 })
  const taken = await Promise.all(Array.from({ length: 50 }, () => world.agree(order.id)))
  expect(taken.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1)
  await Promise.all(Array.from({ length: 50 }, () => askAgain(order.id).catch(() => undefined)))
  await expect.poll(() => status(order.id)).toBe('successful')
  expect(await world.balance(seller)).toBe(970n * unit)
  const [row] = await database.query<{ count: number }>(
    sql`select count(*)::integer as count from transfers where partner_id = ${seller.partnerId} and kind = 'payout'`,
  )
  expect(row?.count).toBe(1)
  await proveBooks(database)
})

test('silence decides nothing: the payer is asked until it says a word, under one reference', async () => {
  const seller = await world.seller({ lenderId: scripted.id })
  const order = await world.order(seller)
  lender.say({ state: 'unknown', detail: 'no answer' }, { state: 'pending', detail: 'a person looks at it' })
  await world.agree(order.id)
  await expect.poll(() => lender.heard(order.id)).toEqual(['apply'])
  expect(await status(order.id)).toBe('pending')
  await askAgain(order.id)
  await expect.poll(() => lender.heard(order.id)).toEqual(['apply', 'inquire'])
  expect(await status(order.id)).toBe('pending')
  lender.say({ state: 'approved' })
  await askAgain(order.id)
  await expect.poll(() => status(order.id)).toBe('successful')
  expect(await world.balance(seller)).toBe(970n * unit)
})

test('an application that never arrived is put again under the same reference', async () => {
  const seller = await world.seller({ lenderId: scripted.id })
  const order = await world.order(seller)
  lender.say(
    { state: 'unknown', detail: 'reset' },
    { state: 'not_found', detail: 'never heard of it' },
    { state: 'declined', detail: 'no' },
  )
  await world.agree(order.id)
  await expect.poll(() => lender.heard(order.id)).toEqual(['apply'])
  await askAgain(order.id)
  await expect.poll(() => lender.heard(order.id)).toEqual(['apply', 'inquire', 'apply'])
  await expect.poll(() => status(order.id)).toBe('unsuccessful')
})

test('an order that is cancelled while its payer thinks is not paid out, and the payer is told', async () => {
  const seller = await world.seller({ lenderId: scripted.id })
  const order = await world.order(seller)
  const goOn = lender.holdBack()
  lender.say({ state: 'approved' })
  await world.agree(order.id)
  await expect.poll(() => lender.heard(order.id)).toEqual(['apply'])
  await database.inTransaction((tx) => cancelCheckout(tx, world.keyRing, order.id, 'test'))
  goOn()
  await expect.poll(() => lender.heard(order.id)).toEqual(['apply', 'withdraw'])
  await expect.poll(async () => (await findDecision(database, order.id))?.state).toBe('withdrawn')
  expect(await world.find(order.id)).toMatchObject({ status: 'unsuccessful', endReason: 'cancelled' })
  expect(await world.balance(seller)).toBe(0n)
  await proveBooks(database)
})

test('an order whose time is over ends by itself, and cannot be agreed to even before that was noted', async () => {
  const seller = await world.seller()
  const [begun, fresh, other] = [
    await world.order(seller),
    await world.order(seller),
    await world.order(seller),
  ]
  await database.query(sql`update checkouts set expires_at = now() where id in (${begun.id}, ${fresh.id})`)
  const begin = () => database.inTransaction((tx) => beginCheckout(tx, world.keyRing, begun.id))
  expect(await begin()).toBe(false)
  expect(await status(begun.id)).toBe('created')
  await expect(world.agree(begun.id)).rejects.toMatchObject({ code: 'order_ended' })
  expect(await expireCheckouts(database, world.keyRing)).toBe(2)
  for (const { id } of [begun, fresh])
    expect(await world.find(id)).toMatchObject({ status: 'unsuccessful', endReason: 'expired' })
  expect(await status(other.id)).toBe('created')
})

test('an order that has ended cannot be cancelled', async () => {
  const order = await world.order(await world.seller())
  const cancel = () => database.inTransaction((tx) => cancelCheckout(tx, world.keyRing, order.id, 'test'))
  await cancel()
  await expect(cancel()).rejects.toMatchObject({ code: 'order_ended' })
})

test('of a cancellation and an approval at once, either wins whole', async () => {
  const seller = await world.seller()
  let paid = 0n
  for (let turn = 0; turn < 20; turn += 1) {
    const order = await world.order(seller)
    await world.agree(order.id)
    await database
      .inTransaction((tx) => cancelCheckout(tx, world.keyRing, order.id, 'test'))
      .catch(() => undefined)
    await expect.poll(async () => (await world.find(order.id)).endedAt).toBeDefined()
    if ((await status(order.id)) === 'successful') paid += 970n * unit
  }
  expect(await world.balance(seller)).toBe(paid)
  await proveBooks(database)
})
