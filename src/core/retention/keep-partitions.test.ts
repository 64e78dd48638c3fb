import { describe, expect, test } from 'vitest'
import { eventually } from '../../../test/eventually.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { createWebhookWorld, testRules, testWriter } from '../../../test/webhook-world.ts'
import { openDatabase, rawStatement, sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { EventId } from '../../values/ids.ts'
import { recordEvent } from '../events/record-event.ts'
import { updateEndpoint } from '../webhooks/update-endpoint.ts'
import { keepPartitions } from './keep-partitions.ts'
import { keptTables } from './kept-tables.ts'
import type { KeptTable } from './kept-tables.ts'
import { removedMost } from './partitions.sql.ts'

const dayMs = 86_400_000
const partnerId = '018f0000-0000-7000-8000-00000000000a'
const endpointId = '018f0000-0000-7000-8000-00000000000b'

/** Each test has a database of its own: partitions are the same for all that use one. */
async function fresh() {
  const { database, url } = await createTestDatabase()
  const keep = (aheadDays = 3) => keepPartitions(database, { keepDays: 90, aheadDays })
  /** What the owner may, and the application's role may not. */
  async function asOwner(statement: string): Promise<void> {
    const owner = openDatabase({ url, poolSize: 1 })
    await owner.query(rawStatement(statement))
    await owner.close()
  }
  async function partitions(table: KeptTable): Promise<string[]> {
    const rows = await database.query<{ name: string }>(
      sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = ${table}::regclass order by 1`,
    )
    return rows.map((row) => row.name)
  }
  /** Where each of the rows that `put` has written lies now, by its name. */
  async function places(table: KeptTable): Promise<Record<string, string>> {
    const name = { api_calls: sql`id`, webhook_attempts: sql`error`, webhook_ended_deliveries: sql`fence` }
    const rows = await database.query<{ name: string; place: string }>(sql`
      select ${name[table]}::text as name, tableoid::regclass::text as place from ${rawStatement(table)}`)
    return Object.fromEntries(rows.map((row) => [row.name, row.place]))
  }
  /** Writes a row of an instant, named by a number. */
  async function put(table: KeptTable, at: Date, name: number): Promise<void> {
    const key = [partnerId, idAt(at), endpointId] as const
    await database.query(
      {
        api_calls: sql`
          insert into api_calls (called_at, id, dialect, method, path, status, duration_us, address)
          values (${at}, ${String(name)}, 'test', 'GET', '/', 200, 1, '127.0.0.1')`,
        webhook_attempts: sql`
          insert into webhook_attempts (partner_id, event_id, endpoint_id, number, duration_us, error)
          values (${key[0]}, ${key[1]}, ${key[2]}, 1, 1, ${String(name)})`,
        webhook_ended_deliveries: sql`
          insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
          values (${key[0]}, ${key[1]}, ${key[2]}, 'delivered', 1, 1, ${name}, ${at}, ${at})`,
      }[table],
    )
  }
  /** A partition of a day so many days ago, as an earlier run has made it. */
  async function makeDay(table: KeptTable, daysAgo: number): Promise<string> {
    const bound = (at: Date) => (table === 'api_calls' ? at.toISOString() : leastIdAt(at))
    const name = `${table}_${dayText(startOf(-daysAgo))}`
    const bounds = `from ('${bound(startOf(-daysAgo))}') to ('${bound(startOf(1 - daysAgo))}')`
    await asOwner(`create table ${name} partition of ${table} for values ${bounds}`)
    return name
  }
  return { database, url, keep, asOwner, partitions, places, put, makeDay }
}

/** Midnight (UTC) of today or so many days later. */
function startOf(days: number): Date {
  return new Date(Math.floor(Date.now() / dayMs) * dayMs + days * dayMs)
}

const dayText = (at: Date): string => at.toISOString().slice(0, 10).replaceAll('-', '')

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const msHex = (at: Date): string => at.getTime().toString(16).padStart(12, '0')

/** An id as it is made at an instant, and one that no id of that instant is below. */
const idAt = (at: Date): EventId => uuidOf(msHex(at) + newId().replaceAll('-', '').slice(12)) as EventId // A UUIDv7.
const leastIdAt = (at: Date): string => uuidOf(msHex(at).padEnd(32, '0'))

describe.each(keptTables)('the partitions of %s', (table) => {
  const nameOf = (days: number): string => `${table}_${dayText(startOf(days))}`

  test("are made ahead by the application's role, and what came before them moves in, each to its own side of midnight", async () => {
    const { keep, put, places, partitions } = await fresh()
    const edges = [0, 1, 2].flatMap((day) => [new Date(startOf(day).getTime() - 1), startOf(day)])
    for (const [name, at] of edges.entries()) await put(table, at, name)
    expect(new Set(Object.values(await places(table)))).toEqual(new Set([`${table}_default`]))
    const { made, dropped } = await keep(3)
    const own = made.filter((name) => name.startsWith(table))
    expect([own, dropped]).toEqual([[0, 1, 2, 3].map(nameOf), []])
    expect(await partitions(table)).toEqual([...own, `${table}_default`])
    const sides = [`${table}_default`, nameOf(0), nameOf(0), nameOf(1), nameOf(1), nameOf(2)]
    expect(await places(table)).toEqual(Object.fromEntries(sides.map((place, name) => [name, place])))
    // What comes from now on is written there at once.
    for (const [name, at] of edges.entries()) await put(table, at, name + 10)
    const later = Object.entries(await places(table)).filter(([name]) => Number(name) >= 10)
    expect(later.map(([, place]) => place)).toEqual(sides)
  })

  test('are made once, also by several workers at once, while rows come in', async () => {
    const { keep, put, places } = await fresh()
    const coming = Promise.all(
      Array.from({ length: 200 }, (_, name) => put(table, new Date(Date.now() + (name % 8) * dayMs), name)),
    )
    const runs = await Promise.all(Array.from({ length: 4 }, () => keep(6)))
    await coming
    expect(
      runs
        .flatMap((run) => run.made)
        .filter((name) => name.startsWith(table))
        .toSorted(),
    ).toEqual([0, 1, 2, 3, 4, 5, 6].map(nameOf))
    const found = Object.values(await places(table))
    expect(found).toHaveLength(200)
    expect(found.filter((place) => place.endsWith('default'))).toHaveLength(25)
    expect(await keep(6)).toEqual({ made: [], dropped: [], removed: 0 })
  })

  test('are dropped whole when their time is over, and what is old in the default one goes too', async () => {
    const { keep, put, places, partitions, makeDay } = await fresh()
    const [old, edge] = [await makeDay(table, 91), await makeDay(table, 90)]
    await put(table, startOf(-91), 1)
    await put(table, new Date(startOf(-90).getTime() - 1), 2)
    await put(table, startOf(-90), 3)
    await put(table, startOf(-120), 4)
    await put(table, startOf(-89), 5)
    expect(await places(table)).toMatchObject({ 1: old, 2: old, 3: edge, 4: `${table}_default` })
    const { dropped, removed } = await keep()
    expect([dropped, removed]).toEqual([[old], 1])
    expect(await partitions(table)).not.toContain(old)
    expect(await places(table)).toEqual({ 3: edge, 5: `${table}_default` })
    expect(await keep()).toEqual({ made: [], dropped: [], removed: 0 })
  })

  test('stay as they are while somebody holds the table, and nobody waits for long behind the attempt', async () => {
    const { database, url, keep, put, partitions, makeDay } = await fresh()
    const old = await makeDay(table, 91)
    const backup = openDatabase({ url, poolSize: 1 })
    await backup.inTransaction(async (tx) => {
      await tx.query(rawStatement(`lock table ${table} in access share mode`))
      const kept = keep()
      await eventually(() =>
        database.query(sql`select mode from pg_locks where not granted and relation = ${table}::regclass`),
      ).toEqual([{ mode: 'AccessExclusiveLock' }])
      const from = performance.now()
      await put(table, startOf(0), 1)
      expect(performance.now() - from).toBeLessThan(3_000)
      expect(await kept).toMatchObject({ held: table, dropped: [] })
    })
    await backup.close()
    expect(await partitions(table)).toContain(old)
    expect(await keep()).toMatchObject({ held: undefined, dropped: [old] })
  })
})

test('more rows than go at once lie in the default partition, and go all the same', async () => {
  const { database, keep } = await fresh()
  await database.query(sql`
    insert into api_calls (called_at, id, dialect, method, path, status, duration_us, address)
    select now() - interval '100 days', n::text, 'test', 'GET', '/', 200, 1, '127.0.0.1' from generate_series(1, ${removedMost * 2 + 1}::integer) n`)
  expect((await keep()).removed).toBe(removedMost * 2 + 1)
  expect(await database.query(sql`select from api_calls`)).toEqual([])
})

test("the application's role keeps these tables and no other, drops no partition itself, and cannot ask to keep nothing", async () => {
  const { database } = await fresh()
  await expect(database.query(sql`select * from keep_partitions('orders', 90, 3)`)).rejects.toThrow(
    'no partitions to keep',
  )
  await expect(keepPartitions(database, { keepDays: 0, aheadDays: 1 })).rejects.toThrow('keep_days')
  for (const table of keptTables)
    await expect(database.query(rawStatement(`drop table ${table}_default`))).rejects.toMatchObject({
      code: '42501',
    })
})

test('a delivery that waits outlives the days of its tries: it is sent when its endpoint is active again, and kept as long after its end', async () => {
  const { database, keep, makeDay, partitions } = await fresh()
  const world = await createWebhookWorld(database)
  const { partnerId: owner } = await world.partner()
  const receiver = await startReceiver(() => 500)
  const issued = await world.endpoint(owner, receiver.url)
  const event = { partnerId: owner, id: idAt(startOf(-91)), type: 'order.completed', dialect: 'test' }
  const other = { ...event, id: idAt(startOf(-91)) }
  const days = [await makeDay('webhook_ended_deliveries', 91), await makeDay('webhook_attempts', 91)]
  for (const one of [event, other]) await database.inTransaction((tx) => recordEvent(tx, one))
  const trying = world.start({ writer: testWriter({ scheduleSeconds: [0, 0.05, 600, 600] }) })
  await eventually(() => world.deliveries(issued)).toMatchObject([{ tries: 2 }, { tries: 2 }])
  await trying.stop()
  const key = { partnerId: owner, endpointId: issued.endpoint.id }
  const paused = { ...key, state: 'paused', actor: 'test' } as const
  await database.inTransaction((tx) => updateEndpoint(tx, paused, testRules))
  await database.query(sql`
    with ended as (delete from webhook_deliveries where event_id = ${other.id} returning *)
    insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
    select partner_id, event_id, endpoint_id, 'failed', tries, tries_ever, fence, created_at, created_at from ended`)

  expect((await keep()).dropped).toEqual(days)
  expect((await world.deliveries(issued)).map((one) => [one.eventId, one.state])).toEqual([
    [event.id, 'waiting'],
  ])
  expect((await world.attempts(issued, event.id)).map((one) => one.number)).toEqual([1, 2])
  expect(await world.attempts(issued, other.id).catch(() => [])).toEqual([])
  expect(await partitions('webhook_attempts')).not.toContain(days[1])

  receiver.behave(() => 200)
  await database.query(sql`
    update webhook_endpoints set state = 'active', rests_until = null where id = ${issued.endpoint.id}`)
  await database.query(sql`update webhook_deliveries set due_at = now() where event_id = ${event.id}`)
  world.start()
  await eventually(() => world.deliveries(issued)).toMatchObject([{ state: 'delivered' }])
  for (let run = 0; run < 2; run += 1) expect((await keep()).removed).toBe(0)
  expect((await world.attempts(issued, event.id)).map((one) => one.number)).toEqual([1, 2, 3])

  await database.query(
    sql`update webhook_ended_deliveries set ended_at = now() - interval '92 days' where event_id = ${event.id}`,
  )
  expect((await keep()).removed).toBe(4)
  expect(await world.deliveries(issued)).toEqual([])
  expect(await database.query(sql`select from webhook_attempts where event_id = ${event.id}`)).toEqual([])
})

test('partitions are made and dropped under workers that deliver: every event arrives and stands in the log once', async () => {
  const { database, keep, makeDay } = await fresh()
  const world = await createWebhookWorld(database)
  const { partnerId: owner } = await world.partner()
  const receiver = await startReceiver()
  const issued = await world.endpoint(owner, receiver.url)
  world.start()
  world.start()
  const ids: EventId[] = []
  for (let round = 0; round < 6; round += 1) {
    for (const table of ['webhook_ended_deliveries', 'webhook_attempts'] as const)
      await makeDay(table, 91 + round)
    const [runs] = await Promise.all([
      Promise.all([keep(round), keep(round)]),
      ...Array.from({ length: 40 }, async () => void ids.push(await world.happen(owner))),
    ])
    expect(runs.flatMap((run) => run.dropped)).toHaveLength(2)
  }
  await eventually(() => world.deliveries(issued)).toHaveLength(ids.length)
  await eventually(async () =>
    (await world.deliveries(issued)).every((one) => one.state === 'delivered'),
  ).toBe(true)
  expect((await world.deliveries(issued)).map((one) => one.eventId).toSorted()).toEqual(ids.toSorted())
  const [count] = await database.query<{ attempts: bigint }>(
    sql`select count(distinct event_id) as attempts from webhook_attempts where partner_id = ${owner}`,
  )
  expect(count?.attempts).toBe(BigInt(ids.length))
})

test('events are told while nobody can write the log: making and dropping partitions holds up no order', async () => {
  const { database, url } = await fresh()
  const world = await createWebhookWorld(database)
  const { partnerId: owner } = await world.partner()
  const issued = await world.endpoint(owner, 'http://127.0.0.1:9/')
  const keeper = openDatabase({ url, poolSize: 1 })
  await keeper.inTransaction(async (tx) => {
    await tx.query(
      rawStatement('lock table webhook_ended_deliveries, webhook_attempts in access exclusive mode'),
    )
    await world.happen(owner)
  })
  await keeper.close()
  expect(await world.deliveries(issued)).toMatchObject([{ state: 'waiting' }])
})
