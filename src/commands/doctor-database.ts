import { existsSync } from 'node:fs'
import { countOpen } from '../core/fulfilment/count-open.ts'
import { inspectInstallation, inspectServer } from '../core/installation/inspect-installation.ts'
import type { InstallationFacts, ServerFacts } from '../core/installation/inspect-installation.ts'
import { checkKeys } from '../core/keys/check-keys.ts'
import { trialBalance } from '../core/ledger/trial-balance.ts'
import { approvalsFinding } from './doctor-approvals.ts'
import { messagesFinding } from './doctor-messages.ts'
import { readMasterKey, readPreviousMasterKeys } from '../platform/config.ts'
import type { Config } from '../platform/config.ts'
import type { Database, Db } from '../platform/database.ts'
import { hasMasterKeySetting, masterKeyFile } from '../platform/key-files.ts'
import { readQueueFigures } from '../platform/queue.ts'
import { requireMigrated } from './database-setup.ts'
import { newerMigration } from '../platform/migrate.ts'
import { fail, ok, warn } from './finding.ts'
import type { Finding } from './finding.ts'
import { describeError } from './errors.ts'

/** What the server says, and whether it is set up; `db` is the login's own role. */
export async function databaseFindings(
  db: Db,
  config: Config,
): Promise<{ readonly findings: Finding[]; readonly isMigrated: boolean }> {
  const { version, durability, archiver, clockAheadMs } = await inspectServer(db)
  const missing = await requireMigrated(db)
  const newer = missing === undefined ? await newerMigration(db) : undefined
  const { fsync, synchronousCommit, fullPageWrites } = durability
  const isDurable = fsync === 'on' && synchronousCommit !== 'off' && fullPageWrites === 'on'
  const skew = `the database's clock is ${Math.abs(clockAheadMs)} ms ${clockAheadMs < 0 ? 'behind' : 'ahead'}`
  const findings = [
    version.number >= 150_000
      ? ok(
          'database',
          `PostgreSQL ${version.text}, ${config.databaseUrl === undefined ? 'embedded' : 'of DATABASE_URL'}`,
        )
      : fail('database', `PostgreSQL ${version.text}`, 'Scrip needs PostgreSQL 15 or newer.'),
    isDurable
      ? ok('durability', 'what is committed survives a crash')
      : fail(
          'durability',
          `fsync=${fsync}, synchronous_commit=${synchronousCommit}, full_page_writes=${fullPageWrites}`,
          'An order that was answered could be lost: set them to on.',
        ),
    archiveFinding(archiver),
    Math.abs(clockAheadMs) < 2_000
      ? ok('clock', skew)
      : warn(
          'clock',
          skew,
          'Let NTP set the clocks: signatures of clients are checked by the clock of this machine.',
        ),
    newer !== undefined
      ? fail(
          'migrations',
          `the database is at migration ${newer}, which this version does not know`,
          'Bring this machine to the newer version: its old processes run on only for the time of an upgrade.',
        )
      : missing === undefined
        ? ok('migrations', 'the database fits this version')
        : fail('migrations', missing.replace(/ Run .*$/, ''), 'Run "scrip migrate".'),
  ]
  return { findings, isMigrated: missing === undefined }
}

function archiveFinding({ isOn, isFailing, lastSecondsAgo }: ServerFacts['archiver']): Finding {
  if (!isOn)
    return ok('log archive', 'none: the newest backup is the latest moment to go back to (SCRIP_WAL_ARCHIVE)')
  if (isFailing)
    return fail(
      'log archive',
      'the last piece of the log could not be archived',
      "The log piles up beside the database: see that the archive is mounted, is this database's (archive.json in it), can be written to and has room; PostgreSQL's log says more.",
    )
  const ago =
    lastSecondsAgo === undefined ? 'nothing yet' : `the last piece ${Math.round(lastSecondsAgo)} s ago`
  return ok('log archive', ago)
}

/** What a migrated database says; `database` has taken on the application's role. */
export async function installationFindings(database: Database, config: Config): Promise<Finding[]> {
  const facts = await inspectInstallation(database)
  return [
    environmentFinding(facts, config),
    roleFinding(facts),
    facts.openTables.length === 0
      ? ok('journal', 'the application can add to it and cannot change it')
      : fail(
          'journal',
          `the application could ${facts.openTables.join(', ')}`,
          'Take these rights from its role: revoke update, delete, truncate on transfers, entries, audit_log.',
        ),
    await masterKeyFinding(database, config),
    facts.partitionsAheadDays >= 1
      ? ok('partitions', `they are there for ${facts.partitionsAheadDays} days ahead`)
      : warn(
          'partitions',
          'the API log or the log of webhooks lacks those of the next days',
          'A worker makes them: see that one runs.',
        ),
    await queueFinding(database),
    await messagesFinding(database, config),
    await approvalsFinding(database),
    await ledgerFinding(database),
    await suppliersFinding(database),
  ]
}

function environmentFinding({ environment }: InstallationFacts, config: Config): Finding {
  if (environment === undefined) return ok('environment', `${config.environment}, from its first start on`)
  if (environment === config.environment) return ok('environment', environment)
  return fail(
    'environment',
    `the database serves ${environment}, the settings say ${config.environment}`,
    `Set SCRIP_ENVIRONMENT=${environment}, or give ${config.environment} a database of its own.`,
  )
}

function roleFinding({ isSuperuser, role, login }: InstallationFacts): Finding {
  if (isSuperuser) {
    return fail(
      'role',
      `the application works as the superuser ${role}`,
      'Let a login without superuser rights own the database, so that it takes on the role scrip_app.',
    )
  }
  if (role !== login) return ok('role', `${login} takes on ${role}`)
  return warn(
    'role',
    `the application works as its login ${login}`,
    'Let an administrator run: create role scrip_app; grant scrip_app to the login; and then "scrip migrate" on a new database.',
  )
}

async function masterKeyFinding(database: Database, config: Config): Promise<Finding> {
  const name = 'master key'
  if (!hasMasterKeySetting() && !existsSync(masterKeyFile(config.dataDir))) {
    return warn(
      name,
      'there is none yet',
      'The first start makes one; for a restored database bring the one of its time.',
    )
  }
  try {
    const inUse = await checkKeys(database, {
      current: readMasterKey(config.dataDir),
      previous: readPreviousMasterKeys(),
    })
    if (inUse > 1)
      return warn(
        name,
        'data keys are under several master keys',
        'Run "scrip key rotate-master" to its end.',
      )
    return ok(name, inUse === 0 ? 'it is there; nothing is encrypted yet' : 'it opens what is encrypted')
  } catch (error) {
    return fail(
      name,
      describeError(error).message,
      'Bring the right key back: without it, codes and secrets cannot be read.',
    )
  }
}

async function queueFinding(database: Database): Promise<Finding> {
  const { waiting, running, failed, oldestSeconds } = await readQueueFigures(database)
  const detail = `${waiting} waiting, ${running} running, ${failed} failed for good`
  if (oldestSeconds > 300)
    return warn(
      'jobs',
      `${detail}; the oldest waits since ${Math.round(oldestSeconds / 60)} minutes`,
      'See that a worker runs: "scrip worker", or "scrip up".',
    )
  return failed > 0 ? warn('jobs', detail, "The workers' logs say why they failed.") : ok('jobs', detail)
}

async function ledgerFinding(database: Database): Promise<Finding> {
  const { balanced, totals } = await trialBalance(database)
  if (!balanced)
    return fail(
      'ledger',
      'a currency does not sum to zero',
      'Run "scrip ledger check" and stop selling until it is explained.',
    )
  return ok(
    'ledger',
    `${new Set(totals.map((total) => total.currency)).size} currencies, each sums to zero ("scrip ledger check" proves more)`,
  )
}

async function suppliersFinding(database: Database): Promise<Finding> {
  const { items, overdue, breaks } = await countOpen(database)
  const waiting = breaks.open + breaks.proposed
  const open = Object.values(items).reduce((sum, one) => sum + one.count, 0)
  const detail = `${open} orders to be filled, ${overdue} of them sent over 15 minutes ago, ${items.parked.count} parked; ${waiting} breaks`
  if (items.parked.count > 0 || waiting > 0)
    return warn(
      'suppliers',
      detail,
      'They wait for people: "scrip fulfilment list --state parked", "scrip breaks list".',
    )
  if (overdue > 0)
    return warn('suppliers', detail, 'See what their suppliers say: "scrip fulfilment list --older 15m".')
  return ok('suppliers', detail)
}
