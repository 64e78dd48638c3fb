import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { canEnter, findAccount, isRoot, nameOf, ownerOf } from './account.ts'
import type { Account } from './account.ts'
import { EmbeddedPostgresError, errorCode, messageOf, useOwnServer } from './error.ts'

/** Where the database of a data directory lives, and who runs it. */
export type Place = {
  /** What the operator named: passwords, lock, log and the remembered port are here. */
  readonly dataDir: string
  /** PostgreSQL's own directory, 0700. */
  readonly cluster: string
  /** Whom PostgreSQL runs as; undefined means ourselves. */
  readonly account: Account | undefined
  /** Where a copy of the binaries may be put, best first. */
  readonly caches: readonly string[]
}

/**
 * Where root keeps what another user must reach although the data directory is closed to it. Not below /tmp or /var/tmp:
 * those are cleaned up by age.
 */
const sharedHomes: readonly string[] = ['/var/lib/scrip', '/srv/scrip', '/opt/scrip']

/** The data directory as PostgreSQL will see it, made if need be. Others may pass through it but not list it. */
export function openDataDir(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 })
    const real = realpathSync(dataDir)
    // Tried by writing: a read-only mount is not told by the mode, nor is root held back by it.
    writeFileSync(join(real, 'postgres.log'), '', { flag: 'a', mode: 0o600 })
    return real
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data directory ${dataDir} cannot be written to (${errorCode(error) ?? messageOf(error)}). Name another with SCRIP_DATA_DIR.`,
      { cause: error },
    )
  }
}

/** The place of an existing database; undefined if there is none yet. */
export function findPlace(dataDir: string, homes: readonly string[] = sharedHomes): Place | undefined {
  const pointer = readPointer(dataDir)
  const base = pointer ?? dataDir
  const cluster = join(base, 'postgres')
  if (existsSync(cluster)) {
    return { dataDir, cluster, account: accountOf(cluster), caches: [base, ...homes] }
  }
  if (pointer === undefined) return undefined
  if (existsSync(pointer))
    return { dataDir, cluster, account: isRoot() ? requireAccount() : undefined, caches: [base, ...homes] }
  throw new EmbeddedPostgresError(
    `The database of ${dataDir} should be in ${pointer}, as postgres.location says, but that directory is gone. ` +
      'Bring it back; or, to start with an empty database, remove postgres.location.',
  )
}

/** A place for a new database: in the data directory, unless we are root and the user who runs PostgreSQL cannot get there. */
export function choosePlace(
  dataDir: string,
  onLog: (line: string) => void,
  homes: readonly string[] = sharedHomes,
): Place {
  if (!isRoot()) return { dataDir, cluster: join(dataDir, 'postgres'), account: undefined, caches: [dataDir] }
  const account = requireAccount()
  const base = letThrough(dataDir, account) ? dataDir : makeBaseElsewhere(dataDir, account, homes)
  const where = base === dataDir ? '' : `, which ${account.name} could not enter below ${dataDir}`
  onLog(
    `PostgreSQL does not run as root: it runs as ${account.name}, and its files are in ${join(base, 'postgres')}${where}.`,
  )
  return { dataDir, cluster: join(base, 'postgres'), account, caches: [base, ...homes] }
}

/** The account can enter the data directory, or could after the one change of mode that is ours to make: on the directory itself. */
function letThrough(dataDir: string, account: Account): boolean {
  if (canEnter(account, dataDir)) return true
  const { uid, mode } = statSync(dataDir)
  if (uid !== 0 || !canEnter(account, dirname(dataDir))) return false
  // Passing through shows nobody what is inside, and each file that holds a secret is closed by its own mode.
  chmodSync(dataDir, (mode & 0o7777) | 0o011)
  return canEnter(account, dataDir)
}

function makeBaseElsewhere(dataDir: string, account: Account, homes: readonly string[]): string {
  for (const home of homes) {
    try {
      mkdirSync(home, { recursive: true, mode: 0o755 })
      if (!canEnter(account, home)) continue
      // A name of its own each time: if the data directory is removed and made anew, it must not come upon its former database.
      const base = mkdtempSync(join(home, 'data-'))
      chmodSync(base, 0o711)
      writeFileSync(join(base, 'belongs-to'), `${dataDir}\n`, { mode: 0o600 })
      writeFileSync(pointerPath(dataDir), `${base}\n`, { mode: 0o600, flush: true })
      return base
    } catch {
      // A home that cannot be written to is passed over; the sentence below names them all.
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the user ${account.name} can enter neither ${dataDir} nor any of ${homes.join(', ')}. ` +
      `Start Scrip as another user, or name a directory that others can enter with SCRIP_DATA_DIR. Otherwise: ${useOwnServer}`,
  )
}

function pointerPath(dataDir: string): string {
  return join(dataDir, 'postgres.location')
}

function readPointer(dataDir: string): string | undefined {
  const path = pointerPath(dataDir)
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/** Who runs an existing database: always its owner, so that no file changes hands. */
function accountOf(cluster: string): Account | undefined {
  const owner = ownerOf(cluster)
  if (!isRoot()) {
    if (owner?.uid === process.getuid?.() || process.platform === 'win32') return undefined
    throw new EmbeddedPostgresError(
      `The database in ${cluster} belongs to the user ${owner?.name ?? nameOf(0)}, and Scrip runs as ${nameOf(process.getuid?.() ?? -1)}. ` +
        'Start Scrip as the user who started it first (as root, if that was root).',
    )
  }
  const account = owner ?? adoptFromRoot(cluster)
  if (canEnter(account, cluster)) return account
  throw new EmbeddedPostgresError(
    `PostgreSQL runs as the user ${account.name}, who cannot enter ${cluster} any more. ` +
      'Let others pass through each directory above it (chmod o+x), as it was when the database was made.',
  )
}

/** A backup that root restored by copying belongs to root, by whom PostgreSQL does not run. */
function adoptFromRoot(cluster: string): Account {
  const account = requireAccount()
  giveTo(account, cluster)
  return account
}

/** Gives one of our own directories, with what is in it, to the account. */
export function giveTo(account: Account | undefined, path: string): void {
  if (account === undefined) return
  lchownSync(path, account.uid, account.gid)
  if (!statSync(path).isDirectory()) return
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) giveTo(account, join(path, entry.name))
    else lchownSync(join(path, entry.name), account.uid, account.gid)
  }
}

function requireAccount(): Account {
  const account = findAccount()
  if (account !== undefined) return account
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and this machine has no user "scrip", "postgres" or "nobody". Start Scrip as another user. Otherwise: ${useOwnServer}`,
  )
}
