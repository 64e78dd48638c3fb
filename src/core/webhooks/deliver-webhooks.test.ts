import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { eventually } from '../../../test/eventually.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { createWebhookWorld, testRules } from '../../../test/webhook-world.ts'
import { sql } from '../../platform/database.ts'
import { createCredential } from '../partners/create-credential.ts'
import { replayDelivery } from './replay-delivery.ts'
import { replaySince } from './replay-since.ts'
import { rotateSecret } from './rotate-secret.ts'
import { sendTestEvent } from './send-test-event.ts'
import { updateEndpoint } from './update-endpoint.ts'

const { database } = await createTestDatabase()
const world = await createWebhookWorld(database)
world.start()

test('an event arrives once, signed, with its order in full, and stands in the log', async () => {
  const partner = await world.partner()
  const { secret } = await database.inTransaction((tx) =>
    createCredential(tx, world.keyRing, {
      partnerId: partner.partnerId,
      dialect: 'test',
      label: '',
      withSecret: true,
    }),
  )
  const receiver = await startReceiver(() => ({ status: 201, body: 'thanks' }))
  const issued = await world.endpoint(partner.partnerId, receiver.url)
  const order = await world.order(partner, 2)
  const eventId = await world.happen(partner.partnerId, 'order.completed', order)
  await eventually(() => receiver.received.length).toBe(1)
  const [got] = receiver.received
  expect(got).toMatchObject({ method: 'POST', path: '/hook' })
  expect(got?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': eventId })
  expect(JSON.parse(got?.body ?? '')).toMatchObject({
    id: eventId,
    codes: [expect.any(String), expect.any(String)],
  })
  expect(new Webhook(issued.secret).verify(got?.body ?? '', got?.headers ?? {})).toMatchObject({
    id: eventId,
  })
  expect(got?.headers['x-made-at']).toMatch(new RegExp(`^\\d+(\\.\\d+)?/${secret}$`))
  await eventually(() => world.deliveries(issued)).toMatchObject([
    { eventId, state: 'delivered', tries: 1, orderId: order.id, dueAt: undefined },
  ])
  expect(await world.attempts(issued, eventId)).toMatchObject([
    { number: 1, status: 201, response: 'thanks' },
  ])
  await sleep(100)
  expect(receiver.received.length).toBe(1)
})

test('a failed try comes again by the schedule: same id and body, a fresh timestamp and signature, every try logged', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver((_, place) => [500, 404, 200][place] ?? 200)
  const issued = await world.endpoint(partnerId, receiver.url)
  const eventId = await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(3)
  const { received } = receiver
  expect(new Set(received.map((one) => one.body)).size).toBe(1)
  expect(new Set(received.map((one) => one.headers['webhook-id']))).toEqual(new Set([eventId]))
  expect(new Set(received.map((one) => one.headers['x-made-at'])).size).toBe(3)
  for (const one of received) new Webhook(issued.secret).verify(one.body, one.headers)
  expect((received[1]?.atMs ?? 0) - (received[0]?.atMs ?? 0)).toBeGreaterThan(95)
  await eventually(() => world.attempts(issued, eventId)).toMatchObject([
    { number: 1, status: 500 },
    { number: 2, status: 404 },
    { number: 3, status: 200 },
  ])
  await eventually(() => world.deliveries(issued)).toMatchObject([{ state: 'delivered', tries: 3 }])
})

test('after the last try of the schedule a delivery has failed', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver(() => 503)
  const issued = await world.endpoint(partnerId, receiver.url)
  const eventId = await world.happen(partnerId)
  await eventually(() => world.deliveries(issued)).toMatchObject([{ state: 'failed', tries: 4 }])
  expect(receiver.received.length).toBe(4)
  expect((await world.attempts(issued, eventId)).map((one) => one.status)).toEqual([503, 503, 503, 503])
})

test('Retry-After puts the next try off', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver((_, place) =>
    place === 0 ? { status: 429, headers: { 'retry-after': '1' } } : 200,
  )
  await world.endpoint(partnerId, receiver.url)
  await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(2)
  expect((receiver.received[1]?.atMs ?? 0) - (receiver.received[0]?.atMs ?? 0)).toBeGreaterThan(990)
})

test('a redirect is a failure and is not followed', async () => {
  const { partnerId } = await world.partner()
  const elsewhere = await startReceiver()
  const receiver = await startReceiver((_, place) =>
    place === 0 ? { status: 307, headers: { location: elsewhere.url } } : 200,
  )
  const issued = await world.endpoint(partnerId, receiver.url)
  const eventId = await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(2)
  expect(elsewhere.received).toEqual([])
  expect((await world.attempts(issued, eventId))[0]).toMatchObject({ status: 307 })
})

test('410 disables the endpoint at once, with an audit row and a notice, and nothing gathers for it', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver(() => 410)
  const issued = await world.endpoint(partnerId, receiver.url)
  const { id: endpointId } = issued.endpoint
  const eventId = await world.happen(partnerId)
  await eventually(() => world.deliveries(issued)).toMatchObject([{ state: 'failed', tries: 1 }])
  await world.happen(partnerId)
  expect((await world.deliveries(issued)).length).toBe(1)
  const reason = 'The receiver answered 410 Gone.'
  expect(world.notices.filter((notice) => notice.partnerId === partnerId)).toEqual([
    {
      partnerId,
      template: 'webhook_disabled',
      facts: { endpointId, url: receiver.url, reason, failures: 1 },
    },
  ])
  expect(
    await database.query(
      sql`select actor, details from audit_log where subject = ${endpointId} and action = 'webhook_endpoint.disabled'`,
    ),
  ).toEqual([{ actor: 'system', details: { reason } }])
  const replay = { partnerId, endpointId, eventId, actor: 'test' }
  await expect(database.inTransaction((tx) => replayDelivery(tx, replay))).rejects.toMatchObject({
    code: 'endpoint_disabled',
  })
  receiver.behave(() => 200)
  await database.inTransaction((tx) => updateEndpoint(tx, { ...replay, state: 'active' }, testRules))
  await database.inTransaction((tx) => replayDelivery(tx, replay))
  await eventually(() => world.deliveries(issued)).toMatchObject([{ state: 'delivered' }])
})

test('during a rotation both secrets sign, and without grace only the new one', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver()
  const first = await world.endpoint(partnerId, receiver.url)
  const endpointId = first.endpoint.id
  const rotate = (graceSeconds: number) =>
    database.inTransaction((tx) =>
      rotateSecret(tx, world.keyRing, { partnerId, endpointId, graceSeconds, actor: 'test' }),
    )
  const second = await rotate(60)
  await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(1)
  const third = await rotate(0)
  await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(2)
  const [during, after] = receiver.received
  const accepts = (secret: string, one: typeof during): boolean => {
    try {
      new Webhook(secret).verify(one?.body ?? '', one?.headers ?? {})
      return true
    } catch {
      return false
    }
  }
  expect([first, second, third].map(({ secret }) => accepts(secret, during))).toEqual([true, true, false])
  expect([first, second, third].map(({ secret }) => accepts(secret, after))).toEqual([false, false, true])
  // The former secret ends by the database's clock.
  await rotate(60)
  await database.query(
    sql`update webhook_endpoints set previous_until = now() - interval '1 second' where id = ${endpointId}`,
  )
  await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(3)
  expect(receiver.received[2]?.headers['webhook-signature']?.split(' ').length).toBe(1)
})

test('a paused endpoint gathers, and gets all of it when it goes on', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver()
  const issued = await world.endpoint(partnerId, receiver.url)
  const command = { partnerId, endpointId: issued.endpoint.id, actor: 'test' }
  await database.inTransaction((tx) => updateEndpoint(tx, { ...command, state: 'paused' }, testRules))
  const ids = [await world.happen(partnerId), await world.happen(partnerId)]
  await sleep(150)
  expect(receiver.received).toEqual([])
  expect(await world.deliveries(issued)).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }])
  await database.inTransaction((tx) => updateEndpoint(tx, { ...command, state: 'active' }, testRules))
  await eventually(() => receiver.received.length).toBe(2)
  expect(new Set(receiver.received.map((one) => one.headers['webhook-id']))).toEqual(new Set(ids))
})

test('an endpoint gets the events that it chose, and a test event goes to it alone', async () => {
  const { partnerId } = await world.partner()
  const [failures, all] = [await startReceiver(), await startReceiver()]
  const chosen = await world.endpoint(partnerId, failures.url, ['order.failed'])
  await world.endpoint(partnerId, all.url)
  await world.happen(partnerId, 'order.completed')
  const failed = await world.happen(partnerId, 'order.failed')
  await eventually(() => all.received.length).toBe(2)
  await eventually(() => failures.received.length).toBe(1)
  const endpoint = { partnerId, endpointId: chosen.endpoint.id }
  const testId = await database.inTransaction((tx) => sendTestEvent(tx, endpoint))
  await eventually(() => failures.received.length).toBe(2)
  expect(failures.received.map((one) => one.headers['webhook-id'])).toEqual([failed, testId])
  expect(JSON.parse(failures.received[1]?.body ?? '')).toMatchObject({ id: testId, type: 'test' })
  await sleep(100)
  expect(all.received.length).toBe(2)
})

test('a replay sends the same event again, one or all since a time', async () => {
  const { partnerId } = await world.partner()
  const receiver = await startReceiver()
  const issued = await world.endpoint(partnerId, receiver.url)
  const command = { partnerId, endpointId: issued.endpoint.id, actor: 'test' }
  const early = await world.happen(partnerId)
  await eventually(() => receiver.received.length).toBe(1)
  await sleep(10)
  const since = new Date()
  receiver.behave(() => 500)
  await database.query(
    sql`update webhook_endpoints set failures_in_a_row = 0 where id = ${command.endpointId}`,
  )
  const late = await world.happen(partnerId)
  await eventually(async () => (await world.deliveries(issued)).map((one) => one.state)).toEqual([
    'failed',
    'delivered',
  ])
  receiver.behave(() => 200)
  const from = receiver.received.length
  const replayedIds = (): (string | undefined)[] =>
    receiver.received.slice(from).map((one) => one.headers['webhook-id'])
  expect(await replaySince(database, { ...command, since, includeDelivered: false })).toEqual({
    replayed: 1,
    isComplete: true,
  })
  await eventually(replayedIds).toEqual([late])
  await eventually(async () => (await world.deliveries(issued)).map((one) => one.state)).toEqual([
    'delivered',
    'delivered',
  ])
  await database.inTransaction((tx) => replayDelivery(tx, { ...command, eventId: early }))
  await eventually(replayedIds).toEqual([late, early])
  expect(receiver.received.at(-1)?.body).toBe(receiver.received[0]?.body)
  await eventually(async () => (await world.deliveries(issued)).map((one) => one.state)).toEqual([
    'delivered',
    'delivered',
  ])
  const all = { ...command, since: new Date(0), includeDelivered: true }
  expect(await replaySince(database, all)).toEqual({ replayed: 2, isComplete: true })
  await eventually(() => new Set(replayedIds().slice(2))).toEqual(new Set([early, late]))
})

test('what a receiver sends back is kept without the codes that it got', async () => {
  const partner = await world.partner()
  const receiver = await startReceiver((got) => ({ status: 200, body: `${got.body}${'x'.repeat(100_000)}` }))
  const issued = await world.endpoint(partner.partnerId, receiver.url)
  const order = await world.order(partner, 3)
  const eventId = await world.happen(partner.partnerId, 'order.completed', order)
  await eventually(() => world.deliveries(issued)).toMatchObject([{ state: 'delivered' }])
  const [attempt] = await world.attempts(issued, eventId)
  expect(attempt?.response?.length).toBe(1_024)
  expect(attempt?.response).toContain('"codes":["***","***","***"]')
  for (const code of order.items[0]?.codes ?? []) expect(receiver.received[0]?.body).toContain(code.code)
})
