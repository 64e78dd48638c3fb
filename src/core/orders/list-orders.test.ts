import { beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { Failure } from '../../values/failure.ts'
import type { SkuId } from '../../values/ids.ts'
import type { OrderDesk } from './desk.ts'
import { findOrder } from './find-order.ts'
import { listOrders } from './list-orders.ts'
import { openOrderDesk } from './open-order-desk.ts'
import { placeOrder } from './place-order.ts'

let world: World
let desk: OrderDesk
let partner: TestPartner
let skuId: SkuId
const names: string[] = []

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  desk = openOrderDesk(world)
  partner = await world.partner(10_000n * unit)
  skuId = await world.sku()
  await world.stock(skuId, 100)
  for (let number = 1; number <= 25; number += 1) await buy(`list-${number}`)
})

async function buy(externalId: string): Promise<void> {
  await placeOrder(desk, world.order(partner, skuId, { externalId }))
  names.unshift(externalId)
}

function page(cursor: string | undefined, limit = 10, filters = {}): ReturnType<typeof listOrders> {
  return listOrders(world.database, world.keyRing, partner.partnerId, filters, { cursor, limit })
}

it('walks all orders, newest first, and back again', async () => {
  const first = await page(undefined)
  const second = await page(first.nextCursor)
  const third = await page(second.nextCursor)
  const walked = [first, second, third].flatMap((one) => one.rows.map((order) => order.externalId))
  expect(walked).toEqual(names)
  expect(first.previousCursor).toBeUndefined()
  expect(third.nextCursor).toBeUndefined()
  const back = await page(third.previousCursor)
  expect(back.rows.map((order) => order.externalId)).toEqual(second.rows.map((order) => order.externalId))
  const start = await page(back.previousCursor)
  expect(start.rows.map((order) => order.externalId)).toEqual(first.rows.map((order) => order.externalId))
  expect(start.previousCursor).toBeUndefined()
})

it('a page stays the same while orders are added', async () => {
  const first = await page(undefined)
  const second = await page(first.nextCursor)
  await buy('list-late')
  expect((await page(first.nextCursor)).rows).toEqual(second.rows)
})

it('filters by external id, status and both ends of a time, inclusive', async () => {
  expect((await page(undefined, 10, { externalId: 'list-7' })).rows.map((order) => order.externalId)).toEqual(
    ['list-7'],
  )
  expect((await page(undefined, 10, { status: 'failed' })).rows).toEqual([])
  const [order] = (await page(undefined, 1, { externalId: 'list-7' })).rows
  const second = new Date(Math.floor((order?.createdAt.getTime() ?? 0) / 1000) * 1000)
  const within = await page(undefined, 100, { from: second, to: second })
  expect(within.rows.map((one) => one.externalId)).toContain('list-7')
  expect(
    (await page(undefined, 100, { to: new Date(second.getTime() - 1000) })).rows.map((one) => one.externalId),
  ).not.toContain('list-7')
})

it.each([
  ['nonsense', 'nonsense'],
  ['a forged date', Buffer.from('["x","after","2026-99-99 00:00:00+00","x"]').toString('base64url')],
  ['an endless text', 'A'.repeat(10_000)],
])('refuses %s as a cursor', async (_, cursor) => {
  await expect(page(cursor)).rejects.toThrow(Failure)
})

it('refuses the cursor of other filters and of another partner', async () => {
  const { nextCursor } = await page(undefined)
  await expect(page(nextCursor, 10, { status: 'completed' })).rejects.toThrow(Failure)
  const other = await world.partner(0n)
  await expect(
    listOrders(world.database, world.keyRing, other.partnerId, {}, { cursor: nextCursor, limit: 10 }),
  ).rejects.toThrow(Failure)
})

it("another partner's order is as unknown as one that never was", async () => {
  const [order] = (await page(undefined, 1)).rows
  const other = await world.partner(0n)
  if (order === undefined) throw new Error('There is an order.')
  await expect(findOrder(world.database, world.keyRing, other.partnerId, order.id)).rejects.toMatchObject({
    code: 'order_not_found',
  })
  expect((await listOrders(world.database, world.keyRing, other.partnerId, {}, { limit: 10 })).rows).toEqual(
    [],
  )
})
