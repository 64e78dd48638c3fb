import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { createWebhookWorld, testWriter } from '../../../test/webhook-world.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { EventId, PartnerId } from '../../values/ids.ts'
import { recordEvent } from '../events/record-event.ts'
import { forgetDeliveries } from './forget-deliveries.ts'
import { listEndpoints } from './list-endpoints.ts'
import { sendToCallback } from './send-to-callback.ts'
import { endpointsMost } from './webhook.ts'

const { database } = await createTestDatabase()
const world = await createWebhookWorld(database)

/** Something happens to the partner, and an address that came with a request is to be told. */
async function tell(partnerId: PartnerId, url: string, where = world): Promise<EventId> {
  const id = newId<EventId>()
  await where.database.inTransaction(async (tx) => {
    await recordEvent(tx, { partnerId, id, type: 'order.completed', dialect: 'test' })
    await sendToCallback(tx, where.keyRing, { partnerId, dialect: 'test', url, eventId: id })
  })
  return id
}

test('an address that came with a request is told of its event alone, registered ones of all', async () => {
  const { partnerId } = await world.partner()
  const [registered, own] = [await startReceiver(), await startReceiver()]
  await world.endpoint(partnerId, registered.url)
  const first = await tell(partnerId, own.url)
  const second = await world.happen(partnerId)
  world.start()
  await expect.poll(() => registered.received.length).toBe(2)
  await expect.poll(() => own.received.length).toBe(1)
  expect(own.received[0]?.headers['webhook-id']).toBe(first)
  const told = new Set(registered.received.map(({ headers }) => headers['webhook-id']))
  expect(told).toEqual(new Set([first, second]))
})

test('many requests at once with one address make one endpoint, which is no registered one', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver()
  const ids = await Promise.all(Array.from({ length: 30 }, () => tell(partnerId, receiver.url)))
  world.start()
  await expect.poll(() => receiver.received.length).toBe(30)
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids))
  expect((await listEndpoints(database, partnerId, { limit: 10 }, true)).rows).toHaveLength(1)
  expect((await listEndpoints(database, partnerId, { limit: 10 })).rows).toEqual([])
})

test('callbacks do not use up the endpoints that a partner may have', async () => {
  const { partnerId } = await world.partner()
  for (let place = 0; place <= endpointsMost; place += 1)
    await tell(partnerId, `http://127.0.0.1:9/hook/${place}`)
  await expect(world.endpoint(partnerId, 'https://example.com/hook')).resolves.toBeDefined()
})

test('P10: however many addresses of hosts that hang came with requests, they hold few hands, and a good endpoint is told at once', async () => {
  // Without the senders of the other tests.
  const apart = await createWebhookWorld((await createTestDatabase()).database)
  const { partnerId } = await apart.partner()
  const { partnerId: other } = await apart.partner()
  const hanging = await Promise.all(Array.from({ length: 4 }, () => startReceiver(() => 'hang')))
  const [own, others] = [await startReceiver(), await startReceiver()]
  await apart.endpoint(other, others.url)
  for (let place = 0; place < 40; place += 1)
    for (const { url } of hanging) await tell(partnerId, `${url}/hook/${place}`, apart)
  const delivery = apart.start({
    concurrency: 20,
    perEndpoint: 4,
    perPartner: 12,
    writer: testWriter({ timeoutMs: 30_000 }),
  })
  const held = () => hanging.map(({ received }) => received.length)
  await expect.poll(() => held().reduce((sum, one) => sum + one, 0)).toBe(12)
  expect(Math.max(...held())).toBeLessThanOrEqual(4)
  // Of others at once; of the same partner as soon as it has a hand again.
  for (let count = 0; count < 20; count += 1) await apart.happen(other)
  await expect.poll(() => others.received.length, { timeout: 10_000 }).toBe(20)
  expect(held().reduce((sum, one) => sum + one, 0)).toBe(12)
  await delivery.stop()
  await apart.database.query(sql`delete from webhook_deliveries where partner_id = ${partnerId}`)
  // With fewer hosts that hang than hands, its own good endpoints are told at once, too.
  await apart.endpoint(partnerId, own.url)
  const [bad] = hanging
  for (let place = 40; place < 80; place += 1) await tell(partnerId, `${bad?.url}/hook/${place}`, apart)
  const again = apart.start({
    concurrency: 20,
    perEndpoint: 4,
    perPartner: 12,
    writer: testWriter({ timeoutMs: 30_000 }),
  })
  await expect.poll(() => own.received.length, { timeout: 10_000 }).toBe(40)
  await again.stop()
  await apart.database.query(sql`delete from webhook_deliveries where partner_id = ${partnerId}`)
})

test('an address that is gone is given up, without a mail, and tried anew when it comes again', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver(() => 410)
  await tell(partnerId, receiver.url)
  world.start({ writer: testWriter() })
  const state = async () => (await listEndpoints(database, partnerId, { limit: 1 }, true)).rows[0]?.state
  await expect.poll(state).toBe('disabled')
  expect(world.notices.filter((notice) => notice.partnerId === partnerId)).toEqual([])
  receiver.behave(() => 200)
  await tell(partnerId, receiver.url)
  expect(await state()).toBe('active')
  await expect.poll(() => receiver.received.length).toBe(2)
})

test('an address is forgotten with the last of its deliveries, and works when it comes again', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver()
  await tell(partnerId, receiver.url)
  world.start()
  const ended = () =>
    database.query(sql`select from webhook_ended_deliveries where partner_id = ${partnerId}`)
  await expect.poll(async () => (await ended()).length).toBe(1)
  const count = async () => (await listEndpoints(database, partnerId, { limit: 10 }, true)).rows.length
  await database.query(
    sql`update webhook_endpoints set created_at = now() - interval '91 days' where partner_id = ${partnerId}`,
  )
  await forgetDeliveries(database, 90)
  expect(await count()).toBe(1)
  await database.query(sql`delete from webhook_ended_deliveries where partner_id = ${partnerId}`)
  await forgetDeliveries(database, 90)
  expect(await count()).toBe(0)
  await tell(partnerId, receiver.url)
  await expect.poll(() => receiver.received.length).toBe(2)
})
