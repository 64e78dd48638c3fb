import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { spawnAs } from './account.ts'
import type { Account } from './account.ts'
import { majorVersion, program } from './binaries.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError, useOwnServer } from './error.ts'
import { explain } from './explain.ts'
import { giveTo } from './place.ts'
import type { Place } from './place.ts'

/** The passwords of the two roles: `postgres` may do everything, `scrip` owns the database and may make databases and roles. */
export type Passwords = { readonly postgres: string; readonly scrip: string }

/** An operator's settings, read after ours. */
const localSettings = 'postgresql.local.conf'

const freeBytesMin = 150 * 1024 * 1024

/**
 * Makes the files of a new database: checksums, UTF-8, sorted by code point (the same on every machine), passwords asked of
 * everybody. It is made under another name and renamed when complete, so that a start cut short leaves no half of a database.
 */
export async function createCluster(
  { cluster, account }: Place,
  binaries: Binaries,
  passwords: Passwords,
): Promise<void> {
  const draft = `${cluster}.new`
  const passwordFile = `${cluster}.new-password`
  requireSpace(dirname(cluster))
  rmSync(draft, { recursive: true, force: true })
  try {
    mkdirSync(draft, { mode: 0o700 })
    chmodSync(draft, 0o700)
    giveTo(account, draft)
    writeFileSync(passwordFile, passwords.postgres, { mode: 0o600 })
    giveTo(account, passwordFile)
    await run(program(binaries, 'initdb'), initdbArguments(draft, passwordFile), account)
    await runAlone(binaries, draft, account, [
      `create role scrip login createdb createrole password '${passwords.scrip}'`,
      'create database scrip owner scrip',
    ])
    renameSync(draft, cluster)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(draft, { recursive: true, force: true })
  }
}

function initdbArguments(directory: string, passwordFile: string): string[] {
  return [
    `--pgdata=${directory}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
  ]
}

/** Refuses files that another major version made: PostgreSQL cannot read them. */
export function checkVersion({ cluster }: Place, binaries: Binaries): void {
  const file = join(cluster, 'PG_VERSION')
  if (!existsSync(file)) {
    throw new EmbeddedPostgresError(
      `${cluster} is there but holds no database (no PG_VERSION). Bring its files back from a backup; or, to start with an empty database, remove it.`,
    )
  }
  const made = readFileSync(file, 'utf8').trim()
  if (made === majorVersion(binaries)) return
  throw new EmbeddedPostgresError(
    `The database in ${cluster} was made by PostgreSQL ${made}, and this Scrip brings PostgreSQL ${majorVersion(binaries)}. ` +
      `Dump it with the Scrip that made it and restore the dump into a new SCRIP_DATA_DIR. Or: ${useOwnServer}`,
  )
}

/**
 * The passwords kept beside the database. If the file was lost, new ones are made and set: whoever can write the data
 * directory may do so anyway.
 */
export async function ensurePasswords(place: Place, binaries: Binaries): Promise<Passwords> {
  const known = readPasswords(place.dataDir)
  if (known !== undefined) return known
  const passwords = { postgres: newPassword(), scrip: newPassword() }
  if (existsSync(place.cluster)) {
    const statements = Object.entries(passwords).map(
      ([role, password]) => `alter role ${role} password '${password}'`,
    )
    await runAlone(binaries, place.cluster, place.account, statements)
  }
  const path = passwordsPath(place.dataDir)
  writeFileSync(`${path}.new`, JSON.stringify(passwords), { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
  return passwords
}

export function readPasswords(dataDir: string): Passwords | undefined {
  const path = passwordsPath(dataDir)
  // Written by ensurePasswords only, and by renaming, so it is whole.
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Passwords) : undefined
}

function passwordsPath(dataDir: string): string {
  return join(dataDir, 'postgres-passwords.json')
}

/** Letters, digits, minus and underscore, so that it needs no quoting in SQL or in a URL. */
function newPassword(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * Writes the settings, of which the caller's go before ours, and says whether they differ from those that were there.
 * The file is ours alone: what an operator wants to change stands in a file of his beside it.
 */
export function writeSettings(
  { cluster, account }: Place,
  binaries: Binaries,
  settings: Record<string, string>,
): boolean {
  const file = join(cluster, 'postgresql.conf')
  const lines = Object.entries({ ...ourSettings(), ...settings }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  )
  const content = [
    `# Written by Scrip at each start, for PostgreSQL ${binaries.version}. Your own settings belong into ${localSettings}.`,
    ...lines,
    ...(existsSync(join(cluster, localSettings)) ? [`include = '${localSettings}'`] : []),
    '',
  ].join('\n')
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return false
  // Exclusively, because root writes here among files of another user, who could have laid out a link.
  rmSync(`${file}.new`, { force: true })
  writeFileSync(`${file}.new`, content, { mode: 0o600, flush: true, flag: 'wx' })
  giveTo(account, `${file}.new`)
  renameSync(`${file}.new`, file)
  return true
}

function ourSettings(): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    // A socket's path may have 107 bytes at most, which the path of a data directory easily exceeds.
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: totalmem() >= 4 * 1024 ** 3 ? '256MB' : '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_compression: 'on',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    // The statements here are short; compiling them costs more than it saves.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log tells of the server. Failed statements are reported by Scrip, and their values are not for a log file.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    cluster_name: 'scrip',
  }
}

/** Runs statements in PostgreSQL's single-user mode: no server, no port, no password. */
async function runAlone(
  binaries: Binaries,
  directory: string,
  account: Account | undefined,
  statements: readonly string[],
): Promise<void> {
  // Without the last setting the log would show a statement that fails, and with it a password.
  const settings = ['-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic']
  const args = ['--single', '-D', directory, ...settings, 'postgres']
  await run(program(binaries, 'postgres'), args, account, `${statements.join('\n')}\n`)
}

async function run(
  command: string,
  args: readonly string[],
  account: Account | undefined,
  input = '',
): Promise<void> {
  const child = spawn(command, args, { ...spawnAs(account), stdio: 'pipe', windowsHide: true })
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  // A program that fails at once closes its input before it was read; what counts is what it says and how it ends.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), code])
  if (exitCode !== 0) throw explain(`${output}\n${errors}`, 'The database could not be created')
}

function requireSpace(directory: string): void {
  const { bavail, bsize } = statfsSync(directory)
  if (bavail * bsize >= freeBytesMin) return
  const free = Math.floor((bavail * bsize) / 1024 ** 2)
  throw new EmbeddedPostgresError(
    `A new database needs ${freeBytesMin / 1024 ** 2} MB, and the disk of ${directory} has ${free} MB left. Free some space, or name a directory on another disk with SCRIP_DATA_DIR.`,
  )
}
