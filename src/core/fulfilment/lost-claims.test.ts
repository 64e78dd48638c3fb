import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import { createWorld, currency, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { OrderId, SupplierId } from '../../values/ids.ts'
import type { OrderDesk } from '../orders/desk.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { completeItem, failItem } from './end-item.ts'
import type { Delivery } from './end-item.ts'
import type { ClaimedItem } from './fulfilment.ts'
import { claimDue, giveBack, storeIntent } from './fulfilments.sql.ts'
import type { Purchase, Supplier, SupplierAnswer } from './supplier.ts'

let world: World
let desk: OrderDesk
let partner: TestPartner
let far: FulfilmentWorld

// Each worker here is started by its test: no other may take an item first.
beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  desk = openOrderDesk(world)
  partner = await world.partner(100_000n * unit)
  far = await createFulfilmentWorld(world, { failures: 3, restMs: 600_000 })
  return () => far.close()
})

const silent: SupplierAnswer = { state: 'unknown', detail: 'no answer' }

function deliveryOf({ reference, quantity }: Pick<Purchase, 'reference' | 'quantity'>): SupplierAnswer {
  const goods = Array.from({ length: quantity }, (_, place) => ({
    kind: 'code' as const,
    code: `L-${reference}-${place}`,
  }))
  return { state: 'delivered', goods }
}

function supplierOf(
  buy: Supplier['buy'],
  inquire: (purchase: Purchase) => SupplierAnswer = () => silent,
): Supplier {
  const profile = { dedupsByReference: true, statusByReference: true, settleWindowMs: 200, timeoutMs: 60_000 }
  return { profile, buy, inquire: async (purchase) => inquire(purchase) }
}

async function order(
  supplier: Supplier,
  concurrency = 1_000,
): Promise<{ readonly id: OrderId; readonly supplierId: SupplierId }> {
  const skuId = await world.sku()
  const supplierId = await far.supplier(skuId, supplier, { concurrency })
  const { order: placed } = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))
  return { id: placed.id, supplierId }
}

/** Claims the one item that is due. */
async function claim(leaseMs: number): Promise<ClaimedItem> {
  const [item, ...others] = await claimDue(world.database, { limit: 10, leaseMs, busySuppliers: [] })
  if (item === undefined || others.length > 0) throw new Error('Not exactly one item was due.')
  return item
}

/** An item whose first claim has run out and whose second holds. */
async function claimTwice(): Promise<{
  readonly first: ClaimedItem
  readonly second: ClaimedItem
  readonly supplierId: SupplierId
}> {
  const { supplierId } = await order(supplierOf(async () => silent))
  const first = await claim(1)
  await pause(20)
  return { first, second: await claim(600_000), supplierId }
}

function delivery(item: ClaimedItem, supplierId: SupplierId): Delivery {
  return {
    supplierId,
    supplierCode: 'supplier',
    productCode: 'P',
    supplierReference: undefined,
    goods: [{ kind: 'code', code: `CODE-OF-${item.orderId}` }],
    cost: { amount: 8n * unit, currency: currency('USD') },
  }
}

describe('a claim', () => {
  it('belongs to one, however many ask at once', async () => {
    const { id } = await order(supplierOf(async () => silent))
    const claims = await Promise.all(
      Array.from({ length: 16 }, () =>
        claimDue(world.database, { limit: 10, leaseMs: 600_000, busySuppliers: [] }),
      ),
    )
    expect(claims.flat().map(({ orderId }) => orderId)).toEqual([id])
  })

  it('that was lost to another writes nothing: no intent, no wait, no end, no money', async () => {
    const { first, second, supplierId } = await claimTwice()
    const { database, keyRing } = world
    expect(await storeIntent(database, first, supplierId)).toBeUndefined()
    expect(await giveBack(database, first, { state: 'parked', afterMs: null, asks: 0 })).toBe(false)
    expect(await completeItem(database, keyRing, first, delivery(first, supplierId))).toBe('stale')
    expect(await failItem(database, first, 'rejected', undefined)).toBe(false)
    expect(await far.look(first.orderId)).toMatchObject({
      state: 'accepted',
      status: 'processing',
      held: 'open',
      codes: 0n,
      events: 0n,
    })
    expect(await storeIntent(database, second, supplierId)).toMatchObject({ sends: 1 })
    expect(await completeItem(database, keyRing, second, delivery(second, supplierId))).toBe('ended')
  })

  it('that has run out sends nothing, though nobody else has taken it', async () => {
    const { supplierId } = await order(supplierOf(async () => silent))
    const late = await claim(1)
    await pause(20)
    expect(await storeIntent(world.database, late, supplierId)).toBeUndefined()
    const next = await claim(600_000)
    await failItem(world.database, next, 'rejected', undefined)
  })

  it('that was lost on an item that was parked meanwhile is ended by the delivery of its supplier, and by nothing else', async () => {
    const { database, keyRing } = world
    const { supplierId } = await order(supplierOf(async () => silent))
    const first = await claim(2_000)
    await storeIntent(database, first, supplierId)
    await pause(2_100)
    const second = await claim(600_000)
    await giveBack(database, second, { state: 'parked', afterMs: null, asks: 0 })
    expect(await failItem(database, first, 'rejected', undefined)).toBe(false)
    const other = (await order(supplierOf(async () => silent))).supplierId
    expect(await completeItem(database, keyRing, first, delivery(first, other))).toBe('stale')
    expect(await completeItem(database, keyRing, first, delivery(first, supplierId))).toBe('ended')
    expect(await far.look(first.orderId)).toMatchObject({
      state: 'completed',
      held: 'settled',
      codes: 1n,
      events: 1n,
    })
    await failItem(database, await claim(600_000), 'rejected', undefined)
  })

  it('shows the next what was sent under it', async () => {
    const { supplierId } = await order(supplierOf(async () => silent))
    const first = await claim(2_000)
    expect(await storeIntent(world.database, first, supplierId)).toMatchObject({ sends: 1 })
    await pause(2_100)
    const next = await claim(600_000)
    expect(next).toMatchObject({ state: 'dispatching', supplierId, sends: 1, claims: 2 })
    expect(next.unansweredAt).toEqual(next.sentAt)
    await failItem(world.database, next, 'rejected', undefined)
  })
})

describe('an end', () => {
  it('comes once: a second delivery or failure under the same claim moves nothing', async () => {
    const { second, supplierId } = await claimTwice()
    const { database, keyRing } = world
    await storeIntent(database, second, supplierId)
    expect(await completeItem(database, keyRing, second, delivery(second, supplierId))).toBe('ended')
    const again = { ...delivery(second, supplierId), goods: [{ kind: 'code', code: 'ANOTHER' }] as const }
    expect(await completeItem(database, keyRing, second, again)).toBe('stale')
    expect(await failItem(database, second, 'rejected', undefined)).toBe(false)
    expect(await far.look(second.orderId)).toMatchObject({
      state: 'completed',
      held: 'settled',
      codes: 1n,
      events: 1n,
    })
  })

  it('is one commit with its money, its codes and its event', async () => {
    const { second, supplierId } = await claimTwice()
    await storeIntent(world.database, second, supplierId)
    await completeItem(world.database, world.keyRing, second, delivery(second, supplierId))
    const failing = await claimTwice()
    await failItem(world.database, failing.second, 'rejected', undefined)
    expect(await commitsOf(second.orderId)).toEqual([
      'codes',
      'event',
      'fulfilment',
      'hold',
      'item',
      'order',
      'transfer',
    ])
    expect(await commitsOf(failing.second.orderId)).toEqual(['event', 'fulfilment', 'hold', 'item', 'order'])
  })

  /** Which of an order's rows were written by the transaction that ended its fulfilment. */
  async function commitsOf(orderId: OrderId): Promise<string[]> {
    const rows = await world.database.query<{ name: string }>(sql`
      with rows as (
        select 'fulfilment' as name, xmin from fulfilments where order_id = ${orderId}
        union all select 'order', xmin from orders where id = ${orderId}
        union all select 'item', xmin from order_items where order_id = ${orderId}
        union all select 'hold', xmin from holds where order_id = ${orderId}
        union all select 'codes', xmin from order_codes where order_id = ${orderId}
        union all select 'transfer', xmin from transfers where id = ${orderId}
        union all select 'event', xmin from events where order_id = ${orderId}
      )
      select name from rows where xmin = (select xmin from fulfilments where order_id = ${orderId}) order by name`)
    return rows.map(({ name }) => name)
  }
})

describe('a worker', () => {
  it('that stalls for longer than its lease must not send, and its refusal pays nothing back', async () => {
    let calls = 0
    let maySend: boolean | undefined
    let isThere = false
    const supplier = supplierOf(
      async (purchase, terms) => {
        calls += 1
        if (calls > 1) return deliveryOf(purchase)
        await pause(1_500)
        maySend = terms.mayStillSend()
        return { state: 'refused', reason: 'out_of_stock', detail: 'none left' }
      },
      (purchase) => (isThere ? deliveryOf(purchase) : { state: 'pending', detail: 'in hand' }),
    )
    const { id } = await order(supplier)
    const workers = [far.start({ leaseMs: 500 }), far.start({ leaseMs: 500 })]
    await expect.poll(() => maySend, { timeout: 20_000 }).toBe(false)
    await pause(200)
    expect(await far.look(id)).toMatchObject({ status: 'processing', held: 'open' })
    isThere = true
    expect(await far.until(id, 'completed')).toMatchObject({ sends: 1, codes: 1n, events: 1n })
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  it('that is delivered to after its supplier told the next one that it would not deliver: a break, and the code is kept aside', async () => {
    let isBack = false
    const first = supplierOf(
      async (purchase) => {
        await pause(1_500)
        isBack = true
        return deliveryOf(purchase)
      },
      () => ({ state: 'refused', reason: 'out_of_stock', detail: 'none left' }),
    )
    const skuId = await world.sku()
    const lateId = await far.supplier(skuId, first, { priority: 1 })
    const next = supplierOf(async () => ({
      state: 'delivered',
      goods: [{ kind: 'code', code: `NEXT-${crypto.randomUUID()}` }],
    }))
    await far.supplier(skuId, next, { priority: 2 })
    const { order: placed } = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))
    const workers = [far.start({ leaseMs: 500 }), far.start({ leaseMs: 500 })]
    expect(await far.until(placed.id, 'completed')).toMatchObject({ codes: 1n })
    await expect.poll(() => isBack, { timeout: 20_000 }).toBe(true)
    const breaks = () =>
      world.database.query(sql`
        select b.kind, b.supplier_id as "supplierId", (select count(*) from stock_withdrawn w where w.import_id = b.order_id) as kept
        from breaks b where b.order_id = ${placed.id}`)
    await expect.poll(breaks).toEqual([{ kind: 'late_success', supplierId: lateId, kept: 1n }])
    expect(await far.look(placed.id)).toMatchObject({ state: 'completed', codes: 1n, events: 1n })
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  it('leaves a call whole milliseconds, no more than the claim allows with some to write the answer down', async () => {
    let leftMs = 0
    const { id } = await order(
      supplierOf(async (purchase, { timeoutMs }) => {
        leftMs = timeoutMs
        return deliveryOf(purchase)
      }),
    )
    const worker = far.start({ leaseMs: 20_000 })
    await far.until(id, 'completed')
    await worker.stop()
    expect(Number.isInteger(leftMs)).toBe(true)
    expect(leftMs).toBeGreaterThan(0)
    expect(leftMs).toBeLessThanOrEqual(15_000)
  })

  it('waits, when a repeat is refused, as long as the last try without an answer may arrive', async () => {
    let sent = 0
    const profile = {
      dedupsByReference: true,
      statusByReference: false,
      settleWindowMs: 2_000,
      timeoutMs: 60_000,
    }
    const supplier: Supplier = {
      profile,
      async buy(purchase) {
        sent += 1
        // The first is too old to arrive when the repeat is refused; the second is not.
        if (sent === 1) await pause(2_100)
        if (sent <= 2) return silent
        return sent === 3
          ? { state: 'refused', reason: 'out_of_stock', detail: 'none left' }
          : deliveryOf(purchase)
      },
    }
    const { id } = await order(supplier)
    const worker = far.start()
    expect(await far.until(id, 'completed', 'failed')).toMatchObject({ state: 'completed', sends: 4 })
    await worker.stop()
  })

  it('asks a supplier for no more at a time than its account says', async () => {
    let inHand = 0
    let most = 0
    const supplier = supplierOf(async (purchase) => {
      inHand += 1
      most = Math.max(most, inHand)
      await pause(30)
      inHand -= 1
      return deliveryOf(purchase)
    })
    const skuId = await world.sku()
    await far.supplier(skuId, supplier, { concurrency: 2 })
    const placed = await Promise.all(
      Array.from({ length: 10 }, () =>
        placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true })),
      ),
    )
    const worker = far.start()
    for (const one of placed) await far.until(one.order.id, 'completed')
    await worker.stop()
    expect(most).toBe(2)
  })

  it('leaves a supplier alone that only fails, and asks the next in the chain', async () => {
    let failing = 0
    const down = supplierOf(async () => {
      failing += 1
      return { state: 'busy', detail: '503' }
    })
    const skuId = await world.sku()
    await far.supplier(skuId, down, { priority: 1 })
    await far.supplier(
      skuId,
      supplierOf(async (purchase) => deliveryOf(purchase)),
      { priority: 2 },
    )
    const worker = far.start()
    for (let count = 0; count < 5; count += 1) {
      const placed = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))
      await far.until(placed.order.id, 'completed')
    }
    await worker.stop()
    expect(failing).toBe(3)
  })

  it('counts no question that its breaker kept away: the pace is that of questions that were asked', async () => {
    const { database } = await createTestDatabase()
    const own = await createWorld(database)
    const resting = await createFulfilmentWorld(own, { failures: 10, restMs: 700 })
    const skuId = await own.sku()
    await resting.supplier(
      skuId,
      supplierOf(async () => silent),
    )
    const buyer = await own.partner(1_000n * unit)
    const buyers = openOrderDesk(own)
    await Promise.all(
      Array.from({ length: 10 }, () => placeOrder(buyers, own.order(buyer, skuId, { canBeSupplied: true }))),
    )
    resting.start()
    const keptAway = () =>
      database.query(sql`select 1 as one from fulfilment_attempts where kind = 'inquire' and answer = 'busy'`)
    await expect.poll(async () => (await keptAway()).length, { timeout: 20_000 }).toBeGreaterThan(5)
    await resting.close()
    // The purchase itself began the count.
    const wrong = await database.query(sql`
      select f.order_id, f.asks, count(a.order_id) as asked
      from fulfilments f left join fulfilment_attempts a on a.order_id = f.order_id and a.kind = 'inquire' and a.answer <> 'busy'
      where f.state = 'unknown' group by f.order_id, f.asks having f.asks <> 1 + count(a.order_id)`)
    expect(wrong).toEqual([])
  })
})

it('the books hold after all of it', async () => {
  await proveBooks(world.database)
})
