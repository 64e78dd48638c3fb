import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

/** A user of this machine, by whom PostgreSQL runs when we are root. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number }

/**
 * PostgreSQL refuses to run as root, and initdb wants a user that has a name. No user is created for it: the first of these
 * that exists is taken. `nobody` exists nearly everywhere; the others are better, because fewer programs share them.
 */
const names = ['scrip', 'postgres', '_postgres', 'nobody']

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The user to run PostgreSQL as when we are root; undefined if this machine has none of those we know. */
export function findAccount(): Account | undefined {
  for (const name of names) {
    const uid = askId('-u', name)
    const gid = askId('-g', name)
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, uid, gid }
  }
  return undefined
}

/** The user who owns a directory; undefined if that is root. */
export function ownerOf(directory: string): Account | undefined {
  const { uid, gid } = statSync(directory)
  return uid === 0 ? undefined : { name: nameOf(uid), uid, gid }
}

/** Whether the account can enter a directory. Tried rather than computed: access lists and mounts have their say as well. */
export function canEnter(account: Account, directory: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], {
    ...spawnAs(account),
    stdio: 'ignore',
    timeout: 5_000,
  })
  return status === 0
}

/**
 * Options under which a program runs as the account, or as ourselves. The environment holds nothing of ours: a PGPORT or a
 * locale of the caller would change what PostgreSQL does. The working directory is one that everybody can enter.
 */
export function spawnAs(account: Account | undefined) {
  const { env } = process
  const windowsEnv = Object.fromEntries(Object.entries(env).filter(([name]) => !/^PG/i.test(name)))
  return {
    cwd: process.platform === 'win32' ? process.cwd() : '/',
    env:
      process.platform === 'win32'
        ? windowsEnv
        : { PATH: env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', HOME: '/' },
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  }
}

export function nameOf(uid: number): string {
  const { stdout } = spawnSync('id', ['-un', String(uid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5_000,
  })
  return stdout?.trim() || String(uid)
}

function askId(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8', timeout: 5_000 })
  // macOS gives `nobody` the number -2 and prints it unsigned; a signed one is what spawn takes.
  return status === 0 && /^\d+\n$/.test(stdout) ? Number(stdout) | 0 : undefined
}
