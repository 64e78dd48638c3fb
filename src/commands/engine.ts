import { claimEnvironment } from '../core/installation/claim-environment.ts'
import { openKeyRing } from '../core/keys/open-key-ring.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import { BadSetting, readMasterKey, readPreviousMasterKeys } from '../platform/config.ts'
import type { Config } from '../platform/config.ts'
import { chooseRole } from '../platform/database-home.ts'
import type { DatabaseHome } from '../platform/database-home.ts'
import { openDatabase } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'
import type { Log } from '../platform/log.ts'
import { findPooledTrouble } from '../platform/pooler.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { requireMigrated } from './database-setup.ts'

/** What server and worker both stand on. */
export type Engine = {
  readonly home: DatabaseHome
  readonly database: Database
  /** The same, for jobs: a statement over whole tables may take minutes there. */
  readonly patientDatabase: Database
  readonly keyRing: KeyRing
}

const patienceMs = 600_000
/** Statements of jobs at a time; the jobs share them. */
const patientConnections = 4

/** Opens a migrated database for this process. Throws BadSetting when it serves the other environment, or the master key is not its own. */
export async function openEngine(
  config: Config,
  home: DatabaseHome,
  log: Log,
  things: OpenThings,
): Promise<Engine> {
  const { url, directUrl, isPooled } = home
  const role = await chooseRole(home, config.databaseRole, log)
  const onError = (error: Error): void =>
    log.debug({ reason: error.message }, 'a connection to the database broke')
  const database = openDatabase({
    url,
    directUrl,
    isPooled,
    poolSize: config.databasePoolSize,
    role,
    onError,
  })
  things.add('database', () => database.close())
  const trouble =
    (isPooled ? await findPooledTrouble(database) : undefined) ?? (await requireMigrated(database))
  if (trouble !== undefined) throw new BadSetting(trouble)
  const patientDatabase = openDatabase({
    // A pooled session has one limit for all statements, and theirs is another.
    url: directUrl,
    poolSize: patientConnections,
    role,
    onError,
    statementTimeoutMs: patienceMs,
    applicationName: 'scrip jobs',
  })
  things.add('database of the jobs', () => patientDatabase.close())
  await claimEnvironment(database, config.environment)
  const keyRing = await openKeyRing(database, readMasterKey(config.dataDir), readPreviousMasterKeys())
  return { home, database, patientDatabase, keyRing }
}
