import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createCheckoutWorld, onCredit, payerOpener } from '../../../test/checkout-world.ts'
import { proveBooks } from '../../../test/books.ts'
import { unit } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import { openLog } from '../../platform/log.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { rollUpAccounts } from '../ledger/roll-up-accounts.ts'
import { trialBalance } from '../ledger/trial-balance.ts'
import { checkCheckouts } from './check-checkouts.ts'
import type { Agreement } from './agree-checkout.ts'
import { collectDue, collectInstalment } from './collect-instalment.ts'
import { listInstalments } from './find-checkout.ts'
import { proposeRefund } from './propose-refund.ts'
import { remindBuyers } from './remind-buyers.ts'
import { sayAtBank } from './say-at-bank.ts'
import { settleRefund } from './settle-refund.ts'

const { database, url } = await createTestDatabase()
const world = await createCheckoutWorld(database)
const open = payerOpener()
world.start()

async function paidOrder(agreement: Agreement = onCredit(), changes: { rate?: bigint } = {}) {
  const seller = await world.seller(changes)
  const order = await world.order(seller)
  await world.agree(order.id, agreement)
  await expect.poll(async () => (await world.find(order.id)).status).toBe('successful')
  return { seller, id: order.id }
}

const collect = (checkoutId: CheckoutId, number: number) =>
  database.inTransaction((tx) =>
    collectInstalment(tx, { checkoutId, number, note: 'statement, line 1', actor: 'ada' }),
  )
const propose = (checkoutId: CheckoutId, amount?: bigint, actor = 'ada') =>
  database.inTransaction((tx) => proposeRefund(tx, { checkoutId, amount, note: 'returned', actor }))
const settle = (refundId: Awaited<ReturnType<typeof propose>>['refundId'], actor = 'ben') =>
  database.inTransaction((tx) => settleRefund(tx, { refundId, actor }))
const states = async (id: CheckoutId) => (await listInstalments(database, id)).map(({ state }) => state)
const owed = async (id: CheckoutId) =>
  (await listInstalments(database, id))
    .filter(({ state }) => state === 'due' || state === 'late')
    .reduce((sum, { principal }) => sum + principal, 0n)
/** Moves the days of an order's instalments. */
const shift = (id: CheckoutId, days: number) =>
  database.query(
    sql`update checkout_instalments set due_on = due_on + ${days}::integer where checkout_id = ${id}`,
  )

test('an instalment is booked once: what was owed is cash, with its interest', async () => {
  const { id } = await paidOrder()
  const [first] = await listInstalments(database, id)
  const answers = await Promise.all([collect(id, 1), collect(id, 1), collect(id, 1)])
  expect(answers.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1)
  expect(await states(id)).toEqual(['paid', 'due', 'due'])
  expect(await owed(id)).toBe(1_000n * unit - (first?.principal ?? 0n))
  await expect(collect(id, 7)).rejects.toMatchObject({ code: 'validation_failed' })
  await proveBooks(database)
})

test('a refund takes two persons, and what is left is spread over what is left', async () => {
  const { seller, id } = await paidOrder()
  await collect(id, 1)
  const left = await owed(id)
  const { refundId } = await propose(id, 100n * unit)
  await expect(settle(refundId, 'ada')).rejects.toMatchObject({ code: 'second_person_required' })
  expect(await world.balance(seller)).toBe(970n * unit)
  const settled = await Promise.all([settle(refundId), settle(refundId, 'cleo')])
  expect(settled.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1)
  expect(await world.balance(seller)).toBe(870n * unit)
  expect(await owed(id)).toBe(left - 100n * unit)
  expect(await states(id)).toEqual(['paid', 'due', 'due'])
  await proveBooks(database)
})

test('a whole refund leaves nothing to be owed; what was paid already goes back to the buyer', async () => {
  const { seller, id } = await paidOrder()
  await collect(id, 1)
  const left = await owed(id)
  await database.query(
    sql`update wallets set allow_overdraft = true, overdraft_limit = ${100n * unit} where id = ${seller.walletId}`,
  )
  const { refundId, amount } = await propose(id)
  expect(amount).toBe(1_000n * unit)
  expect(await settle(refundId)).toMatchObject({ forgiven: left })
  expect(await states(id)).toEqual(['paid', 'void', 'void'])
  await expect(propose(id)).rejects.toMatchObject({ code: 'validation_failed' })
  await proveBooks(database)
})

test('a refund that the wallet cannot pay moves nothing', async () => {
  const { seller, id } = await paidOrder()
  const { refundId } = await propose(id)
  await expect(settle(refundId)).rejects.toMatchObject({ code: 'insufficient_funds' })
  expect(await world.balance(seller)).toBe(970n * unit)
  expect(await world.find(id)).toMatchObject({ refunded: 0n })
  await proveBooks(database)
})

test('another proposal takes the place of the first, and no two together give back more than was paid', async () => {
  const { id } = await paidOrder()
  const first = await propose(id, 900n * unit)
  const second = await propose(id, 600n * unit)
  await expect(settle(first.refundId)).rejects.toMatchObject({ code: 'proposal_not_found' })
  await settle(second.refundId)
  await expect(propose(id, 500n * unit)).rejects.toMatchObject({ code: 'validation_failed' })
  await proveBooks(database)
})

test('what is due is collected from the payer; a buyer is reminded once before, and once when it is late', async () => {
  const [{ id }, { id: lateId }] = [
    await paidOrder(),
    await paidOrder(onCredit({ email: 'late-payer@example.com' })),
  ]
  const [first] = await listInstalments(database, id)
  const toDue = Math.round((Date.now() - Date.parse(first?.dueOn ?? '')) / 86_400_000)
  const parts = { keyRing: world.keyRing, renderer: openRenderer() }
  const collectAll = () => collectDue({ database, keyRing: world.keyRing, open, log: openLog('silent') })
  for (const order of [id, lateId]) await shift(order, toDue + 2)
  expect(await collectAll()).toBe(0)
  expect(await remindBuyers(database, parts)).toEqual({ reminded: 2, late: 0 })
  expect(await remindBuyers(database, parts)).toEqual({ reminded: 0, late: 0 })
  for (const order of [id, lateId]) await shift(order, -4)
  expect(await collectAll()).toBe(1)
  expect(await remindBuyers(database, parts)).toEqual({ reminded: 0, late: 1 })
  expect([await states(id), await states(lateId)]).toEqual([
    ['paid', 'due', 'due'],
    ['late', 'due', 'due'],
  ])
  const mails = await database.query(
    sql`select template from messages where recipient = 'late-payer@example.com' order by created_at, template`,
  )
  expect(mails.map((row) => row['template'])).toEqual(['instalment_due', 'instalment_late'])
  await proveBooks(database)
})

test('what was paid at once is owed by the bank until it comes in', async () => {
  const seller = await world.seller()
  const order = await world.order(seller)
  await world.agree(order.id, { chosen: 'pay_now' })
  await expect.poll(() => database.inTransaction((tx) => sayAtBank(tx, order.id, 'approve'))).toBe(true)
  await expect.poll(async () => (await world.find(order.id)).status).toBe('successful')
  expect(await owed(order.id)).toBe(1_000n * unit)
  await collectDue({ database, keyRing: world.keyRing, open, log: openLog('silent') })
  expect(await states(order.id)).toEqual(['paid'])
  await proveBooks(database)
})

test('totals of all accounts count what touches no wallet', async () => {
  const before = await trialBalance(database)
  await rollUpAccounts(database)
  expect(await trialBalance(database)).toEqual(before)
  expect(before.balanced).toBe(true)
  await proveBooks(database)
})

test('the check sees an instalment that is missing from what is owed', async () => {
  const { openDatabase } = await import('../../platform/database.ts')
  const owner = openDatabase({ url, poolSize: 1 })
  const { id } = await paidOrder()
  await owner.query(
    sql`update checkout_instalments set principal = principal + 1 where checkout_id = ${id} and number = 1`,
  )
  const broken = (await checkCheckouts(database)).checks.filter(({ ok }) => !ok).map(({ name }) => name)
  expect(broken).toEqual(['receivables_are_instalments', 'principals_are_what_was_financed'])
  await owner.close()
})
