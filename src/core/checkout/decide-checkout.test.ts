import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createCheckoutWorld, onCredit } from '../../../test/checkout-world.ts'
import { proveBooks } from '../../../test/books.ts'
import { unit } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { agreeCheckout } from './agree-checkout.ts'
import { findPayer } from './create-payer.ts'
import { changeSeller } from './create-seller.ts'
import { findSeller } from './find-seller.ts'
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

test('of two agreements of one buyer at once, one knows of the other, whichever was begun first', async () => {
  const seller = await world.seller()
  const agreement = onCredit()
  const [first, second] = [await world.order(seller), await world.order(seller)]
  let later: Promise<unknown> = Promise.resolve()
  await database.inTransaction(async (tx) => {
    await agreeCheckout(tx, world.keyRing, first.id, agreement)
    later = world.agree(second.id, agreement)
    // As long as a row that both of them lock, or a slow machine, may take.
    await sleep(500)
  })
  await later
  const ends = async () => [await status(first.id), await status(second.id)]
  await expect.poll(ends).not.toContain('pending')
  expect(await ends()).toEqual(['successful', 'unsuccessful'])
})

test('what a person restarts goes on where its order is: an ended one’s payer is told, and an approved one is paid', async () => {
  const seller = await world.seller({ lenderId: scripted.id })
  const [ended, approved] = [await world.order(seller), await world.order(seller)]
  const park = async (id: CheckoutId) => {
    const parked = sql`update checkout_decisions set state = 'parked', due_at = null, claimed_until = null, ended_at = null, fence = fence + 1 where checkout_id = ${id}`
    await database.query(parked)
  }
  lender.say({ state: 'pending', detail: 'thinking' }, { state: 'pending', detail: 'thinking' })
  for (const { id } of [ended, approved]) {
    await world.agree(id)
    await expect.poll(() => lender.heard(id)).toContain('apply')
    await park(id)
  }
  await database.query(sql`
    update checkouts set status = 'unsuccessful', end_reason = 'cancelled', ended_at = now() where id = ${ended.id}`)
  await askAgain(ended.id)
  await expect.poll(async () => (await findDecision(database, ended.id))?.state).toBe('withdrawn')
  expect(lender.heard(ended.id)).toContain('withdraw')
  await database.query(sql`update checkouts set status = 'approved' where id = ${approved.id}`)
  await askAgain(approved.id)
  await expect.poll(() => status(approved.id)).toBe('successful')
  await proveBooks(database)
})

test('an order that was approved in time does not end as too old', async () => {
  const order = await world.order(await world.seller())
  await database.query(
    sql`update checkouts set status = 'approved', expires_at = now() - interval '1 hour' where id = ${order.id}`,
  )
  await expireCheckouts(database, world.keyRing)
  expect(await status(order.id)).toBe('approved')
})

test('an order that was taken once is answered for ever, though the shop’s terms would not allow it now', async () => {
  const seller = await world.seller()
  const wish = { idempotencyKey: 'K-1', terms: ['pay_later'] as const, webhookUrl: 'http://127.0.0.1/hook' }
  const first = await world.order(seller, wish)
  await database.inTransaction((tx) =>
    changeSeller(tx, { ...seller, leastAmount: 2_000n * unit, mostAmount: 3_000n * unit, actor: 'test' }),
  )
  const now = { seller: await findSeller(database, seller.partnerId, seller.id) }.seller
  expect((await world.order(now, wish)).id).toBe(first.id)
  await expect(world.order(now, { ...wish, reference: '#2' })).rejects.toMatchObject({
    code: 'external_id_conflict',
  })
  await expect(world.order(now, { ...wish, idempotencyKey: 'K-2' })).rejects.toMatchObject({
    code: 'validation_failed',
  })
})

test('what cannot be agreed to or sold is refused, and not a fault', async () => {
  const seller = await world.seller({ feePercent: 60_000_000n })
  await expect(world.order(seller, { amount: 10_000n, terms: ['pay_now'] })).rejects.toMatchObject({
    code: 'validation_failed',
  })
  const order = await world.order(await world.seller())
  const agreement = onCredit()
  for (const wrong of [{ months: 7 }, { day: '2026-01-01' }])
    await expect(world.agree(order.id, { ...agreement, ...wrong })).rejects.toMatchObject({
      code: 'validation_failed',
    })
})

test('two who change different terms of a shop at once both do', async () => {
  const seller = await world.seller()
  const { partnerId, id } = seller
  const change = (changes: object) =>
    database.inTransaction((tx) => changeSeller(tx, { partnerId, id, ...changes, actor: 'test' }))
  for (let round = 1n; round <= 20n; round += 1n) {
    await Promise.all([change({ leastAmount: round * unit }), change({ feePercent: round * 1_000_000n })])
    expect(await findSeller(database, partnerId, id)).toMatchObject({
      leastAmount: round * unit,
      feePercent: round * 1_000_000n,
    })
  }
})
