import { EmbeddedPostgresError } from './error.ts'

/** What PostgreSQL says when it cannot start, and what it means for whoever runs Scrip; the first that fits is taken. */
const meanings: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [
    /No space left on device|Disk quota exceeded/i,
    'the disk is full. Free some space and start again; nothing that was confirmed is lost',
  ],
  [/Address already in use|could not create any TCP\/IP sockets/i, 'its port is taken by another program'],
  [
    /could not look up effective user ID/i,
    'the user that runs Scrip has no name on this machine (no entry in /etc/passwd). Give it one, or set DATABASE_URL to a PostgreSQL server of your own',
  ],
  [
    /pre-existing shared memory block/i,
    'processes of a former run are still at work in its files. Wait a moment and start again',
  ],
  [
    /database files are incompatible|was initialized by PostgreSQL version/i,
    'its files were made by another version of PostgreSQL',
  ],
  [
    /administrative permissions/i,
    'PostgreSQL does not run with administrator rights. Start Scrip from an ordinary prompt',
  ],
  [
    /Permission denied|Operation not permitted|Read-only file system/i,
    'its files cannot be read or written by the user it runs as',
  ],
  [
    /Cannot allocate memory|could not map anonymous shared memory/i,
    'there is not enough memory. Set a smaller shared_buffers in postgresql.local.conf',
  ],
  [
    /must specify "restore_command"/i,
    'a restore was cut short here. Remove the data directory and restore again',
  ],
  [
    /could not locate a valid checkpoint record|invalid page|invalid checksum/i,
    'its files are damaged. Restore a backup',
  ],
]

/** A sentence about a failed start, with PostgreSQL's own last words for those who want them. */
export function explain(output: string, what: string): EmbeddedPostgresError {
  const meaning = meanings.find(([pattern]) => pattern.test(output))?.[1]
  const said = lastWords(output)
  if (meaning === undefined)
    return new EmbeddedPostgresError(`${what}: ${said || 'PostgreSQL ended without a word'}`)
  return new EmbeddedPostgresError(`${what}: ${meaning}. (PostgreSQL said: ${said})`)
}

export function isPortTaken(output: string): boolean {
  return /Address already in use|could not create any TCP\/IP sockets/i.test(output)
}

/** Processes of a postmaster that was killed outright need a moment to notice. */
export function isStillOccupied(output: string): boolean {
  return /pre-existing shared memory block|lock file "postmaster\.pid" already exists/i.test(output)
}

function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  const telling = lines.filter((line) =>
    /\b(error|fatal|panic|could not|failed|unrecognized|invalid)\b/i.test(line),
  )
  return (telling.length > 0 ? telling : lines.filter(Boolean)).slice(-2).join(' ')
}
