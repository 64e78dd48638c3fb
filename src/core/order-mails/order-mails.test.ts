import { beforeAll, describe, expect, test } from 'vitest'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import type { OrderDesk } from '../orders/desk.ts'
import type { PlaceOrder } from '../orders/order.ts'
import { showMessage } from '../messages/show-message.ts'
import type { MessageId } from '../../values/ids.ts'
import { dropOrderMail } from './drop-order-mail.ts'
import { planOrderMail } from './plan-order-mail.ts'
import { sendDueMails } from './send-due-mails.ts'
import { sendOrderMail } from './send-order-mail.ts'

let world: World
let far: FulfilmentWorld
let desk: OrderDesk

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  far = await createFulfilmentWorld(world)
  desk = openOrderDesk(world)
  return () => far.close()
})

async function order(changes: Partial<PlaceOrder> = {}, stock = 1): Promise<PlaceOrder> {
  const skuId = changes.skuId ?? (await world.sku())
  if (stock > 0) await world.stock(skuId, stock)
  return world.order(await world.partner(100n * unit), skuId, changes)
}

const plan = (of: PlaceOrder, recipient = 'holder@example.com') =>
  planOrderMail(world.database, {
    of,
    recipient,
    locale: 'en',
    reference: 'R-1',
    redeemUrl: 'https://example.com/redeem?c={code}',
  })

const sentTo = async ({ partnerId }: PlaceOrder) =>
  world.database.query<{ id: MessageId; recipient: string }>(
    sql`select id, recipient from messages where partner_id = ${partnerId}`,
  )

const due = () => sendDueMails(world.database, world.keyRing)

describe('the goods of an order', () => {
  test('are mailed once, by whoever sees the order deliver, with all that their holder needs', async () => {
    const command = await order()
    await plan(command)
    const { order: placed } = await placeOrder(desk, command)
    const ends = await Promise.all(
      Array.from({ length: 8 }, () =>
        sendOrderMail(world.database, world.keyRing, command.partnerId, placed.id),
      ),
    )
    expect(ends.filter((sent) => sent)).toHaveLength(1)
    expect(await due()).toBe(0)
    const [message] = await sentTo(command)
    const { texts } = await world.database.inTransaction((tx) =>
      showMessage(tx, world.keyRing, { id: message?.id ?? ('' as MessageId), actor: 'test' }),
    )
    const code = placed.items[0]?.codes[0]?.code ?? 'none'
    expect(texts?.text).toContain(`https://example.com/redeem?c=${code}`)
    expect(texts?.text).toContain('R-1')
  })

  test('are mailed by a job where the server died before it did', async () => {
    const command = await order()
    await plan(command)
    await placeOrder(desk, command)
    expect(await due()).toBe(1)
    expect(await sentTo(command)).toHaveLength(1)
  })

  test('that a supplier delivers late are mailed then', async () => {
    const skuId = await world.sku()
    let isThere = false
    const code = { kind: 'code', code: 'LATE-1' } as const
    const answer = async () =>
      isThere
        ? ({ state: 'delivered', goods: [code] } as const)
        : ({ state: 'pending', detail: 'later' } as const)
    await far.supplier(skuId, {
      profile: { dedupsByReference: true, statusByReference: true, settleWindowMs: 0, timeoutMs: 1_000 },
      buy: answer,
      inquire: answer,
    })
    far.start()
    const command = await order({ skuId, canBeSupplied: true }, 0)
    await plan(command)
    const { order: placed } = await placeOrder(desk, command)
    await far.until(placed.id, 'pending')
    expect(await due()).toBe(0)
    isThere = true
    await far.until(placed.id, 'completed')
    expect(await due()).toBe(1)
    expect(await sentTo(command)).toHaveLength(1)
  })

  test('of another request under the same external id are not mailed', async () => {
    const command = await order()
    const thief = { ...command, requestKey: 'something else' }
    await placeOrder(desk, command)
    await plan(thief, 'thief@example.com')
    expect(await due()).toBe(0)
    expect(await sentTo(command)).toEqual([])
    await dropOrderMail(world.database, thief)
    expect(await world.database.query(sql`select from order_mails`)).toEqual([])
  })

  test('that was never placed, or failed, are forgotten', async () => {
    const [never, failed] = [await order(), await order()]
    await plan(never)
    await plan(failed)
    const { order: placed } = await placeOrder(desk, failed)
    await world.database.query(sql`update orders set status = 'failed' where id = ${placed.id}`)
    await world.database.query(
      sql`update order_mails set created_at = now() - interval '2 days' where partner_id = ${never.partnerId}`,
    )
    expect(await due()).toBe(0)
    expect(await world.database.query(sql`select from order_mails`)).toEqual([])
  })
})
