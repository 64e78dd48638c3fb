import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the programs are that the rehearsal runs, none of which comes with Scrip. */
export type Programs = {
  readonly etcd: string
  readonly patroni: string
  readonly patronictl: string
  readonly haproxy: string
  readonly pgbouncer: string
  /** The folder of PostgreSQL's own programs. */
  readonly postgres: string
}

/** The package of Debian that each of them is in. */
const packages: Readonly<Record<keyof Programs, string>> = {
  etcd: 'etcd-server',
  patroni: 'patroni',
  patronictl: 'patroni',
  haproxy: 'haproxy',
  pgbouncer: 'pgbouncer',
  postgres: 'postgresql',
}

/** Some stand in folders that only root has in its path. */
const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin']

export async function findPrograms(): Promise<Partial<Programs>> {
  const [etcd, patroni, patronictl, haproxy, pgbouncer, postgres] = await Promise.all([
    findIn(folders, 'etcd'),
    findIn(folders, 'patroni'),
    findIn(folders, 'patronictl'),
    findIn(folders, 'haproxy'),
    findIn(folders, 'pgbouncer'),
    findPostgres('/usr/lib/postgresql'),
  ])
  return Object.fromEntries(
    Object.entries({ etcd, patroni, patronictl, haproxy, pgbouncer, postgres }).filter(
      ([, path]) => path !== undefined,
    ),
  )
}

/** A sentence that says what to install, or undefined: nothing is missing. */
export function missingPrograms(found: Partial<Programs>): string | undefined {
  const names = Object.keys(packages) as (keyof Programs)[] // The keys of that very object.
  const missing = names.filter((name) => found[name] === undefined).map((name) => packages[name])
  return missing.length === 0
    ? undefined
    : `This rehearsal runs programs of Debian that are not all here; install them with: apt-get install --no-install-recommends ${[...new Set(missing)].join(' ')}`
}

export function hasAll(found: Partial<Programs>): found is Programs {
  return missingPrograms(found) === undefined
}

/**
 * By which of its two protocols a version of Patroni may speak to etcd. Up to 3.0.2 it wrote the leader's key by the newer one without looking
 * whose it was (https://github.com/patroni/patroni/pull/2689): a leader that had hung took the lead back from its successor.
 *
 * @param version as `patroni --version` says it
 */
export function etcdSectionFor(version: string): 'etcd' | 'etcd3' {
  const [major = 0, minor = 0, patch = 0] = (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number)
  return major > 3 || (major === 3 && (minor > 0 || patch >= 3)) ? 'etcd3' : 'etcd'
}

async function findIn(places: readonly string[], name: string): Promise<string | undefined> {
  for (const place of places) {
    const path = join(place, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}

/** The newest of the versions that lie side by side. */
async function findPostgres(home: string): Promise<string | undefined> {
  const versions = await readdir(home).catch(() => [])
  for (const version of versions.toSorted((a, b) => Number(b) - Number(a))) {
    const path = await findIn([join(home, version, 'bin')], 'initdb')
    if (path !== undefined) return join(home, version, 'bin')
  }
  return undefined
}
