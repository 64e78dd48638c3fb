import { userInfo } from 'node:os'
import type { PayerConnector } from '../core/checkout/payer.ts'
import type { Connector } from '../core/fulfilment/supplier.ts'
import { requireEnvironment } from '../core/installation/claim-environment.ts'
import { openKeyRing } from '../core/keys/open-key-ring.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Job } from '../jobs/job.ts'
import { BadSetting, readConfig, readMasterKey, readPreviousMasterKeys } from '../platform/config.ts'
import type { Config } from '../platform/config.ts'
import { chooseRole, openDatabaseHome } from '../platform/database-home.ts'
import { openDatabase } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'
import type { HttpClient } from '../platform/http.ts'
import { openLog } from '../platform/log.ts'
import type { Log } from '../platform/log.ts'
import { openProgress } from '../platform/progress.ts'
import type { Progress } from '../platform/progress.ts'
import { collectOpenThings } from '../platform/shutdown.ts'
import { requireMigrated } from './database-setup.ts'

/** The lists that only a main knows. */
export type Parts = {
  readonly dialects: readonly Dialect[]
  readonly suppliers: readonly Connector<HttpClient>[]
  readonly payers: readonly PayerConnector<HttpClient>[]
  readonly jobs: readonly Job[]
}

/** The same thing said twice. */
export type Printable = {
  /** Printed by --json. bigints keep their digits, dates are ISO 8601, what is undefined is left out. */
  readonly json: unknown
  /** Printed otherwise, a line each. */
  readonly text: readonly string[]
}

/** What a command has at hand. Nothing is read, opened or connected before it is asked for; all of it is closed when the command ends. */
export type Context = Parts & {
  /** Throws BadSetting. */
  readonly config: Config
  /** For what is told beside the result. Commands that go on running open their own. */
  readonly log: Log
  readonly isJson: boolean
  readonly isVerbose: boolean
  /** Who acts, for the audit log: "cli:ada". */
  readonly actor: string
  /** The migrated database, the application's role in force; statements have no limit of time. Throws NoDatabase, BadSetting. */
  database(): Promise<Database>
  keyRing(): Promise<KeyRing>
  progress(title: string): Progress
  /** Prints what --json and people see; for commands that go on running. */
  print(result: Printable): void
  close(): Promise<void>
}

export type Modes = { readonly isJson: boolean; readonly isVerbose: boolean }

export function createContext(parts: Parts, modes: Modes, print: (result: Printable) => void): Context {
  const log = openLog(modes.isVerbose ? 'debug' : 'error')
  const things = collectOpenThings(log)
  let config: Config | undefined
  let database: Promise<Database> | undefined
  const context: Context = {
    ...parts,
    ...modes,
    log,
    print,
    actor: `cli:${userName()}`,
    get config() {
      return (config ??= readConfig())
    },
    database: () => (database ??= openContextDatabase(context.config, log, things.add)),
    keyRing: async () =>
      openKeyRing(await context.database(), readMasterKey(context.config.dataDir), readPreviousMasterKeys()),
    progress: (title) => openProgress(title, !modes.isJson),
    close: () => things.close(),
  }
  return context
}

async function openContextDatabase(
  config: Config,
  log: Log,
  add: (name: string, close: () => Promise<unknown>) => void,
): Promise<Database> {
  const home = await openDatabaseHome(config, 'use', log)
  add('embedded database', () => home.close())
  const role = await chooseRole(home, config.databaseRole, log)
  const onError = (error: Error): void => log.debug({ reason: error.message }, 'a connection broke')
  const options = {
    url: home.directUrl,
    poolSize: 4,
    role,
    applicationName: 'scrip command',
    statementTimeoutMs: 0,
    onError,
  }
  const database = openDatabase(options)
  add('database', () => database.close())
  const pending = await requireMigrated(database)
  if (pending !== undefined) throw new BadSetting(pending)
  // What a person may do alone in a sandbox must not be done to a live database by saying that it is one.
  await requireEnvironment(database, config.environment)
  return database
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}
