import { expect, test } from 'vitest'
import { eventually } from '../../../test/eventually.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createWebhookWorld, testRules } from '../../../test/webhook-world.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { recordEvent } from '../events/record-event.ts'
import { keepPartitions } from '../retention/keep-partitions.ts'
import { forgetDeliveries } from './forget-deliveries.ts'
import { measureBacklog } from './measure-backlog.ts'
import { isWebhookSecret } from '../../platform/webhook-signatures.ts'
import type { EndpointId, EventId, PartnerId } from '../../values/ids.ts'
import type { EndpointRules } from './check-endpoint.ts'
import { createEndpoint } from './create-endpoint.ts'
import type { CreateEndpoint } from './create-endpoint.ts'
import { deleteEndpoint } from './delete-endpoint.ts'
import { findEndpoint } from './find-endpoint.ts'
import { listAttempts } from './list-attempts.ts'
import { listDeliveries } from './list-deliveries.ts'
import { listEndpoints } from './list-endpoints.ts'
import { replayDelivery } from './replay-delivery.ts'
import { replaySince } from './replay-since.ts'
import { rotateSecret } from './rotate-secret.ts'
import { sendTestEvent } from './send-test-event.ts'
import { updateEndpoint } from './update-endpoint.ts'
import { endpointsMost } from './webhook.ts'

const { database } = await createTestDatabase()
const world = await createWebhookWorld(database)
const url = 'https://example.com/hook'

function create(changes: Partial<CreateEndpoint> & { partnerId: PartnerId }, rules = testRules) {
  const command = { dialect: 'test', url, actor: 'test', ...changes }
  return database.inTransaction((tx) => createEndpoint(tx, world.keyRing, command, rules))
}

test('a new endpoint is active, has all events written out, and shows its secret once', async () => {
  const { partnerId } = await world.partner()
  const { endpoint, secret } = await create({ partnerId })
  expect(isWebhookSecret(secret)).toBe(true)
  expect(endpoint).toMatchObject({ state: 'active', url, events: testRules.eventTypesOf('test') })
  const { rows } = await listEndpoints(database, partnerId, { limit: 10 })
  expect(rows).toEqual([endpoint])
  expect(JSON.stringify(rows)).not.toContain(secret.slice(6))
  const stored = await database.query(
    sql`select encode(secret, 'escape') as secret, (select json_agg(a) from audit_log a)::text as audit from webhook_endpoints where id = ${endpoint.id}`,
  )
  expect(JSON.stringify(stored)).not.toContain(secret.slice(6))
})

const live: EndpointRules = { ...testRules, requireHttps: true, allowLoopback: false }

test.each([
  ['no URL', { url: 'example.com' }, testRules, 'url'],
  ['another scheme', { url: 'ftp://example.com/' }, testRules, 'url'],
  ['a user in it', { url: 'https://user:pass@example.com/' }, testRules, 'url'],
  ['a URL that is too long', { url: `https://example.com/${'x'.repeat(2_048)}` }, testRules, 'url'],
  ['a URL with a NUL', { url: 'https://example.com/\u0000' }, testRules, 'url'],
  ['http in live', { url: 'http://example.com/' }, live, 'url'],
  ['a loopback address in live', { url: 'https://127.0.0.1/' }, live, 'url'],
  ['a private address', { url: 'http://10.0.0.1/' }, testRules, 'url'],
  ['a metadata address', { url: 'http://169.254.169.254/latest' }, testRules, 'url'],
  ['an event that is not told', { events: ['order.completed', 'order.eaten'] }, testRules, 'events'],
  ['a dialect without webhooks', { dialect: 'mute' }, testRules, 'dialect'],
  ['a description without end', { description: 'x'.repeat(201) }, testRules, 'description'],
])('%s is refused', async (_name, changes, rules, field) => {
  const { partnerId } = await world.partner()
  await expect(create({ partnerId, ...changes }, rules)).rejects.toMatchObject({
    code: 'validation_failed',
    fields: [{ field }],
  })
  const { endpoint } = await create({ partnerId })
  if ('dialect' in changes) return
  const change = { partnerId, endpointId: endpoint.id, actor: 'test', ...changes }
  await expect(database.inTransaction((tx) => updateEndpoint(tx, change, rules))).rejects.toMatchObject({
    code: 'validation_failed',
    fields: expect.arrayContaining([expect.objectContaining({ field })]) as object[],
  })
})

test('http is allowed where https is not required, and loopback where it is allowed', async () => {
  const { partnerId } = await world.partner()
  await create({ partnerId, url: 'http://example.com/' })
  await create({ partnerId, url: 'http://127.0.0.1:4000/' })
  await create({ partnerId, url: 'http://[::1]:4000/' })
})

test('a partner has so many endpoints and no more, however many are made at once', async () => {
  const { partnerId } = await world.partner()
  const results = await Promise.allSettled(
    Array.from({ length: endpointsMost + 10 }, () => create({ partnerId })),
  )
  expect(results.filter((one) => one.status === 'fulfilled').length).toBe(endpointsMost)
  await expect(create({ partnerId })).rejects.toMatchObject({ code: 'too_many_endpoints' })
  const { partnerId: other } = await world.partner()
  await create({ partnerId: other })
})

test('an unknown partner is told', async () => {
  await expect(create({ partnerId: newId<PartnerId>() })).rejects.toMatchObject({ code: 'partner_not_found' })
})

test("another partner's endpoint answers as one that does not exist", async () => {
  const { partnerId: owner } = await world.partner()
  const { partnerId: stranger } = await world.partner()
  const { endpoint } = await create({ partnerId: owner })
  const eventId = await world.happen(owner)
  for (const endpointId of [endpoint.id, newId<EndpointId>()]) {
    const key = { partnerId: stranger, endpointId, actor: 'test' }
    const unknown = { code: 'endpoint_not_found' }
    const inTx = database.inTransaction
    await expect(findEndpoint(database, stranger, endpointId)).rejects.toMatchObject(unknown)
    await expect(inTx((tx) => updateEndpoint(tx, { ...key, url }, testRules))).rejects.toMatchObject(unknown)
    await expect(deleteEndpoint(database, key)).rejects.toMatchObject(unknown)
    await expect(
      inTx((tx) => rotateSecret(tx, world.keyRing, { ...key, graceSeconds: 0 })),
    ).rejects.toMatchObject(unknown)
    await expect(inTx((tx) => sendTestEvent(tx, key))).rejects.toMatchObject(unknown)
    await expect(inTx((tx) => replayDelivery(tx, { ...key, eventId }))).rejects.toMatchObject(unknown)
    await expect(
      replaySince(database, { ...key, since: new Date(0), includeDelivered: true }),
    ).rejects.toMatchObject(unknown)
    await expect(listDeliveries(database, key, {}, { limit: 1 })).rejects.toMatchObject(unknown)
    await expect(listAttempts(database, { ...key, eventId }, { limit: 1 })).rejects.toMatchObject({
      code: 'delivery_not_found',
    })
  }
  const own = { partnerId: owner, endpointId: endpoint.id, actor: 'test' }
  const nothing = { ...own, eventId: newId<EventId>() }
  await expect(database.inTransaction((tx) => replayDelivery(tx, nothing))).rejects.toMatchObject({
    code: 'delivery_not_found',
  })
})

test('an endpoint is removed with all that is known of its deliveries', async () => {
  const { partnerId } = await world.partner()
  const { endpoint } = await create({ partnerId })
  const known = () =>
    database.query(sql`
      select 'delivery' as what from all_webhook_deliveries where endpoint_id = ${endpoint.id}
      union all select 'try' from webhook_attempts where endpoint_id = ${endpoint.id}`)
  await world.happen(partnerId)
  await endOne(await world.happen(partnerId))
  expect(await known()).toHaveLength(3)
  await deleteEndpoint(database, { partnerId, endpointId: endpoint.id, actor: 'test' })
  expect(await known()).toEqual([])
  await world.happen(partnerId)
  expect(await known()).toEqual([])
})

test('what waits stays, unless its endpoint is gone or was disabled long ago', async () => {
  const { partnerId } = await world.partner()
  const [active, paused, disabled, lately, gone] = await Promise.all(
    Array.from({ length: 5 }, () => create({ partnerId })),
  )
  const eventId = '01000000-0000-7000-8000-000000000000' as EventId // Of the year 2004.
  const event = { partnerId, id: eventId, type: 'order.completed', dialect: 'test' }
  await database.inTransaction((tx) => recordEvent(tx, event))
  for (const [issued, change] of [
    [paused, sql`state = 'paused'`],
    [disabled, sql`state = 'disabled', disabled_at = now() - interval '91 days'`],
    [lately, sql`state = 'disabled', disabled_at = now() - interval '89 days'`],
  ] as const)
    await database.query(sql`update webhook_endpoints set ${change} where id = ${issued?.endpoint.id}`)
  await database.query(sql`delete from webhook_endpoints where id = ${gone?.endpoint.id}`)
  await database.query(sql`
    insert into webhook_attempts (partner_id, event_id, endpoint_id, number, duration_us)
    select partner_id, event_id, endpoint_id, 1, 1 from webhook_deliveries where partner_id = ${partnerId}`)
  expect(await forgetDeliveries(database, 90)).toEqual({ removed: 2, ended: 0 })
  for (const table of [sql`webhook_deliveries`, sql`webhook_attempts`]) {
    const rows = await database.query<{ id: EndpointId }>(
      sql`select endpoint_id as id from ${table} where partner_id = ${partnerId} order by 1`,
    )
    expect(rows.map(({ id }) => id)).toEqual(
      [active, paused, lately].map((issued) => issued?.endpoint.id ?? '').toSorted(),
    )
  }
  expect(await forgetDeliveries(database, 90)).toEqual({ removed: 0, ended: 0 })
})

test('what waits for a paused endpoint ends as failed after 92 days, and can be replayed; for an active one it stays', async () => {
  const { partnerId } = await world.partner()
  const [active, paused] = [await create({ partnerId }), await create({ partnerId })]
  const [old, young, held] = [
    await world.happen(partnerId),
    await world.happen(partnerId),
    await world.happen(partnerId),
  ]
  const age = (eventId: EventId, days: number) =>
    database.query(sql`
      update webhook_deliveries set tries = 2, tries_ever = 3, fence = 4, created_at = now() - make_interval(days => ${days}, mins => 1)
      where event_id = ${eventId}`)
  await age(old, 92)
  await age(young, 91)
  await age(held, 92)
  await database.query(
    sql`update webhook_deliveries set claimed_until = now() + interval '1 minute' where event_id = ${held}`,
  )
  const { id: endpointId } = paused.endpoint
  const command = { partnerId, endpointId, actor: 'test' }
  await database.inTransaction((tx) => updateEndpoint(tx, { ...command, state: 'paused' }, testRules))
  const { paused: waitedBefore } = await measureBacklog(database)

  expect(await forgetDeliveries(database, 90)).toEqual({ removed: 0, ended: 1 })
  const states = async (issued: typeof paused) =>
    Object.fromEntries((await world.deliveries(issued)).map((one) => [one.eventId, one.state]))
  expect(await states(paused)).toEqual({ [old]: 'failed', [young]: 'waiting', [held]: 'waiting' })
  expect(await states(active)).toEqual({ [old]: 'waiting', [young]: 'waiting', [held]: 'waiting' })
  expect((await measureBacklog(database)).paused).toBe(waitedBefore - 1)
  const ended = (await world.deliveries(paused)).find((one) => one.eventId === old)
  expect(ended).toMatchObject({ tries: 2, triesEver: 3 })
  expect(Date.now() - (ended?.endedAt?.getTime() ?? 0)).toBeLessThan(60_000)
  // Its end is what counts from here on, and not its age.
  expect((await keepPartitions(database, { keepDays: 90, aheadDays: 1 })).removed).toBe(0)
  expect(await forgetDeliveries(database, 90)).toEqual({ removed: 0, ended: 0 })

  await database.inTransaction((tx) => updateEndpoint(tx, { ...command, state: 'active' }, testRules))
  await database.inTransaction((tx) => replayDelivery(tx, { ...command, eventId: old }))
  expect(await states(paused)).toEqual({ [old]: 'waiting', [young]: 'waiting', [held]: 'waiting' })
})

test('what a process of the version before has ended in its place is taken on to the log, and can be replayed', async () => {
  const { partnerId } = await world.partner()
  const issued = await create({ partnerId })
  const eventId = await world.happen(partnerId)
  await database.query(sql`
    update webhook_deliveries set state = 'delivered', tries = 2, tries_ever = 3, fence = 4, due_at = null, ended_at = now()
    where event_id = ${eventId}`)
  const before = await world.deliveries(issued)
  await forgetDeliveries(database, 90)
  expect(await world.deliveries(issued)).toEqual(before)
  expect(await database.query(sql`select from webhook_deliveries where event_id = ${eventId}`)).toEqual([])
  const again = { partnerId, endpointId: issued.endpoint.id, eventId, actor: 'test' }
  await database.inTransaction((tx) => replayDelivery(tx, again))
  expect(await world.deliveries(issued)).toMatchObject([{ state: 'waiting', tries: 0, triesEver: 3 }])
  expect(await database.query(sql`select fence from webhook_deliveries where event_id = ${eventId}`)).toEqual(
    [{ fence: 5n }],
  )
  await forgetDeliveries(database, 90)
  expect(await world.deliveries(issued)).toMatchObject([{ state: 'waiting' }])
})

test('the log of deliveries is read page by page, by state and time, both ways', async () => {
  const { partnerId } = await world.partner()
  const { endpoint } = await create({ partnerId })
  const key = { partnerId, endpointId: endpoint.id }
  const ids: EventId[] = []
  for (let count = 0; count < 7; count += 1) ids.unshift(await world.happen(partnerId))
  for (const place of [0, 3, 4]) await endOne(ids[place] ?? newId())
  const first = await listDeliveries(database, key, {}, { limit: 3 })
  const second = await listDeliveries(database, key, {}, { limit: 3, cursor: first.nextCursor })
  const third = await listDeliveries(database, key, {}, { limit: 3, cursor: second.nextCursor })
  expect([first, second, third].flatMap((page) => page.rows.map((row) => row.eventId))).toEqual(ids)
  expect(third.nextCursor).toBeUndefined()
  const back = await listDeliveries(database, key, {}, { limit: 3, cursor: second.previousCursor })
  expect(back.rows).toEqual(first.rows)
  const failed = await listDeliveries(database, key, { state: 'failed' }, { limit: 3 })
  expect(failed.rows.map((row) => row.eventId)).toEqual([ids[0], ids[3], ids[4]])
  expect((await listDeliveries(database, key, { from: new Date() }, { limit: 3 })).rows).toEqual([])
  await expect(
    listDeliveries(database, key, { state: 'failed' }, { limit: 3, cursor: first.nextCursor }),
  ).rejects.toMatchObject({ code: 'validation_failed' })
})

test('an event is queued in the transaction in which it happened, or not at all', async () => {
  const { partnerId } = await world.partner()
  const issued = await create({ partnerId })
  const failing = database.inTransaction(async (tx) => {
    await sendTestEvent(tx, { partnerId, endpointId: issued.endpoint.id })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await world.deliveries(issued)).toEqual([])
})

test('those who deliver are woken only when there is something to deliver', async () => {
  const { partnerId } = await world.partner()
  const wakes: string[] = []
  let ready = (): void => undefined
  const listening = new Promise<void>((resolve) => (ready = resolve))
  const subscription = database.listen('webhooks_due', (payload) => void wakes.push(payload), ready)
  await listening
  await world.happen(partnerId)
  await create({ partnerId, events: ['order.failed'] })
  await world.happen(partnerId, 'order.completed')
  await world.happen(partnerId, 'order.failed')
  await eventually(() => wakes.length).toBe(1)
  await subscription.close()
  expect(wakes).toEqual([''])
})

/** As a sender does that gave up after one try. */
async function endOne(eventId: EventId): Promise<void> {
  await database.query(sql`
    with ended as (delete from webhook_deliveries where event_id = ${eventId} returning *), tried as (
      insert into webhook_attempts (partner_id, event_id, endpoint_id, number, duration_us) select partner_id, event_id, endpoint_id, 1, 1 from ended
    )
    insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
    select partner_id, event_id, endpoint_id, 'failed', 1, 1, 1, created_at, now() from ended`)
}
