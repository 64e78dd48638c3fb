import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { eventually } from '../../../test/eventually.ts'
import { createWebhookWorld } from '../../../test/webhook-world.ts'
import { openDatabase, rawStatement, sql } from '../../platform/database.ts'
import { migrate } from '../../platform/migrate.ts'
import { keepPartitions } from './keep-partitions.ts'

/** A database at a migration, without those behind it. */
async function databaseAt(number: number) {
  const { database, url } = await createTestDatabase('template0')
  const owner = openDatabase({ url, poolSize: 1, statementTimeoutMs: 0 })
  const dir = await mkdtemp(join(tmpdir(), 'scrip-migrations-'))
  const all = join(import.meta.dirname, '../../../migrations')
  for (const name of await readdir(all))
    if (Number(name.slice(0, 4)) <= number) await cp(join(all, name), join(dir, name))
  await migrate(owner, dir)
  await rm(dir, { recursive: true })
  return { database, owner }
}

/** Deliveries of four events, from the oldest to one of a clock that goes ahead: they wait, have failed, have arrived; each was tried. */
const former = `
  insert into webhook_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, due_at, claimed_until, fence, created_at, ended_at)
  select '018f0000-0000-7000-8000-00000000000a',
         (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000' || lpad(n::text, 12, '0'))::uuid,
         ('018f0000-0000-7000-8000-00000000000' || e.endpoint)::uuid, e.state, n, n + 1,
         case when e.state = 'waiting' then at end, case when e.state = 'waiting' then at end, n + 2, at,
         case when e.state <> 'waiting' then at + interval '1 minute' end
  from (values (1, now() - interval '200 days'), (2, now() - interval '3 days'), (3, now()), (4, now() + interval '40 days')) as k (n, at),
       (values ('1', 'waiting'), ('2', 'failed'), ('3', 'delivered')) as e (endpoint, state);
  insert into webhook_attempts (partner_id, event_id, endpoint_id, number, attempted_at, duration_us, status, error, response)
  select partner_id, event_id, endpoint_id, tries, created_at, 7, 500, 'an error', 'a response' from webhook_deliveries`

test('the log of webhooks of before is there after the migration as it was, what waits waits, and its days go as one', async () => {
  const { database, owner } = await databaseAt(33)
  await owner.query(rawStatement(former))
  const rows = (table: string) =>
    database.query(
      rawStatement(`
        select partner_id, event_id, endpoint_id, state, tries, tries_ever, due_at, created_at, ended_at from ${table} order by event_id, endpoint_id`),
    )
  const attempts = () => database.query(sql`select * from webhook_attempts order by event_id, endpoint_id`)
  const held = () =>
    database.query(sql`
      select event_id, endpoint_id, fence, claimed_until from webhook_deliveries where state = 'waiting' order by event_id`)
  const before = {
    deliveries: await rows('webhook_deliveries'),
    attempts: await attempts(),
    held: await held(),
  }
  expect([before.deliveries.length, before.attempts.length, before.held.length]).toEqual([12, 12, 4])

  const applied = await migrate(owner)
  expect(applied[0]).toBe('0034-kept-by-partitions.sql')
  expect(await rows('all_webhook_deliveries')).toEqual(before.deliveries)
  expect(await attempts()).toEqual(before.attempts)
  expect(await held()).toEqual(before.held)
  expect(await database.query(sql`select from webhook_deliveries`)).toHaveLength(4)
  const fences = await database.query<{ fits: boolean }>(
    sql`select bool_and(fence = tries + 2) as fits from webhook_ended_deliveries`,
  )
  expect(fences).toEqual([{ fits: true }])
  const places = () =>
    database.query<{ place: string; count: bigint }>(sql`
      select tableoid::regclass::text as place, count(*) from webhook_ended_deliveries group by 1
      union all select tableoid::regclass::text, count(*) from webhook_attempts group by 1 order by 1`)
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  expect(await places()).toEqual([
    { place: `webhook_attempts_${today}`, count: 9n },
    { place: 'webhook_attempts_default', count: 3n },
    { place: `webhook_ended_deliveries_${today}`, count: 6n },
    { place: 'webhook_ended_deliveries_default', count: 2n },
  ])

  // The days of the former log are one, which is over when the day of the migration is.
  const { made } = await keepPartitions(database, { keepDays: 90, aheadDays: 1 })
  expect(made.filter((name) => name.startsWith('webhook')).length).toBe(2)
  expect(await places()).toHaveLength(4)
  await age(owner, 'webhook_ended_deliveries', today)
  await age(owner, 'webhook_attempts', today)
  const { dropped } = await keepPartitions(database, { keepDays: 90, aheadDays: 1 })
  expect(dropped).toEqual(['webhook_ended_deliveries_20200101', 'webhook_attempts_20200101'])
  // Of the tries those of the old event that waits are left. (A day that is really over holds nothing as young as the others.)
  expect(await held()).toEqual(before.held)
  expect((await places()).map(({ place, count }) => [place, count])).toEqual([
    ['webhook_attempts_default', 3n + 1n],
    ['webhook_ended_deliveries_default', 2n],
  ])
  await owner.close()
})

/** Gives a partition the name of a day that is long over. */
async function age(owner: Awaited<ReturnType<typeof databaseAt>>['owner'], table: string, day: string) {
  await owner.query(rawStatement(`alter table ${table}_${day} rename to ${table}_20200101`))
}

test('an installation that has sent no webhook gets no partition for what there was before', async () => {
  const { database, owner } = await databaseAt(33)
  await migrate(owner)
  const partitions = await database.query<{ name: string }>(sql`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent in ('webhook_ended_deliveries'::regclass, 'webhook_attempts'::regclass) order by 1`)
  expect(partitions.map(({ name }) => name)).toEqual([
    'webhook_attempts_default',
    'webhook_ended_deliveries_default',
  ])
  await owner.close()
})

test('events that happen while the migration runs are told, each once', async () => {
  const { database, owner } = await databaseAt(33)
  const world = await createWebhookWorld(database)
  const { partnerId } = await world.partner()
  const { endpoint } = await world.endpoint(partnerId, 'http://127.0.0.1:9/')
  const ids: string[] = []
  let isMigrated = false
  const happening = Array.from({ length: 4 }, async () => {
    while (!isMigrated) ids.push(await world.happen(partnerId))
    ids.push(await world.happen(partnerId))
  })
  await eventually(() => ids.length).toBeGreaterThan(20)
  await migrate(owner)
  isMigrated = true
  await Promise.all(happening)
  const rows = await world.deliveries({ endpoint })
  expect(rows.map((row) => row.eventId).toSorted()).toEqual(ids.toSorted())
  expect(await database.query(sql`select from webhook_deliveries`)).toHaveLength(ids.length)
  await owner.close()
})
