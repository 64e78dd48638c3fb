import { statSync } from 'node:fs'
import { checkLedger } from '../core/ledger/check-ledger.ts'
import { BadSetting } from '../platform/config.ts'
import { openDatabaseHome } from '../platform/database-home.ts'
import { openDatabase, sql } from '../platform/database.ts'
import { restoreEmbeddedPostgres } from '../platform/embedded-postgres/restore.ts'
import { findPostgresTool, restoreDump } from '../platform/postgres-tools.ts'
import { command } from './command.ts'
import type { Result } from './command.ts'
import type { Context } from './context.ts'
import { BadUsage, argument, text } from './params.ts'

export const restore = command({
  name: 'restore',
  summary: 'Restore a backup into an empty place, and prove the ledger there.',
  details: [
    'A folder of "scrip backup" is restored into a data directory that has no database yet (SCRIP_DATA_DIR names it). A file of pg_dump is restored into the empty database of DATABASE_URL by pg_restore, which must be on the PATH. Nothing that is there is ever overwritten.',
    "The master key of the backup's time must be in the data directory (master.key) or in SCRIP_MASTER_KEY before Scrip is started, unless the backup brought it along.",
  ],
  examples: ['restore /backups/2027-01-31', 'restore scrip.dump --json'],
  params: { source: argument('<source>', 'the folder of a backup, or for DATABASE_URL a file', text) },
  async run(context, { source }) {
    const { databaseUrl, databaseDirectUrl } = context.config
    const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory()
    if (isFolder === undefined) throw new BadUsage(`There is no ${source}.`)
    if (databaseUrl === undefined && !isFolder)
      throw new BadUsage(`${source} is a file; set DATABASE_URL to the empty database that it belongs into.`)
    if (databaseUrl !== undefined && isFolder)
      throw new BadUsage(
        `${source} is the backup of an embedded database. It is restored into a data directory: unset DATABASE_URL.`,
      )
    return databaseUrl === undefined
      ? restoreFolder(context, source)
      : restoreFile(context, databaseDirectUrl ?? databaseUrl, source)
  },
})

async function restoreFolder(context: Context, source: string): Promise<Result> {
  const { config, log } = context
  const progress = context.progress('Restoring')
  try {
    const manifest = await restoreEmbeddedPostgres({
      backup: source,
      dataDir: config.dataDir,
      onProgress: (done, total, doing) => progress.at(done, total, doing),
      onLog: (line) => log.debug({ postgres: line }, 'restoring'),
    })
    progress.end('Restored')
    const next = manifest.hasMasterKey
      ? 'The master key came with the backup.'
      : `Put the master key of that time into ${config.dataDir}/master.key or SCRIP_MASTER_KEY before you start Scrip.`
    return await proven(context, { dataDir: config.dataDir, backupFrom: manifest.startedAt }, [
      `Restored the backup of ${manifest.startedAt} into ${config.dataDir}.`,
      next,
    ])
  } catch (error) {
    progress.fail()
    throw error
  }
}

async function restoreFile(context: Context, url: string, source: string): Promise<Result> {
  if (findPostgresTool('pg_restore') === undefined) {
    throw new BadSetting(
      'pg_restore is not on the PATH. Install the client programs of PostgreSQL, not older than the server, and run this again.',
    )
  }
  const database = openDatabase({ url, poolSize: 1, statementTimeoutMs: 0 })
  try {
    const [row] = await database.query<{ tables: bigint }>(
      sql`select count(*) as tables from information_schema.tables where table_schema = current_schema()`,
    )
    if (row !== undefined && row.tables > 0n)
      throw new BadSetting(
        'The database of DATABASE_URL is not empty. Make a new one, and restore into that.',
      )
    // A dump holds rights but no roles.
    await database.query(sql`
      do $$ begin
        create role scrip_app nologin;
        execute format('grant scrip_app to %I', current_user);
      exception when duplicate_object or unique_violation or insufficient_privilege then null;
      end $$`)
  } finally {
    await database.close()
  }
  const progress = context.progress('Restoring')
  try {
    await restoreDump(url, source)
    progress.end('Restored')
  } catch (error) {
    progress.fail()
    throw error
  }
  return proven(context, { file: source }, [
    `Restored ${source}.`,
    'Put the master key of that time into master.key of the data directory or SCRIP_MASTER_KEY before you start Scrip.',
  ])
}

/** Starts what was restored, as far as proving its ledger needs it. */
async function proven(
  context: Context,
  json: Readonly<Record<string, unknown>>,
  lines: readonly string[],
): Promise<Result> {
  const home = await openDatabaseHome(context.config, 'make', context.log)
  const database = openDatabase({ url: home.directUrl, poolSize: 2, statementTimeoutMs: 0 })
  try {
    const { ok, checks } = await checkLedger(database)
    const failed = checks.filter((check) => !check.ok)
    const verdict = ok
      ? `The ledger holds: all ${checks.length} proofs.`
      : `THE LEDGER DOES NOT HOLD: ${failed.map((check) => check.name).join(', ')}.`
    return { json: { ...json, ledgerOk: ok, failedChecks: failed }, text: [...lines, verdict], ok }
  } finally {
    await database.close()
    await home.close()
  }
}
