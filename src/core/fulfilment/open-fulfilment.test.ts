import { beforeAll, describe, expect, it } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import {
  codesFor,
  delivered,
  notFound,
  refused,
  supplierOf,
  unknown,
} from '../../../test/scripted-supplier.ts'
import { createWorld, currency, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { OrderId } from '../../values/ids.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import type { OrderDesk } from '../orders/desk.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import type { PlaceOrder } from '../orders/order.ts'
import { placeOrder } from '../orders/place-order.ts'
import type { Goods, Supplier } from './supplier.ts'

let world: World
let desk: OrderDesk
let partner: TestPartner
let far: FulfilmentWorld

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  desk = openOrderDesk(world)
  partner = await world.partner(100_000n * unit)
  far = await createFulfilmentWorld(world)
  far.start()
  return () => far.close()
})

/** Orders a SKU that only suppliers have. */
async function order(
  suppliers: readonly { readonly supplier: Supplier; readonly priority?: number; readonly cost?: bigint }[],
  changes: Partial<PlaceOrder> = {},
): Promise<OrderId> {
  const skuId = await world.sku()
  for (const { supplier, ...options } of suppliers) await far.supplier(skuId, supplier, options)
  const placed = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true, ...changes }))
  expect(placed.order.status).toBe('processing')
  return placed.order.id
}

async function balance(): Promise<{ balance: bigint; reserved: bigint }> {
  const wallet = await findWallet(world.database, partner.partnerId, partner.walletId)
  return { balance: wallet.balance, reserved: wallet.reserved }
}

async function breaksOf(orderId: OrderId) {
  return world.database.query<{ kind: string; state: string }>(
    sql`select kind, state from breaks where order_id = ${orderId}`,
  )
}

describe('an order that a supplier fills', () => {
  it('holds the money, sells what was delivered, charges for it and books its cost, once', async () => {
    const before = await balance()
    const supplier = supplierOf({
      buy: (purchase) => delivered(purchase, { cost: { amount: 15n * unit, currency: currency('USD') } }),
    })
    const id = await order([{ supplier }], { quantity: 2 })
    expect(await far.until(id, 'completed')).toMatchObject({
      status: 'completed',
      delivered: 2,
      codes: 2n,
      held: 'settled',
      events: 1n,
    })
    expect(await balance()).toEqual({ balance: before.balance - 22n * unit, reserved: before.reserved })
    expect(supplier.bought.map(({ reference }) => reference)).toEqual([id])
    const found = await desk.orderOf(partner.partnerId, id)
    expect(found.items[0]?.codes.map(({ code }) => code)).toEqual([`S-${id}-0`, `S-${id}-1`])
    const entries = await world.database.query(
      sql`select account, amount from entries where transfer_id = ${id} order by account`,
    )
    expect(entries).toEqual([
      { account: 'cost_of_goods:USD', amount: -15n * unit },
      { account: 'sales:USD', amount: 22n * unit },
      { account: expect.stringMatching(/^supplier_payable:supplier-\d+:USD$/) as string, amount: 15n * unit },
      { account: 'wallet:USD-1', amount: -22n * unit },
    ])
  })

  it('sells own codes first, and asks a supplier for all of what the stock does not hold', async () => {
    const supplier = supplierOf({ buy: (purchase) => delivered(purchase) })
    const skuId = await world.sku()
    await far.supplier(skuId, supplier)
    await world.stock(skuId, 2)
    const own = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true, quantity: 1 }))
    expect(own.order.status).toBe('completed')
    const more = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true, quantity: 2 }))
    expect(more.order).toMatchObject({ status: 'processing', totalAmount: 22n * unit })
    await far.until(more.order.id, 'completed')
    const [left] = await world.database.query<{ count: bigint }>(
      sql`select count(*) from stock_codes where sku_id = ${skuId}`,
    )
    expect(left?.count).toBe(1n)
  })

  it('is charged for what came when the rest will never come', async () => {
    const before = await balance()
    const supplier = supplierOf({
      buy: (purchase) => ({ state: 'delivered', goods: codesFor({ ...purchase, quantity: 2 }) }),
    })
    const id = await order([{ supplier }], { quantity: 3 })
    expect(await far.until(id, 'completed')).toMatchObject({
      status: 'partially_completed',
      delivered: 2,
      codes: 2n,
    })
    expect(await balance()).toEqual({ balance: before.balance - 22n * unit, reserved: before.reserved })
  })

  it('has its money back, and an event, when the last in the chain refuses', async () => {
    const before = await balance()
    const id = await order([{ supplier: supplierOf({ buy: () => refused }) }])
    expect(await far.until(id, 'failed')).toMatchObject({
      status: 'failed',
      held: 'released',
      error: 'out_of_stock',
      events: 1n,
    })
    expect(await balance()).toEqual(before)
  })

  it('goes to the next in the chain on a refusal, the first by priority, then the cheapest', async () => {
    const first = supplierOf({ buy: () => refused })
    const cheap = supplierOf({ buy: () => refused })
    const dear = supplierOf({ buy: (purchase) => delivered(purchase) })
    const id = await order([
      { supplier: dear, cost: 9n * unit },
      { supplier: cheap, cost: 7n * unit },
      { supplier: first, cost: 10n * unit, priority: 1 },
    ])
    await far.until(id, 'completed')
    expect([first.bought.length, cheap.bought.length, dear.bought.length]).toEqual([1, 1, 1])
  })

  it('never buys at a loss', async () => {
    const supplier = supplierOf({ buy: (purchase) => delivered(purchase) })
    const id = await order([{ supplier, cost: 12n * unit }])
    expect(await far.until(id, 'failed')).toMatchObject({ error: 'price_changed' })
    expect(supplier.bought).toEqual([])
  })
})

describe('an answer that never came', () => {
  it('is asked for where the supplier knows our references, and never refunded on a guess', async () => {
    let asked = 0
    const supplier = supplierOf({
      buy: () => unknown,
      inquire: (purchase) => ((asked += 1) < 3 ? unknown : delivered(purchase)),
    })
    const id = await order([{ supplier }])
    expect(await far.until(id, 'completed')).toMatchObject({ sends: 1, codes: 1n })
  })

  it('is sent again, under the same reference, where "not found" is safe', async () => {
    let sent = 0
    const supplier = supplierOf({
      buy: (purchase) => ((sent += 1) === 1 ? unknown : delivered(purchase)),
      inquire: () => notFound,
    })
    const id = await order([{ supplier }])
    expect(await far.until(id, 'completed')).toMatchObject({ sends: 2 })
    expect(new Set(supplier.bought.map(({ reference }) => reference))).toEqual(new Set([id]))
  })

  it('is sent again where the supplier only recognises repeats', async () => {
    let sent = 0
    const supplier = supplierOf(
      { buy: (purchase) => ((sent += 1) < 3 ? unknown : delivered(purchase)) },
      { statusByReference: false },
    )
    const id = await order([{ supplier }])
    expect(await far.until(id, 'completed')).toMatchObject({ sends: 3 })
  })

  it('is never sent again where repeats are not recognised: "not found" waits through the settle window, then for a person', async () => {
    const supplier = supplierOf({ buy: () => unknown, inquire: () => notFound }, { dedupsByReference: false })
    const id = await order([{ supplier }])
    expect(await far.until(id, 'parked')).toMatchObject({ sends: 1, status: 'processing', held: 'open' })
    expect(supplier.asked.length).toBeGreaterThan(1)
  })

  it('waits for a person at once where nothing can be asked', async () => {
    const supplier = supplierOf(
      { buy: () => unknown },
      { dedupsByReference: false, statusByReference: false },
    )
    const id = await order([{ supplier }])
    expect(await far.until(id, 'parked')).toMatchObject({ sends: 1, status: 'processing', held: 'open' })
  })

  it('is no different when the connector itself throws', async () => {
    const supplier = supplierOf({
      buy: () => {
        throw new Error('a defect')
      },
      inquire: (purchase) => delivered(purchase),
    })
    await far.until(await order([{ supplier }]), 'completed')
  })

  it('of a busy supplier is tried again, and in the end refused', async () => {
    const supplier = supplierOf({ buy: () => ({ state: 'busy', detail: '429' }) })
    const id = await order([{ supplier }])
    expect(await far.until(id, 'failed')).toMatchObject({ error: 'operator_unavailable', held: 'released' })
    expect(supplier.bought.length).toBe(5)
  })

  it('of a busy supplier says nothing about an earlier purchase', async () => {
    let sent = 0
    const supplier = supplierOf(
      {
        buy: (purchase) =>
          (sent += 1) === 1 ? unknown : sent < 9 ? { state: 'busy', detail: '429' } : delivered(purchase),
      },
      { statusByReference: false },
    )
    expect(await far.until(await order([{ supplier }]), 'completed', 'failed')).toMatchObject({
      state: 'completed',
      sends: 9,
    })
  })
})

it('a supplier whose words no column can hold is understood all the same', async () => {
  const words = { detail: `in\0hand \ud800${'x'.repeat(10_000)}`, supplierReference: 'R\0\udfff' }
  const supplier = supplierOf({
    buy: () => ({ state: 'pending', ...words }),
    inquire: (purchase) => delivered(purchase, { supplierReference: words.supplierReference }),
  })
  const refusing = supplierOf({ buy: () => ({ state: 'refused', reason: 'rejected', detail: words.detail }) })
  const [filled, failed] = [await order([{ supplier }]), await order([{ supplier: refusing }])]
  expect(await far.until(filled, 'completed')).toMatchObject({ codes: 1n, sends: 1 })
  expect(await far.until(failed, 'failed')).toMatchObject({ held: 'released', sends: 1 })
  expect(
    await world.database.query(sql`
      select supplier_reference as reference from fulfilments where order_id = ${filled}
      union all select detail from fulfilment_attempts where order_id = ${failed}`),
  ).toEqual([{ reference: 'R\uFFFD\uFFFD' }, { reference: expect.stringMatching(/^in\uFFFDhand \uFFFDx+$/) }])
})

describe('what must not be settled by a machine', () => {
  it('codes that are empty, or that are known already, are put aside and wait for a person', async () => {
    const empty = await order([
      { supplier: supplierOf({ buy: () => ({ state: 'delivered', goods: [{ kind: 'code', code: ' ' }] }) }) },
    ])
    expect(await far.until(empty, 'parked')).toMatchObject({ status: 'processing', held: 'open', codes: 0n })
    const same: Goods[] = [{ kind: 'code', code: 'THE-SAME' }]
    const supplier = supplierOf({ buy: () => ({ state: 'delivered', goods: same }) })
    const skuId = await world.sku()
    await far.supplier(skuId, supplier)
    const [first, second] = await Promise.all(
      [1, 2].map(() => placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))),
    )
    const states = [
      await far.until(first?.order.id as OrderId, 'completed', 'parked'),
      await far.until(second?.order.id as OrderId, 'completed', 'parked'),
    ]
    expect(states.map(({ state }) => state).toSorted()).toEqual(['completed', 'parked'])
    expect(await breaksOf(empty)).toEqual([{ kind: 'bad_goods', state: 'open' }])
  })

  it('a code that expires on a day which no month has is kept aside, not lost, and waits for a person', async () => {
    const goods: Goods[] = [
      { kind: 'code', code: `NO-SUCH-DAY-${crypto.randomUUID()}`, expiresOn: '2027-02-30' },
    ]
    const id = await order([{ supplier: supplierOf({ buy: () => ({ state: 'delivered', goods }) }) }])
    expect(await far.until(id, 'parked')).toMatchObject({ status: 'processing', held: 'open', codes: 0n })
    expect(await breaksOf(id)).toEqual([{ kind: 'bad_goods', state: 'open' }])
    expect(
      await world.database.query(
        sql`select expires_on::text as "expiresOn", reason from stock_withdrawn where import_id = ${id}`,
      ),
    ).toEqual([{ expiresOn: 'infinity', reason: 'quarantine' }])
  })

  it('more codes than asked for: the rest is quarantined', async () => {
    const supplier = supplierOf({
      buy: (purchase) => ({ state: 'delivered', goods: codesFor({ ...purchase, quantity: 3 }) }),
    })
    const id = await order([{ supplier }])
    expect(await far.until(id, 'completed')).toMatchObject({ codes: 1n })
    await expect.poll(() => breaksOf(id)).toEqual([{ kind: 'bad_goods', state: 'open' }])
    const [kept] = await world.database.query<{ count: bigint }>(
      sql`select count(*) from stock_withdrawn where import_id = ${id} and reason = 'quarantine'`,
    )
    expect(kept?.count).toBe(2n)
  })

  it('a success after a failure is a break, and its code is quarantined', async () => {
    let isLate = false
    const supplier = supplierOf({
      buy: () => refused,
      inquire: (purchase) => (isLate ? delivered(purchase) : notFound),
    })
    const id = await order([{ supplier }])
    await far.until(id, 'failed')
    isLate = true
    await world.database.query(sql`update fulfilments set due_at = now() where order_id = ${id}`)
    await expect.poll(() => breaksOf(id)).toEqual([{ kind: 'late_success', state: 'open' }])
    expect(await far.look(id)).toMatchObject({
      state: 'failed',
      status: 'failed',
      codes: 0n,
      held: 'released',
    })
  })

  it('a delivery that is taken back is a break, and moves no money', async () => {
    const supplier = supplierOf({
      buy: (purchase) => delivered(purchase),
      inquire: () => ({ state: 'reversed', detail: 'taken back' }),
    })
    const id = await order([{ supplier }])
    await far.until(id, 'completed')
    await world.database.query(sql`update fulfilments set due_at = now() where order_id = ${id}`)
    await expect.poll(() => breaksOf(id)).toEqual([{ kind: 'reversal', state: 'open' }])
    expect(await far.look(id)).toMatchObject({ state: 'completed', held: 'settled' })
  })
})

describe('who has lost its claim', () => {
  it('changes nothing: the item is finished by the next, once', async () => {
    let calls = 0
    const supplier = supplierOf({
      async buy(purchase) {
        calls += 1
        // The first sender stalls for longer than its claim.
        if (calls === 1) await new Promise((resolve) => setTimeout(resolve, 900))
        return delivered(purchase)
      },
      inquire: (purchase) => delivered(purchase),
    })
    const slow = far.start({ leaseMs: 300 })
    const before = await balance()
    const id = await order([{ supplier }])
    await far.until(id, 'completed')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await far.look(id)).toMatchObject({ codes: 1n, events: 1n })
    expect((await balance()).balance).toBe(before.balance - 11n * unit)
    await slow.stop()
  })

  it('an item that ends every process which takes it is parked', async () => {
    const id = await order([{ supplier: supplierOf({ buy: () => unknown }, { statusByReference: false }) }])
    const spoil = () =>
      world.database.query(
        sql`update fulfilments set claims = 5 where order_id = ${id} and claimed_until is null returning 1 as one`,
      )
    await expect.poll(async () => (await spoil()).length, { interval: 5 }).toBe(1)
    expect(await far.until(id, 'parked')).toMatchObject({ held: 'open' })
  })
})

it('the books hold after all of it', async () => {
  await proveBooks(world.database)
})
