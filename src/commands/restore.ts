import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { checkLedger } from '../core/ledger/check-ledger.ts'
import { BadSetting } from '../platform/config.ts'
import { openDatabaseHome } from '../platform/database-home.ts'
import { openDatabase, sql } from '../platform/database.ts'
import { readManifest } from '../platform/embedded-postgres/backup-files.ts'
import { checkArchive, restoreEmbeddedPostgres } from '../platform/embedded-postgres/restore.ts'
import type { ReplayPlan } from '../platform/embedded-postgres/restore.ts'
import { findPostgresTool, restoreDump } from '../platform/postgres-tools.ts'
import { replayArchive } from '../platform/replay-archive.ts'
import { command } from './command.ts'
import type { Result } from './command.ts'
import type { Context } from './context.ts'
import { BadUsage, argument, instant, option, text } from './params.ts'

export const restore = command({
  name: 'restore',
  summary: 'Restore a backup into an empty place, and prove the ledger there.',
  details: [
    'A folder of "scrip backup" is restored into a data directory that has no database yet (SCRIP_DATA_DIR names it). A file of pg_dump is restored into the empty database of DATABASE_URL by pg_restore, which must be on the PATH. Nothing that is there is ever overwritten.',
    'With --archive, the log that SCRIP_WAL_ARCHIVE has gathered since the backup follows it: up to its end, or with --until to how things were at a moment. A log with a gap in it is refused. The restored database goes on with a history of its own: give it another archive, and take a backup.',
    "The master key of the backup's time must be in the data directory (master.key) or in SCRIP_MASTER_KEY before Scrip is started, unless the backup brought it along.",
  ],
  examples: [
    'restore /backups/2027-01-31',
    'restore /backups/2027-01-31 --archive /archive --until 2027-02-03T14:05:00Z',
    'restore scrip.dump --json',
  ],
  params: {
    source: argument('<source>', 'the folder of a backup, or for DATABASE_URL a file', text),
    archive: option('--archive <folder>', 'an archive of the log (SCRIP_WAL_ARCHIVE) to follow it', text),
    until: option('--until <instant>', 'the moment to go back to; with --archive', instant),
  },
  async run(context, { source, archive, until }) {
    if (archive === undefined && until !== undefined)
      throw new BadUsage('--until needs the log behind the backup: name it with --archive.')
    const { databaseUrl, databaseDirectUrl } = context.config
    const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory()
    if (isFolder === undefined) throw new BadUsage(`There is no ${source}.`)
    if (databaseUrl === undefined && !isFolder)
      throw new BadUsage(`${source} is a file; set DATABASE_URL to the empty database that it belongs into.`)
    if (databaseUrl !== undefined && isFolder)
      throw new BadUsage(
        `${source} is the backup of an embedded database. It is restored into a data directory: unset DATABASE_URL.`,
      )
    if (databaseUrl !== undefined && archive !== undefined)
      throw new BadUsage(
        '--archive is for the embedded database. Your own server replays its log by its own restore_command.',
      )
    const plan = archive === undefined ? undefined : { archive: resolve(archive), until }
    return databaseUrl === undefined
      ? restoreFolder(context, source, plan)
      : restoreFile(context, databaseDirectUrl ?? databaseUrl, source)
  },
})

async function restoreFolder(
  context: Context,
  source: string,
  plan: ReplayPlan | undefined,
): Promise<Result> {
  const { config, log } = context
  const progress = context.progress('Restoring')
  try {
    const segments = plan === undefined ? [] : checkArchive(readManifest(source), plan)
    const manifest = await restoreEmbeddedPostgres({
      backup: source,
      dataDir: config.dataDir,
      archive: plan?.archive,
      onProgress: (done, total, doing) => progress.at(done, total, doing),
      onLog: (line) => log.debug({ postgres: line }, 'restoring'),
    })
    const replayedTo =
      plan === undefined
        ? undefined
        : await replayArchive({
            ...plan,
            segments,
            dataDir: config.dataDir,
            onSegment: (done) => progress.at(done, segments.length, 'replaying the log'),
          })
    progress.end('Restored')
    const replayed =
      replayedTo === undefined
        ? []
        : [
            `Replayed the archived log: the last transaction in it is of ${replayedTo.toISOString()}.`,
            'This database has a history of its own now: give it an empty archive with SCRIP_WAL_ARCHIVE, and take a backup.',
          ]
    const next = manifest.hasMasterKey
      ? 'The master key came with the backup.'
      : `Put the master key of that time into ${config.dataDir}/master.key or SCRIP_MASTER_KEY before you start Scrip.`
    const json = {
      dataDir: config.dataDir,
      backupFrom: manifest.startedAt,
      ...(plan && { until: plan.until, replayedTo, segments: segments.length }),
    }
    return await proven(context, json, [
      `Restored the backup of ${manifest.startedAt} into ${config.dataDir}.`,
      ...replayed,
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
        if not exists (select from pg_roles where rolname = 'scrip_app') then create role scrip_app nologin; end if;
        execute format('grant scrip_app to %I', current_user);
      exception when duplicate_object or unique_violation or insufficient_privilege then null;
      end $$`)
  } finally {
    await database.close()
  }
  const progress = context.progress('Restoring')
  try {
    await restoreDump(url, source)
    await grantToCome(url)
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

/** What this login will make, tables of later migrations, is for the application's role to use: the dump said so of its own login. */
async function grantToCome(url: string): Promise<void> {
  const database = openDatabase({ url, poolSize: 1 })
  try {
    await database.query(sql`
      do $$ begin
        execute format('grant usage on schema %I to scrip_app', current_schema());
        execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to scrip_app', current_schema());
        execute format('alter default privileges in schema %I grant usage, select on sequences to scrip_app', current_schema());
      exception when insufficient_privilege or undefined_object then null;
      end $$`)
  } finally {
    await database.close()
  }
}

/** Starts what was restored, as far as proving its ledger needs it. */
async function proven(
  context: Context,
  json: Readonly<Record<string, unknown>>,
  lines: readonly string[],
): Promise<Result> {
  // An archive that is set belongs to the database that was lost.
  const config = { ...context.config, walArchive: 'off' as const }
  const home = await openDatabaseHome(config, 'make', context.log)
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
