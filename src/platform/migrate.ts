import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sha256 } from './secrets.ts'
import { rawStatement, sql, sqlState } from './database.ts'
import type { Database, Db } from './database.ts'

type Migration = {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly hash: string
}

/** Where the numbered SQL files are. */
const migrationsDir = join(import.meta.dirname, '../../migrations')

/**
 * Applies what is missing, in order, each in a transaction of its own, forward only. Safe when processes start at once: one applies,
 * the others wait and find it done. Throws when an applied file was changed, or the database is newer than this program.
 *
 * @returns the names of the migrations applied now
 */
export async function migrate(database: Database, dir: string = migrationsDir): Promise<string[]> {
  const migrations = await readMigrations(dir)
  await prepare(database)
  const applied: string[] = []
  for (const migration of migrations) {
    if (await applyOnce(database, migration)) applied.push(migration.name)
  }
  await refuseNewerDatabase(database, migrations)
  return applied
}

/** The numbers of migrations that this program has and the database lacks. */
export async function pendingMigrations(db: Db, dir: string = migrationsDir): Promise<number[]> {
  const migrations = await readMigrations(dir)
  const [table] = await db.query<{ exists: boolean }>(
    sql`select to_regclass('schema_migrations') is not null as exists`,
  )
  const done =
    table?.exists === true
      ? await db.query<{ number: number }>(sql`select number from schema_migrations`)
      : []
  const numbers = new Set(done.map((row) => row.number))
  return migrations.map((migration) => migration.number).filter((number) => !numbers.has(number))
}

async function prepare(database: Database): Promise<void> {
  await database.inTransaction(async (tx) => {
    await lock(tx)
    await tx.query(sql`
      create table if not exists schema_migrations (
        number integer primary key, name text not null, hash text not null, applied_at timestamptz not null default now())`)
  })
}

/**
 * While a migration waits for a table that somebody reads for long (a dump, a report), all who want it after that wait behind it, orders too. So it
 * gives up soon and comes again.
 */
async function applyOnce(database: Database, migration: Migration): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryOnce(database, migration)
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable || attempt === attemptsMost) throw error
      await sleep(pauseMs)
    }
  }
}

async function tryOnce(database: Database, migration: Migration): Promise<boolean> {
  return database.inTransaction(async (tx) => {
    await lock(tx)
    const [done] = await tx.query<{ hash: string }>(
      sql`select hash from schema_migrations where number = ${migration.number}`,
    )
    if (done !== undefined) {
      if (done.hash !== migration.hash)
        throw new Error(`Migration ${migration.name} was changed after it had been applied.`)
      return false
    }
    await tx.query(sql`set local statement_timeout = 0`)
    await tx.query(sql`set local lock_timeout = '2s'`)
    await tx.query(rawStatement(migration.text))
    await tx.query(
      sql`insert into schema_migrations (number, name, hash) values (${migration.number}, ${migration.name}, ${migration.hash})`,
    )
    return true
  })
}

const lockNotAvailable = '55P03'
/** With the waits for locks some ten minutes. */
const attemptsMost = 200
const pauseMs = 1_000

/** How far a database is beyond this program; undefined: it is not. */
export async function newerMigration(db: Db, dir: string = migrationsDir): Promise<number | undefined> {
  return beyond(db, await readMigrations(dir))
}

async function beyond(db: Db, migrations: readonly Migration[]): Promise<number | undefined> {
  const newest = migrations.at(-1)?.number ?? 0
  const [row] = await db.query<{ newest: number | null }>(
    sql`select max(number) as newest from schema_migrations`,
  )
  return (row?.newest ?? 0) > newest ? (row?.newest ?? undefined) : undefined
}

async function refuseNewerDatabase(db: Db, migrations: readonly Migration[]): Promise<void> {
  const newer = await beyond(db, migrations)
  if (newer !== undefined)
    throw new Error(
      `The database is at migration ${newer}, which this program does not know: start the newer version of Scrip.`,
    )
}

/** One lock for all who migrate this database; transaction-scoped, so that a dead process leaves none behind. */
async function lock(db: Db): Promise<void> {
  await db.query(sql`set local lock_timeout = '5min'`)
  await db.query(sql`set local statement_timeout = '5min'`)
  await db.query(sql`select pg_advisory_xact_lock(7263019384)`)
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(dir, name), 'utf8')
      return { number: Number(name.slice(0, 4)), name, text, hash: sha256(text).toString('hex') }
    }),
  )
}
