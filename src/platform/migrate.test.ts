import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { openDatabase, sql } from './database.ts'
import { migrate, newerMigration } from './migrate.ts'

test('a migration that meets a long reader lets everybody else go on, and is applied when the reader has ended', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'scrip-migrate-'))
  const database = openDatabase({ url: await createEmptyDatabase(), poolSize: 8 })
  await writeFile(join(dir, '0001-first.sql'), 'create table things (id integer);')
  expect(await migrate(database, dir)).toEqual(['0001-first.sql'])
  await writeFile(join(dir, '0002-second.sql'), 'alter table things add column name text;')
  const reading = Promise.withResolvers<void>()
  const reader = database.inTransaction(async (tx) => {
    await tx.query(sql`lock table things in access share mode`)
    reading.resolve()
    await tx.query(sql`select pg_sleep(7)`)
  })
  await reading.promise
  let isDone = false
  const migrating = migrate(database, dir).finally(() => (isDone = true))
  // A session gives up after five seconds of waiting for a lock.
  while (!isDone) {
    await database.query(sql`insert into things (id) values (1)`)
    await sleep(100)
  }
  expect(await migrating).toEqual(['0002-second.sql'])
  await reader
  expect(await newerMigration(database, dir)).toBeUndefined()
  await database.query(sql`insert into schema_migrations (number, name, hash) values (3, 'x', 'x')`)
  expect(await newerMigration(database, dir)).toBe(3)
  await expect(migrate(database, dir)).rejects.toThrow('start the newer version')
  await database.close()
  await rm(dir, { recursive: true })
}, 60_000)
