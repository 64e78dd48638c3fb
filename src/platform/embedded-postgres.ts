import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { archiveSettings } from './embedded-postgres/archive.ts'
import type { WalArchive } from './embedded-postgres/archive.ts'
import { findBinaries, prepareBinaries } from './embedded-postgres/binaries.ts'
import type { Binaries } from './embedded-postgres/binaries.ts'
import {
  checkVersion,
  createCluster,
  ensurePasswords,
  readPasswords,
  writeSettings,
} from './embedded-postgres/cluster.ts'
import type { Passwords } from './embedded-postgres/cluster.ts'
import { EmbeddedPostgresError, errorCode, messageOf } from './embedded-postgres/error.ts'
import { explain, isPortTaken, isStillOccupied } from './embedded-postgres/explain.ts'
import { LogFile } from './embedded-postgres/log-file.ts'
import { takeOwnership } from './embedded-postgres/owner-lock.ts'
import type { OwnerLock } from './embedded-postgres/owner-lock.ts'
import { choosePlace, findPlace, openDataDir } from './embedded-postgres/place.ts'
import type { Place } from './embedded-postgres/place.ts'
import {
  clearRecycledPid,
  findPostmaster,
  freePort,
  launchPostmaster,
  signalPostmaster,
  stopPostmaster,
  takesConnections,
} from './embedded-postgres/postmaster.ts'
import type { Postmaster } from './embedded-postgres/postmaster.ts'
import { isAlive } from './embedded-postgres/processes.ts'

export type EmbeddedPostgresOptions = {
  /** Everything of the database is kept below it, or pointed at from there; see `postgres.location` in it. */
  readonly dataDir: string
  /** PostgreSQL's own settings, over ours. A `port` given here is kept to; otherwise a free one is found and remembered. */
  readonly settings?: Record<string, string>
  /** Where its log is archived; by default as the data directory remembers. `off` ends it. */
  readonly archive?: WalArchive | 'off' | undefined
  /** Receives PostgreSQL's log and the launcher's own remarks, line by line. */
  readonly onLog?: (line: string) => void
  /** Told in a sentence of what an operator must mend, while the database goes on without it. */
  readonly onTrouble?: (sentence: string) => void
  /** Called once if PostgreSQL ends without having been asked to. */
  readonly onExit?: () => void
  /** Where root keeps the files if the user who runs PostgreSQL cannot enter `dataDir`; by default directories such as /var/lib/scrip. */
  readonly sharedHomes?: readonly string[]
}

/** A running database, which this process owns until it calls `stop`. */
export type EmbeddedPostgres = {
  /** As the role `scrip`, which owns the database `scrip` and may make databases and roles. */
  readonly url: string
  /** As the role `postgres`, which may do everything. */
  readonly superuserUrl: string
  readonly port: number
  readonly pid: number
  /** Ends open connections, rolls back what is open, writes everything and returns when PostgreSQL is gone. */
  stop(): Promise<void>
}

const heartbeatMs = 1_000
const launchAttemptsMax = 5
const occupiedMsMax = 20_000

/**
 * Starts the PostgreSQL that comes with Scrip on the files in `dataDir`, and makes those first if there are none. One that still
 * runs because its Scrip was killed is taken over. A second Scrip on the same directory is refused: whoever only wants to connect
 * asks `findRunningEmbeddedPostgres` first. Every refusal is an EmbeddedPostgresError, a sentence for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { archive, onLog = () => undefined, onTrouble = onLog } = options
  const { dataDir, lock } = takeDataDir(resolve(options.dataDir))
  const log = new LogFile(join(dataDir, 'postgres.log'))
  const readLog = () => log.newLines().forEach(onLog)
  const beat = setInterval(() => {
    // A disk that is full, or gone for a moment, is no reason to end the process whose database still runs.
    try {
      lock.touch()
      log.rotate()
      readLog()
    } catch (error) {
      onTrouble(`The log of the database cannot be looked after: ${messageOf(error)}`)
    }
  }, heartbeatMs)
  beat.unref()
  const release = () => {
    clearInterval(beat)
    readLog()
    lock.release()
  }
  try {
    log.rotate()
    const place = findPlace(dataDir, options.sharedHomes) ?? choosePlace(dataDir, onLog, options.sharedHomes)
    const binaries = prepareBinaries(findBinaries(), place.account, place.caches)
    const settings = { ...archiveSettings(place, archive, onTrouble), ...options.settings }
    const { postmaster, passwords } = await openCluster(place, binaries, settings, log, onLog)
    return own(postmaster, passwords, binaries, release, options.onExit)
  } catch (error) {
    release()
    throw readable(error)
  }
}

/**
 * Runs the recovery of files that were just put into `dataDir` under the given settings, however long it takes, and stops again. What
 * PostgreSQL says meanwhile goes to `onLog`. Throws EmbeddedPostgresError.
 */
export async function recoverEmbeddedPostgres(
  path: string,
  settings: Record<string, string>,
  onLog: (line: string) => void,
): Promise<void> {
  const { dataDir, lock } = takeDataDir(resolve(path))
  const log = new LogFile(join(dataDir, 'postgres.log'))
  const readLog = () => log.newLines().forEach(onLog)
  const beat = setInterval(() => {
    lock.touch()
    readLog()
  }, heartbeatMs)
  try {
    const place = findPlace(dataDir)
    if (place === undefined) throw new EmbeddedPostgresError(`There is no database in ${dataDir}.`)
    const binaries = prepareBinaries(findBinaries(), place.account, place.caches)
    writeSettings(place, binaries, settings)
    const { pid } = await launch(place, binaries, undefined, log, onLog, Number.POSITIVE_INFINITY)
    await stopPostmaster(pid, binaries)
  } catch (error) {
    throw readable(error)
  } finally {
    clearInterval(beat)
    readLog()
    lock.release()
  }
}

/**
 * The database of a data directory that runs already, for a command beside `scrip up`; undefined if none does.
 * Whoever finds one leaves it running.
 */
export async function findRunningEmbeddedPostgres(dataDir: string): Promise<{ url: string } | undefined> {
  if (!existsSync(dataDir)) return undefined
  try {
    const real = realpathSync(dataDir)
    const place = findPlace(real)
    const postmaster = place && findPostmaster(place.cluster)
    const passwords = postmaster && readPasswords(real)
    if (
      passwords === undefined ||
      postmaster?.status !== 'ready' ||
      !(await takesConnections(postmaster.port))
    )
      return undefined
    return { url: urlOf('scrip', passwords, postmaster.port) }
  } catch (error) {
    throw readable(error)
  }
}

function takeDataDir(path: string): { dataDir: string; lock: OwnerLock } {
  const dataDir = openDataDir(path)
  try {
    return { dataDir, lock: takeOwnership(join(dataDir, 'postgres.lock'), dataDir) }
  } catch (error) {
    throw readable(error)
  }
}

/** Makes the files if need be, and takes over the server that runs on them or starts one. */
async function openCluster(
  place: Place,
  binaries: Binaries,
  settings: Record<string, string>,
  log: LogFile,
  onLog: (line: string) => void,
): Promise<{ postmaster: Postmaster; passwords: Passwords }> {
  const { port: fixedPort, ...others } = settings
  const isNew = !existsSync(place.cluster)
  if (!isNew) checkVersion(place, binaries)
  const orphan = isNew ? undefined : findPostmaster(place.cluster)
  const known = readPasswords(place.dataDir)
  if (isNew) {
    onLog('Making a new database …')
    await createCluster(place, binaries, known ?? (await ensurePasswords(place, binaries)))
  }
  const isChanged = writeSettings(place, binaries, others)
  if (orphan !== undefined) {
    const fits =
      !isChanged && orphan.status === 'ready' && (fixedPort ?? String(orphan.port)) === String(orphan.port)
    if (fits && known !== undefined && (await takesConnections(orphan.port))) {
      onLog(`Taking over PostgreSQL (process ${orphan.pid}), which a former Scrip left running.`)
      return { postmaster: orphan, passwords: known }
    }
    onLog(`Stopping PostgreSQL (process ${orphan.pid}), which a former Scrip left running, to start it anew.`)
    await stopPostmaster(orphan.pid, binaries)
  }
  clearRecycledPid(place.cluster)
  const passwords = await ensurePasswords(place, binaries)
  return { postmaster: await launch(place, binaries, fixedPort, log, onLog), passwords }
}

/** Starts PostgreSQL, with another port if the one chosen is taken, and again if processes of a killed one are still ending. */
async function launch(
  place: Place,
  binaries: Binaries,
  fixedPort: string | undefined,
  log: LogFile,
  onLog: (line: string) => void,
  readyMsMax?: number,
): Promise<Postmaster> {
  const deadline = Date.now() + occupiedMsMax
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(place.dataDir, fixedPort, onLog)
    try {
      const postmaster = await launchPostmaster(place, binaries, port, log, readyMsMax)
      writeFileSync(portPath(place.dataDir), `${port}\n`, { mode: 0o600 })
      return postmaster
    } catch (error) {
      const isWorthwhile = isPortTaken(messageOf(error))
        ? attempt < launchAttemptsMax
        : isStillOccupied(messageOf(error)) && Date.now() < deadline
      if (!isWorthwhile) throw error
      onLog(`${messageOf(error)} Trying again.`)
      await sleep(250)
    }
  }
}

/** The port of last time, so that tools which were pointed at it still find it, unless another program has taken it. */
async function choosePort(
  dataDir: string,
  fixedPort: string | undefined,
  onLog: (line: string) => void,
): Promise<number> {
  const path = portPath(dataDir)
  const wanted = Number(fixedPort ?? (existsSync(path) ? readFileSync(path, 'utf8') : 0)) || 0
  const port = await freePort(wanted)
  if (port !== undefined) return port
  if (fixedPort !== undefined)
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot listen on port ${fixedPort} of 127.0.0.1: another program does, or the port is not allowed. Choose another.`,
    )
  const other = await freePort(0)
  if (other === undefined) throw new EmbeddedPostgresError('There is no free port on 127.0.0.1.')
  onLog(`Port ${wanted} is taken by another program; PostgreSQL listens on ${other} instead.`)
  return other
}

function portPath(dataDir: string): string {
  return join(dataDir, 'postgres.port')
}

/** Hands the running server to the caller and watches over it. */
function own(
  { pid, port }: Postmaster,
  passwords: Passwords,
  binaries: Binaries,
  release: () => void,
  onExit?: () => void,
): EmbeddedPostgres {
  let stopped: Promise<void> | undefined
  // For a process that ends without having called stop: the signal is sent, and the next start waits for the rest.
  const stopAtExit = () => {
    signalPostmaster(pid, 'INT', binaries)
    release()
  }
  const finish = () => {
    clearInterval(watch)
    process.off('exit', stopAtExit)
    release()
  }
  const watch = setInterval(() => {
    if (stopped !== undefined || isAlive(pid)) return
    finish()
    stopped = Promise.resolve()
    onExit?.()
  }, heartbeatMs)
  watch.unref()
  process.once('exit', stopAtExit)
  return {
    url: urlOf('scrip', passwords, port),
    superuserUrl: urlOf('postgres', passwords, port),
    port,
    pid,
    stop: () => (stopped ??= stopPostmaster(pid, binaries).finally(finish)),
  }
}

function urlOf(role: keyof Passwords, passwords: Passwords, port: number): string {
  return `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${role}`
}

/** A refused system call becomes a sentence as well; anything else is a bug and stays as it is. */
function readable(error: unknown): unknown {
  if (error instanceof EmbeddedPostgresError || errorCode(error) === undefined) return error
  const sentence = explain(messageOf(error), 'The embedded database could not be started')
  sentence.cause = error
  return sentence
}
