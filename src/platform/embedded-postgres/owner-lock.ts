import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { EmbeddedPostgresError, errorCode } from './error.ts'
import { isAlive, startMark } from './processes.ts'

/** One process at a time starts and stops the database of a data directory; this says which. */
export type OwnerLock = {
  /** Shows that the owner lives to those who cannot see its process: another container, another host. To be called every few seconds. */
  touch(): void
  release(): void
}

type Owner = {
  readonly pid: number
  readonly startMark?: string | undefined
  readonly host: string
  readonly since: string
}

/** After so long without a touch, an owner on another host or in another container counts as gone. */
const unseenMsMax = 30_000

/** Takes the lock, also from an owner that is gone; refuses with a sentence that names an owner that lives. */
export function takeOwnership(path: string, dataDir: string): OwnerLock {
  const me: Owner = {
    pid: process.pid,
    startMark: startMark(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  }
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, JSON.stringify(me), { mode: 0o600 })
    for (let attempt = 0; attempt < 10; attempt++) {
      if (link(draft, path)) return lockAt(path, me)
      const owner = readOwner(path)
      if (owner !== undefined && isPresent(owner, path)) throw inUse(owner, dataDir)
      clearAway(path)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  throw new EmbeddedPostgresError(
    `The lock ${path} changes all the time. If no other Scrip uses ${dataDir}, remove it and start again.`,
  )
}

/** A link appears at once and complete, or not at all because the name is taken. */
function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Moves the lock of an owner that is gone out of the way; one that was taken anew in the meantime is put back. */
function clearAway(path: string): void {
  const aside = `${path}.${process.pid}.old`
  try {
    renameSync(path, aside)
    const owner = readOwner(aside)
    if (owner !== undefined && isPresent(owner, aside)) link(aside, path)
    rmSync(aside, { force: true })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

function isPresent(owner: Owner, path: string): boolean {
  if (owner.host !== hostname()) return Date.now() - statSync(path).mtimeMs < unseenMsMax
  return isAlive(owner.pid) && startMark(owner.pid) === owner.startMark
}

function readOwner(path: string): Owner | undefined {
  try {
    // Written by this file only, so the shape is known; a file cut short by a full disk does not parse.
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function lockAt(path: string, me: Owner): OwnerLock {
  const isMine = () => {
    const owner = readOwner(path)
    return owner?.pid === me.pid && owner.since === me.since
  }
  return {
    touch() {
      if (isMine()) utimesSync(path, new Date(), new Date())
    },
    release() {
      if (isMine()) rmSync(path, { force: true })
    },
  }
}

function inUse(owner: Owner, dataDir: string): EmbeddedPostgresError {
  const where = owner.host === hostname() ? '' : ` on ${owner.host}`
  return new EmbeddedPostgresError(
    `Another Scrip (process ${owner.pid}${where}, since ${owner.since}) runs the database in ${dataDir}. ` +
      'Stop that one first, or give this one a data directory of its own with SCRIP_DATA_DIR.',
  )
}
