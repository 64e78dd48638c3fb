import { sqlState } from '../../platform/database.ts'
import type { Database, Db } from '../../platform/database.ts'
import {
  countPartitionsAhead,
  findEnvironment,
  readArchiver,
  readClockMs,
  readDurability,
  readRoles,
  readServerVersion,
  tryJournalChange,
} from './installation.sql.ts'
import type { ArchiverFacts, DurabilitySettings, Environment } from './installation.sql.ts'

export type ServerFacts = {
  /** 180004 is 18.4. */
  readonly version: { readonly number: number; readonly text: string }
  readonly durability: DurabilitySettings
  readonly archiver: ArchiverFacts
  /** How far the database's clock is ahead of this process's, give or take half the round trip. */
  readonly clockAheadMs: number
}

/** What any PostgreSQL can be asked, set up or not. */
export async function inspectServer(db: Db): Promise<ServerFacts> {
  const version = await readServerVersion(db)
  const durability = await readDurability(db)
  const archiver = await readArchiver(db)
  return { version, durability, archiver, clockAheadMs: await measureClockAhead(db) }
}

/** By how many milliseconds the database's clock is ahead of this process's, give or take half the round trip. */
export async function measureClockAhead(db: Db): Promise<number> {
  const before = Date.now()
  const clock = await readClockMs(db)
  return Math.round(clock - (before + Date.now()) / 2)
}

export type InstallationFacts = {
  /** Undefined: nothing has started on this database yet. */
  readonly environment: Environment | undefined
  readonly role: string
  readonly login: string
  readonly isSuperuser: boolean
  /** Changes of append-only tables that the application's role is free to make; none is as it should be. */
  readonly openTables: readonly string[]
  /** Days from today for which the API log and the log of webhooks have their partitions; -1: not even for today. */
  readonly partitionsAheadDays: number
}

/** What a migrated database says of itself. Whether the journal can be changed is tried, on no row, and rolled back. */
export async function inspectInstallation(database: Database): Promise<InstallationFacts> {
  const openTables: string[] = []
  for (const table of ['transfers', 'entries', 'audit_log'] as const) {
    for (const change of ['update', 'delete'] as const) {
      if (await isAllowed(database, table, change)) openTables.push(`${change} ${table}`)
    }
  }
  return {
    environment: await findEnvironment(database),
    ...(await readRoles(database)),
    openTables,
    partitionsAheadDays: await countPartitionsAhead(database),
  }
}

async function isAllowed(
  database: Database,
  table: Parameters<typeof tryJournalChange>[1],
  change: 'update' | 'delete',
): Promise<boolean> {
  try {
    await database.inTransaction(async (tx) => {
      await tryJournalChange(tx, table, change)
      throw new RollBack()
    })
    return false
  } catch (error) {
    if (error instanceof RollBack) return true
    if (sqlState(error) === permissionDenied) return false
    throw error
  }
}

class RollBack extends Error {
  override readonly name = 'RollBack'
}

const permissionDenied = '42501'
