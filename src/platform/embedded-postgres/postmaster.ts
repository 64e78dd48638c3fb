import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join, normalize } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnAs } from './account.ts'
import { program } from './binaries.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError, errorCode } from './error.ts'
import { explain } from './explain.ts'
import type { LogFile } from './log-file.ts'
import type { Place } from './place.ts'
import { commandOf, isAlive } from './processes.ts'

/** The main process of PostgreSQL, as its postmaster.pid describes it. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly status: string }

const pollMs = 10
/** Recovery after a crash replays up to max_wal_size of log, which takes long on a slow disk. */
const usualReadyMsMax = 10 * 60_000
const stopMsMax = 60_000
const connectMsMax = 2_000

/** Starts PostgreSQL and answers when it takes connections. A start that fails ends in a sentence that says why. */
export async function launchPostmaster(
  place: Place,
  binaries: Binaries,
  port: number,
  log: LogFile,
  readyMsMax = usualReadyMsMax,
): Promise<Postmaster> {
  const mark = log.size()
  const output = openSync(log.path, 'a', 0o600)
  // Detached, in a group of its own: Ctrl-C in the terminal is for Scrip, which finishes its work before it stops the database.
  const child = spawn(program(binaries, 'postgres'), ['-D', place.cluster, '-p', String(port)], {
    ...spawnAs(place.account),
    stdio: ['ignore', output, output],
    detached: true,
    windowsHide: true,
  })
  closeSync(output)
  let failure: Error | undefined
  let hasEnded = false
  child.once('error', (error) => (failure = error))
  child.once('exit', () => (hasEnded = true))
  child.unref()
  const deadline = Date.now() + readyMsMax
  while (Date.now() < deadline) {
    if (failure !== undefined)
      throw new EmbeddedPostgresError(`PostgreSQL cannot be started: ${failure.message}`)
    if (hasEnded) throw explain(log.textSince(mark), 'PostgreSQL did not start')
    const found = readPidFile(place.cluster)
    if (found?.pid === child.pid && found?.status === 'ready' && (await takesConnections(port))) return found
    await sleep(pollMs)
  }
  if (child.pid !== undefined) await stopPostmaster(child.pid, binaries)
  throw new EmbeddedPostgresError(
    `PostgreSQL was not ready after ${readyMsMax / 60_000} minutes; ${log.path} says what it did.`,
  )
}

/**
 * The process that runs this database now, be it ours or left over from a Scrip that was killed. A postmaster.pid whose number
 * now belongs to some other program, or to none, does not count.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const found = readPidFile(cluster)
  return found !== undefined && isPostmasterOf(found.pid, cluster) ? found : undefined
}

function isPostmasterOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false
  const command = commandOf(pid)
  // Where the system does not tell commands, PostgreSQL's own check of the file decides.
  if (command === undefined) return true
  return /\bpostgres(\.exe)?"? /.test(command) && command.includes(` ${cluster} `)
}

/**
 * Removes a postmaster.pid whose number now belongs to some other program. PostgreSQL would take that one for itself and refuse
 * to start; it clears away the file of a process that is gone without help.
 */
export function clearRecycledPid(cluster: string): void {
  const found = readPidFile(cluster)
  if (found !== undefined && isAlive(found.pid) && !isPostmasterOf(found.pid, cluster))
    rmSync(join(cluster, 'postmaster.pid'))
}

/**
 * Stops PostgreSQL the fast way: no new connections, open transactions rolled back, everything written. Whoever does not stop
 * in time is told to stop at once, which costs a recovery at the next start and loses nothing.
 */
export async function stopPostmaster(pid: number, binaries: Binaries): Promise<void> {
  signalPostmaster(pid, 'INT', binaries)
  if (await isGone(pid, stopMsMax)) return
  signalPostmaster(pid, 'QUIT', binaries)
  if (await isGone(pid, stopMsMax)) return
  throw new EmbeddedPostgresError(`PostgreSQL (process ${pid}) does not stop.`)
}

/** Windows has no signals; PostgreSQL has its own there, which pg_ctl sends. */
export function signalPostmaster(pid: number, signal: 'INT' | 'QUIT', binaries: Binaries): void {
  if (process.platform === 'win32') {
    spawnSync(program(binaries, 'pg_ctl'), ['kill', signal, String(pid)], { windowsHide: true })
    return
  }
  try {
    process.kill(pid, `SIG${signal}`)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(pollMs)) {
    if (!isAlive(pid)) return true
  }
  return false
}

/** The lines of postmaster.pid are: process, data directory, start, port, socket directory, address, shared memory, status. */
function readPidFile(cluster: string): Postmaster | undefined {
  let lines
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const [pid, directory = '', , port, , , , status = ''] = lines
  // A copied data directory brings the file of its original along.
  if (!Number(pid) || normalize(directory) !== normalize(cluster)) return undefined
  return { pid: Number(pid), port: Number(port), status: status.trim() }
}

/** Whether something listens on the port. */
export async function takesConnections(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: connectMsMax })
    const answer = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => answer(true))
    socket.once('timeout', () => answer(false))
    socket.once('error', () => answer(false))
  })
}

/** The port if it is free, else undefined; 0 stands for any. */
export async function freePort(port: number): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined))
    })
  })
}
