import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from './config.ts'
import { isDatabaseDown, openDatabase, sql } from './database.ts'
import { findRunningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import type { EmbeddedPostgres } from './embedded-postgres.ts'
import type { Log } from './log.ts'

/** Where the database is, and the embedded one kept running if it is ours. */
export type DatabaseHome = {
  readonly url: string
  /** Without a transaction pooler in between. */
  readonly directUrl: string
  /** Whether a transaction pooler stands before `url`. */
  readonly isPooled: boolean
  /** Where the database comes from, for people. */
  readonly kind: 'configured' | 'embedded'
  /** Waits until the database answers, or until `stopping`. What waiting would not mend, such as a wrong password, throws. */
  untilReachable(stopping: AbortSignal): Promise<void>
  /** Stops the embedded database if this process started it. */
  close(): Promise<void>
}

/** There is no database to work on; the sentence says how to get one. */
export class NoDatabase extends Error {
  override readonly name = 'NoDatabase'
}

/**
 * Finds the database: that of DATABASE_URL, else the embedded one of the data directory. `embedded` says what to do with the latter:
 * `run` starts it, or takes an orphan over, and starts it again should it die; `make` joins a running one or starts it, made anew
 * if need be; `use` does so only if it was made before; `join` only connects to one that runs.
 *
 * Throws NoDatabase, EmbeddedPostgresError.
 */
export async function openDatabaseHome(
  config: Pick<Config, 'databaseUrl' | 'databaseDirectUrl' | 'dataDir'> & Partial<Pick<Config, 'walArchive'>>,
  embedded: 'run' | 'make' | 'use' | 'join',
  log: Log,
): Promise<DatabaseHome> {
  const { databaseUrl, databaseDirectUrl, dataDir, walArchive } = config
  if (databaseUrl !== undefined) {
    return elsewhere('configured', databaseUrl, databaseDirectUrl ?? databaseUrl, log)
  }
  if (embedded !== 'run') {
    const running = await findRunningEmbeddedPostgres(dataDir)
    if (running !== undefined) return elsewhere('embedded', running.url, running.url, log)
    if (embedded === 'join') {
      throw new NoDatabase(
        `No database runs in ${dataDir}. Set DATABASE_URL, or start the embedded database with "scrip up" and leave it running.`,
      )
    }
    if (embedded === 'use' && !existsSync(join(dataDir, 'postgres-passwords.json'))) {
      throw new NoDatabase(
        `There is no database in ${dataDir} yet. Make it with "scrip migrate" or "scrip up", or set DATABASE_URL.`,
      )
    }
  }
  return keepRunning(dataDir, walArchive, log)
}

/** A database that others keep running. */
function elsewhere(kind: DatabaseHome['kind'], url: string, directUrl: string, log: Log): DatabaseHome {
  return {
    url,
    directUrl,
    isPooled: url !== directUrl,
    kind,
    untilReachable: (stopping) => waitFor(directUrl, log, stopping),
    close: async () => undefined,
  }
}

/** Runs the embedded database, and starts it again on the same port if it ends without having been asked to. */
async function keepRunning(dataDir: string, archive: Config['walArchive'], log: Log): Promise<DatabaseHome> {
  let closed = false
  let restart: Promise<void> | undefined
  const onLog = (line: string): void => log.debug({ postgres: line }, 'the database says')
  const onTrouble = (reason: string): void => log.warn({ reason }, 'the database does not archive its log')
  const onExit = (): void => {
    if (closed) return
    log.error('the embedded database has ended; starting it again')
    restart = startAgain()
  }
  let current: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir, archive, onLog, onTrouble, onExit })
  const { url, port } = current

  async function startAgain(): Promise<void> {
    for (let attempt = 1; !closed; attempt += 1) {
      try {
        current = await startEmbeddedPostgres({
          dataDir,
          archive,
          settings: { port: String(port) },
          onLog,
          onTrouble,
          onExit,
        })
        log.info({ attempt }, 'the embedded database runs again')
        return
      } catch (error) {
        log.error({ attempt, reason: messageOf(error) }, 'the embedded database does not start')
        await sleep(Math.min(250 * 2 ** attempt, 5_000))
      }
    }
  }

  return {
    url,
    directUrl: url,
    isPooled: false,
    kind: 'embedded',
    untilReachable: (stopping) => waitFor(url, log, stopping),
    async close() {
      closed = true
      await restart
      await current.stop()
    },
  }
}

async function waitFor(url: string, log: Log, stopping: AbortSignal): Promise<void> {
  const database = openDatabase({ url, poolSize: 1 })
  try {
    for (let attempt = 1; !stopping.aborted; attempt += 1) {
      try {
        await database.query(sql`select 1 as one`)
        return
      } catch (error) {
        if (!isDatabaseDown(error)) throw error
        if (attempt % 20 === 1)
          log.warn({ reason: messageOf(error) }, 'the database does not answer; waiting for it')
        await sleep(250)
      }
    }
  } finally {
    await database.close()
  }
}

/**
 * The role that the application takes on: the one of the settings, or none (the login's own) where it cannot be taken on because
 * the login may not make roles, which is told once in the log.
 */
export async function chooseRole(home: DatabaseHome, role: string, log: Log): Promise<string> {
  if (role === '') return ''
  const database = openDatabase({ url: home.directUrl, poolSize: 1 })
  try {
    const [row] = await database.query<{ can: boolean }>(sql`
      select exists (select from pg_roles where rolname = ${role} and pg_has_role(current_user, oid, 'member')) as can`)
    if (row?.can === true) return role
  } finally {
    await database.close()
  }
  log.warn(
    { role },
    "this login cannot take on the application's role: the journal is guarded by the application only; scrip doctor says more",
  )
  return ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
