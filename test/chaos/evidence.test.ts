import { expect, test } from 'vitest'
import { openOrderDesk } from '../../src/core/orders/open-order-desk.ts'
import { placeOrder } from '../../src/core/orders/place-order.ts'
import { redeemAtTill } from '../../src/core/redemptions/redeem-at-till.ts'
import { openDatabase, rawStatement, sql } from '../../src/platform/database.ts'
import type { Statement, Tx } from '../../src/platform/database.ts'
import { openRenderer } from '../../src/platform/templates.ts'
import { createTestDatabase } from '../database.ts'
import { createVoucherWorld, kes, shilling } from '../voucher-world.ts'
import { createWorld, unit } from '../world.ts'
import { bookRules, limitRules, readBooks } from './evidence.ts'

const { database, url } = await createTestDatabase()
/** The database's owner, whom no privilege stops. */
const owner = openDatabase({ url, poolSize: 4 })
const world = await createWorld(database)
const desk = openOrderDesk(world)
const partner = await world.partner(1_000n * unit, 50n * unit)
const skuId = await world.sku()
await world.stock(skuId, 10)
const { order } = await placeOrder(desk, world.order(partner, skuId))
await placeOrder(desk, world.order(partner, skuId))
await desk.drain()
const vouchers = await createVoucherWorld(database, world.keyRing)
const issuer = await vouchers.company(1_000n)
const { tills } = await vouchers.merchant()
const voucher = await vouchers.voucher(issuer, 100n)
await redeemAtTill(
  { database, keyRing: world.keyRing, renderer: openRenderer() },
  {
    partnerId: issuer.partnerId,
    issuerId: issuer.partnerId,
    mode: 'api',
    transactionId: 'T-1',
    phone: '+254712345678',
    name: 'Ada',
    amount: 30n * shilling,
    currency: kes,
    tillNumber: tills[0] ?? '',
    remarks: '',
    requestKey: '',
    actor: 'test',
  },
)

/** What is read while something is wrong in the tables, which is taken back. */
async function readWith(...defect: readonly Statement[]): Promise<Awaited<ReturnType<typeof readBooks>>> {
  const undo = new Error('undo')
  let books: Awaited<ReturnType<typeof readBooks>> | undefined
  await owner
    .inTransaction(async (tx) => {
      for (const statement of defect) await plant(tx, statement)
      books = await readBooks(tx)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  if (books === undefined) throw new Error('Nothing was read.')
  return books
}

/** A statement that changes nothing is no defect. */
async function plant(tx: Tx, statement: Statement): Promise<void> {
  if (statement.sql.trimStart().startsWith('alter')) await tx.query(statement)
  else
    expect(await tx.query(sql`with defect as (${statement} returning 1) select 1 from defect`)).not.toEqual(
      [],
    )
}

const charge = sql`transfer_id = ${order.id} and number is not null`
const wallet = sql`id = ${partner.walletId}`
const anyId = crypto.randomUUID()

const defects: Readonly<Record<string, readonly Statement[]>> = {
  'a transfer does not sum to zero in each currency': [
    sql`update entries set amount = amount - 1 where ${charge}`,
  ],
  'a transfer has no entries': [
    sql`insert into transfers (partner_id, id, kind) values (${partner.partnerId}, ${anyId}, 'topup')`,
  ],
  'an entry has no transfer': [sql`delete from transfers where id = ${order.id}`],
  'a balance is not the sum of its entries': [sql`update wallets set balance = balance + 1 where ${wallet}`],
  'a balance is not what its last entry says': [
    sql`update entries set balance_after = balance_after + 1 where partner_id = ${partner.partnerId} and number = 3`,
  ],
  'entries are not numbered one after the other': [sql`update entries set number = 100 where ${charge}`],
  'what is reserved is not what open holds say': [sql`update wallets set reserved = 1 where ${wallet}`],
  'an order cost neither its price nor nothing': [
    sql`update orders set status = 'failed' where id = ${order.id}`,
  ],
  'vouchers are not worth what the books owe': [
    sql`update vouchers set balance = balance - 1, redeemed = redeemed + 1 where id = ${voucher.id}`,
  ],
  'a wallet is overdrawn beyond its limit': [
    rawStatement('alter table wallets drop constraint wallets_not_overdrawn'),
    sql`update wallets set balance = -51000000 where ${wallet}`,
  ],
  'a wallet was overdrawn beyond its limit': [
    sql`update entries set balance_after = -51000000 where ${charge}`,
  ],
  'a voucher gave more than it was worth': [
    sql`update redemption_parts set amount = 101000000 where voucher_id = ${voucher.id}`,
  ],
}

test('right books have no faults, and each order stands there with its code', async () => {
  const { bookFaults, limitFaults, codesTwice, orders, effects } = await readBooks(database)
  expect([...bookFaults, ...limitFaults, ...codesTwice]).toEqual([])
  expect(
    orders.filter(({ codes, charges, delivered }) => codes === 1 && charges === 1 && delivered === 1),
  ).toHaveLength(2)
  expect(effects.map(({ kind, moved, due }) => [kind, moved === due])).toEqual([
    ['giftpesa disbursement', true],
    ['giftpesa redemption', true],
  ])
})

test('each rule has a defect planted for it', () => {
  expect(Object.keys(defects)).toEqual([...Object.keys(bookRules), ...Object.keys(limitRules)])
})

test.each(Object.entries(defects))('sees that %s', async (rule, defect) => {
  const { bookFaults, limitFaults } = await readWith(...defect)
  expect([...bookFaults, ...limitFaults].map((fault) => fault.rule)).toContain(rule)
})

test('sees a code in two orders, and an order without its code', async () => {
  const twice = await readWith(
    sql`update order_codes set code_id = (select code_id from order_codes where order_id = ${order.id})`,
  )
  expect(twice.codesTwice).toHaveLength(1)
  const lost = await readWith(sql`delete from order_codes where order_id = ${order.id}`)
  expect(lost.orders.find(({ id }) => id === order.id)).toMatchObject({ delivered: 1, codes: 0 })
})

test('sees an order that has ended without an event, and one whose event no address was told', async () => {
  const endpoint = sql`
    insert into webhook_endpoints (partner_id, id, dialect, url, secret, data_key_id, created_at)
    select ${partner.partnerId}, ${anyId}, 'test', 'http://127.0.0.1:1/hook', '', id, '2000-01-01' from data_keys limit 1`
  const told = await readWith(endpoint)
  expect(told.finals.map(({ eventId, path, delivery }) => [eventId !== null, path, delivery])).toEqual([
    [true, '/hook', null],
    [true, '/hook', null],
  ])
  const untold = await readWith(endpoint, sql`delete from events where order_id = ${order.id}`)
  expect(untold.finals.filter(({ eventId }) => eventId === null).map(({ about }) => about)).toEqual([
    `order ${order.id}`,
  ])
  await owner.close()
})
