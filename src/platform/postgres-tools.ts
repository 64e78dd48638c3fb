import { spawn, spawnSync } from 'node:child_process'
import { withScratchFile } from './files.ts'

/** A program of PostgreSQL could not do what was asked; the message is its own. */
export class PostgresToolError extends Error {
  override readonly name = 'PostgresToolError'
}

export type PostgresTool = 'pg_dump' | 'pg_restore'

/** The version of a program on the PATH, "18.4"; undefined if it is not there. */
export function findPostgresTool(tool: PostgresTool): string | undefined {
  const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8', timeout: 10_000 })
  return status === 0 ? /\d+(\.\d+)*/.exec(stdout)?.[0] : undefined
}

/** Dumps a database into one file, in PostgreSQL's custom format. Throws PostgresToolError. */
export async function dumpDatabase(url: string, file: string): Promise<void> {
  await run('pg_dump', ['--format=custom', '--no-password', `--file=${file}`], url)
}

/**
 * Restores such a file into an empty database, all or nothing; the login owns what is made. Rights that are given to what a login will make later
 * (DEFAULT ACL) name the login of the dump, which need not be there: they are left out. Throws PostgresToolError.
 */
export async function restoreDump(url: string, file: string): Promise<void> {
  const { database } = connectionOf(url)
  const contents = await run('pg_restore', ['--list', file], url)
  const kept = contents
    .split('\n')
    .filter((line) => !/^\d+; \d+ \d+ DEFAULT ACL /.test(line))
    .join('\n')
  await withScratchFile('contents.list', kept, (list) =>
    run(
      'pg_restore',
      [
        '--no-owner',
        '--no-password',
        '--single-transaction',
        '--exit-on-error',
        `--use-list=${list}`,
        `--dbname=${database}`,
        file,
      ],
      url,
    ),
  )
}

/** @returns what the program has to say */
async function run(tool: PostgresTool, args: readonly string[], url: string): Promise<string> {
  // The password goes by the environment: every user of the machine can read a command line.
  const child = spawn(tool, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...connectionOf(url).environment },
  })
  let [said, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaints = (complaints + text).slice(-complaintsLongest)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new PostgresToolError(`${tool} failed: ${complaints.trim() || `exit code ${code}`}`)
  return said
}

const complaintsLongest = 4_000

function connectionOf(url: string): { readonly database: string; readonly environment: NodeJS.ProcessEnv } {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const user = decodeURIComponent(username)
  const database = decodeURIComponent(pathname.slice(1)) || user
  const entries = {
    PGHOST: searchParams.get('host') ?? (hostname.replace(/^\[|\]$/g, '') || undefined),
    PGPORT: port || undefined,
    PGUSER: user || undefined,
    PGPASSWORD: decodeURIComponent(password) || undefined,
    PGSSLMODE: searchParams.get('sslmode') ?? undefined,
    PGSSLROOTCERT: searchParams.get('sslrootcert') ?? undefined,
    PGDATABASE: database,
  }
  return {
    database,
    environment: Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)),
  }
}
