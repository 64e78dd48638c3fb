import { sql, textArray } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import { keptTables } from '../retention/kept-tables.ts'

export type Environment = 'sandbox' | 'live'

/** Fixes the environment if none is fixed yet; answers with the one in force. */
export async function fixEnvironment(db: Db, environment: Environment): Promise<Environment> {
  await db.query(
    sql`insert into installation (environment) values (${environment}) on conflict (id) do nothing`,
  )
  return (await findEnvironment(db)) ?? environment
}

/** Undefined: no process has started on this database yet. */
export async function findEnvironment(db: Db): Promise<Environment | undefined> {
  const [row] = await db.query<{ environment: Environment }>(sql`select environment from installation`)
  return row?.environment
}

/** The version as a number: 180004 is 18.4. */
export async function readServerVersion(db: Db): Promise<{ number: number; text: string }> {
  const [row] = await db.query<{ number: number; text: string }>(
    sql`select current_setting('server_version_num')::integer as number, current_setting('server_version') as text`,
  )
  return row ?? { number: 0, text: 'unknown' }
}

/** The database's clock in ms since 1970, halfway through the question. */
export async function readClockMs(db: Db): Promise<number> {
  const [row] = await db.query<{ ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms`,
  )
  return row?.ms ?? 0
}

export async function readRoles(db: Db): Promise<{ role: string; login: string; isSuperuser: boolean }> {
  const [row] = await db.query<{ role: string; login: string; isSuperuser: boolean }>(sql`
    select current_user as role, session_user as login, rolsuper as "isSuperuser" from pg_roles where rolname = current_user`)
  return row ?? { role: '', login: '', isSuperuser: false }
}

/** Statements by which nobody but the owner may change what is append-only; each is tried on no row at all. */
export async function tryJournalChange(
  db: Db,
  table: 'transfers' | 'entries' | 'audit_log',
  change: 'update' | 'delete',
): Promise<void> {
  await db.query(statements[table][change])
}

const statements = {
  transfers: {
    update: sql`update transfers set description = description where false`,
    delete: sql`delete from transfers where false`,
  },
  entries: {
    update: sql`update entries set amount = amount where false`,
    delete: sql`delete from entries where false`,
  },
  audit_log: {
    update: sql`update audit_log set details = details where false`,
    delete: sql`delete from audit_log where false`,
  },
}

/** Days from today (UTC) for which each table that goes by days has a partition, without a gap; -1 if not even for today. */
export async function countPartitionsAhead(db: Db): Promise<number> {
  const [row] = await db.query<{ days: number }>(sql`
    select coalesce(min(ahead), 31) - 1 as days
    from generate_series(0, 30) as ahead, unnest(${textArray(keptTables)}::text[]) as kept
    where to_regclass(kept || to_char((now() at time zone 'UTC')::date + ahead, '_YYYYMMDD')) is null`)
  return row?.days ?? -1
}

export type DurabilitySettings = {
  readonly fsync: string
  readonly synchronousCommit: string
  readonly fullPageWrites: string
}

/** How the server's archive of its log fares. */
export type ArchiverFacts = {
  readonly isOn: boolean
  /** The last try failed: its log piles up. */
  readonly isFailing: boolean
  /** Seconds since a piece was last archived; undefined: none was. */
  readonly lastSecondsAgo: number | undefined
}

/** What any login may see of the archiver. */
export async function readArchiver(db: Db): Promise<ArchiverFacts> {
  const [row] = await db.query<{ on: boolean; failing: boolean; ago: number | null }>(sql`
    select current_setting('archive_mode') <> 'off' as on,
           coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing,
           extract(epoch from now() - last_archived_time)::float8 as ago
    from pg_stat_archiver`)
  return {
    isOn: row?.on === true,
    isFailing: row?.failing === true,
    lastSecondsAgo: row?.ago ?? undefined,
  }
}

export async function readDurability(db: Db): Promise<DurabilitySettings> {
  const [row] = await db.query<DurabilitySettings>(sql`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as "synchronousCommit",
           current_setting('full_page_writes') as "fullPageWrites"`)
  return row ?? { fsync: '', synchronousCommit: '', fullPageWrites: '' }
}

/** Figures of the whole database. */
export type Measures = {
  readonly serverVersion: string
  readonly sizeBytes: bigint
  readonly connections: number
  readonly connectionsMost: number
  /** The name of the last migration. */
  readonly migration: string
  readonly oldestTransactionSeconds: number
}

export async function selectMeasures(db: Db): Promise<Measures> {
  const [row] = await db.query<Measures>(sql`
    select current_setting('server_version') as "serverVersion", pg_database_size(current_database()) as "sizeBytes",
           (select count(*)::integer from pg_stat_activity where datname = current_database()) as connections,
           current_setting('max_connections')::integer as "connectionsMost",
           (select name from schema_migrations order by name desc limit 1) as migration,
           (select coalesce(extract(epoch from max(now() - xact_start)), 0)::double precision from pg_stat_activity
            where datname = current_database()) as "oldestTransactionSeconds"`)
  if (row === undefined) throw new Error('PostgreSQL answered no row about itself.')
  return row
}
