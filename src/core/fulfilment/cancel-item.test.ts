import { beforeAll, expect, it } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { newId } from '../../platform/ids.ts'
import type { OrderId } from '../../values/ids.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { cancelItem } from './cancel-item.ts'
import { claimDue, storeIntent } from './fulfilments.sql.ts'
import type { SupplierAnswer } from './supplier.ts'

let world: World
let far: FulfilmentWorld

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  far = await createFulfilmentWorld(world)
  return () => far.close()
})

const profile = { dedupsByReference: true, statusByReference: false, settleWindowMs: 0, timeoutMs: 1_000 }

async function accepted(answer: SupplierAnswer): Promise<{ orderId: OrderId; supplierId: string }> {
  const partner = await world.partner(100n * unit)
  const skuId = await world.sku()
  const supplierId = await far.supplier(skuId, { profile, buy: async () => answer })
  const desk = openOrderDesk(world)
  const { order } = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))
  return { orderId: order.id, supplierId }
}

function cancel(orderId: OrderId): Promise<void> {
  return world.database.inTransaction((tx) => cancelItem(tx, { orderId, actor: 'test' }))
}

const pending: SupplierAnswer = { state: 'pending', detail: 'later' }

it('an order that nobody was asked for is cancelled, its money back, and a worker that had just taken it sends nothing', async () => {
  const { orderId, supplierId } = await accepted(pending)
  const [claim] = await claimDue(world.database, { limit: 10, leaseMs: 60_000, busySuppliers: [] })
  expect(claim?.orderId).toBe(orderId)
  await cancel(orderId)
  expect(await far.look(orderId)).toMatchObject({ state: 'failed', status: 'cancelled', held: 'released' })
  if (claim === undefined) throw new Error('It was not claimed.')
  expect(await storeIntent(world.database, claim, supplierId as never)).toBeUndefined()
  await expect(cancel(orderId)).rejects.toMatchObject({ code: 'validation_failed' })
})

it('an order that a supplier has is not cancelled', async () => {
  far.start()
  const { orderId } = await accepted(pending)
  await far.until(orderId, 'pending')
  await expect(cancel(orderId)).rejects.toMatchObject({ code: 'validation_failed' })
  expect(await far.look(orderId)).toMatchObject({ status: 'processing', held: 'open' })
})

it('an unknown order is none', async () => {
  await expect(cancel(newId<OrderId>())).rejects.toMatchObject({ code: 'fulfilment_not_found' })
  await proveBooks(world.database)
})
