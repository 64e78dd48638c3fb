import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnAs } from './account.ts'
import { EmbeddedPostgresError, errorCode, messageOf } from './error.ts'
import { giveTo } from './place.ts'
import type { Place } from './place.ts'

/**
 * Where PostgreSQL puts every finished piece (segment) of its log, and after how many seconds at the latest it finishes one in which
 * something was written: that much can be lost with the disk.
 */
export type WalArchive = { readonly folder: string; readonly everySeconds: number }

/** What the data directory remembers of it, so that a command without the setting leaves no gap in the archive. */
type Remembered = WalArchive & { readonly id: string }

const markName = 'archive.json'
const segmentBytes = 16n * 1024n * 1024n

/**
 * The settings under which PostgreSQL archives its log: as asked for, or as the data directory remembers when nothing is. An archive
 * belongs to one database for ever: two would write the same names with other contents.
 *
 * An archive that was used before and is not there now, or cannot be written to, keeps no database from starting: PostgreSQL keeps its log and
 * tries again, and `warn` is told. Throws EmbeddedPostgresError for one that is new here and cannot be used.
 */
export function archiveSettings(
  place: Place,
  wish: WalArchive | 'off' | undefined,
  warn: (line: string) => void,
): Readonly<Record<string, string>> {
  const remembered = readRemembered(place.dataDir)
  if (wish === 'off') {
    if (remembered !== undefined) writeRemembered(place.dataDir, { ...remembered, folder: '' })
    return {}
  }
  const archive = wish ?? (remembered?.folder === '' ? undefined : remembered)
  if (archive === undefined) return {}
  const { folder, everySeconds } = archive
  if (process.platform === 'win32')
    throw new EmbeddedPostgresError(
      'SCRIP_WAL_ARCHIVE does not work on Windows; run a PostgreSQL of your own there.',
    )
  if (/['"\\$`\n]/.test(folder))
    throw new EmbeddedPostgresError(
      `The name of the archive, ${folder}, must have no quotation mark, backslash or dollar sign in it.`,
    )
  const id = remembered?.id ?? randomUUID()
  if (folder === remembered?.folder) {
    const problem = problemOf(place, folder, id)
    if (problem !== undefined) warn(`${problem} The log piles up beside the database until that is mended.`)
  } else openArchive(place, folder, id)
  writeRemembered(place.dataDir, { folder, everySeconds, id })
  return {
    archive_mode: 'on',
    archive_command: archiveCommand(folder, id),
    archive_timeout: `${everySeconds}s`,
  }
}

/**
 * Only a folder with this database's own mark is written to: a place where nothing is mounted has none. A segment gets its name once it is whole and
 * on the disk. After a crash PostgreSQL may bring one again: the same is fine, another content under a name that is taken is not.
 */
function archiveCommand(folder: string, id: string): string {
  const place = folder.replaceAll('%', '%%')
  const file = `${place}/%f.gz`
  return (
    `grep -qF "${id}" "${place}/${markName}" && ` +
    `if test -e "${file}"; then gzip -dc "${file}" | cmp -s - "%p"; ` +
    `else gzip -1c "%p" > "${file}.part" && sync "${file}.part" && mv "${file}.part" "${file}" && sync "${place}"; fi`
  )
}

/**
 * What PostgreSQL runs to bring a segment back from an archive. It takes 1 for "there is none", the end of the log, and ends the recovery at
 * whatever is above 125: a piece that is there and cannot be read must not pass for the end.
 */
export function restoreCommand(folder: string): string {
  const file = `"${folder.replaceAll('%', '%%')}/%f.gz"`
  return `if test -e ${file}; then gzip -dc ${file} > "%p" || exit 255; else exit 1; fi`
}

/** Takes a folder that is new to this database for its archive. Throws EmbeddedPostgresError. */
function openArchive(place: Place, folder: string, id: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const mark = join(folder, markName)
    if (!existsSync(mark)) {
      if (readdirSync(folder).length > 0)
        throw new EmbeddedPostgresError(
          `${folder} is not empty and no archive of Scrip. Name an empty folder with SCRIP_WAL_ARCHIVE.`,
        )
      giveTo(place.account, folder)
      writeFileSync(mark, markOf(id), { mode: 0o600, flag: 'wx', flush: true })
      giveTo(place.account, mark)
    }
    if (readMark(folder) !== id)
      throw new EmbeddedPostgresError(
        `The archive ${folder} belongs to another database, or to this one before it was restored. Name an empty folder with SCRIP_WAL_ARCHIVE, and take a backup then.`,
      )
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error
    throw new EmbeddedPostgresError(
      `The archive ${folder} cannot be used: ${errorCode(error) ?? messageOf(error)}.`,
      { cause: error },
    )
  }
  const problem = writeProblem(place, folder)
  if (problem !== undefined) throw new EmbeddedPostgresError(problem)
}

/** Why an archive that was used before cannot be used now, in a sentence; undefined: it can. */
function problemOf(place: Place, folder: string, id: string): string | undefined {
  let found: string | undefined
  try {
    found = readMark(folder)
  } catch (error) {
    return `The archive ${folder} cannot be read: ${errorCode(error) ?? messageOf(error)}.`
  }
  if (found === undefined)
    return `The archive ${folder} is not there: is it mounted? If its ${markName} was deleted, write it anew: ${markOf(id).trim()}.`
  return found === id ? writeProblem(place, folder) : `The archive ${folder} belongs to another database.`
}

function writeProblem(place: Place, folder: string): string | undefined {
  const { status } = spawnSync(
    '/bin/sh',
    ['-c', 'command -v gzip >/dev/null && : > "$1/.probe" && rm "$1/.probe"', 'sh', folder],
    { ...spawnAs(place.account), stdio: 'ignore', timeout: 10_000 },
  )
  return status === 0
    ? undefined
    : `${place.account?.name ?? 'This user'}, as whom PostgreSQL runs, cannot write to the archive ${folder}, or has no gzip.`
}

function markOf(id: string): string {
  return `${JSON.stringify({ format: 1, id })}\n`
}

/** Whose archive a folder is; undefined: it has no mark. Throws where it cannot be read. */
function readMark(folder: string): string | undefined {
  const mark = join(folder, markName)
  return existsSync(mark) ? (JSON.parse(readFileSync(mark, 'utf8')) as { id?: string }).id : undefined
}

/** The id of the archive that a database writes to; undefined: it writes to none. */
export function archiveIdOf(dataDir: string): string | undefined {
  const remembered = readRemembered(dataDir)
  return remembered === undefined || remembered.folder === '' ? undefined : remembered.id
}

/** Makes a data directory forget the archive of the database that was there: what is restored there writes to none before it is given its own. */
export function forgetArchive(dataDir: string): void {
  rmSync(rememberedPath(dataDir), { force: true })
}

function readRemembered(dataDir: string): Remembered | undefined {
  const file = rememberedPath(dataDir)
  // Written below only, and by renaming, so it is whole.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Remembered) : undefined
}

function writeRemembered(dataDir: string, remembered: Remembered): void {
  const file = rememberedPath(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(remembered)}\n`, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}

function rememberedPath(dataDir: string): string {
  return join(dataDir, 'postgres.archive')
}

/**
 * The segments of an archive in their order. Throws EmbeddedPostgresError when it is none, or another database's.
 *
 * @param id of the archive that the backup's database wrote to; undefined: nobody knows
 */
export function listArchive(folder: string, id: string | undefined): string[] {
  const segments = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => /^[0-9A-F]{24}\.gz$/.test(name))
    .map((name) => name.slice(0, 24))
    .toSorted()
  const mark = readMark(folder)
  if (mark === undefined && segments.length === 0)
    throw new EmbeddedPostgresError(`${folder} is no archive of Scrip: it has no ${markName}.`)
  if (mark !== undefined && id !== undefined && mark !== id)
    throw new EmbeddedPostgresError(`The archive ${folder} is another database's than the backup.`)
  return segments
}

/**
 * The first segment that is neither in the backup nor in the archive although a later one is: PostgreSQL would take the gap for
 * the end of the log and say nothing.
 */
export function findGap(
  archived: readonly string[],
  inBackup: readonly string[],
  startSegment: string,
): string | undefined {
  const there = new Set([...archived, ...inBackup])
  const timeline = startSegment.slice(0, 8)
  const last =
    [...there]
      .filter((name) => name.startsWith(timeline))
      .toSorted()
      .at(-1) ?? startSegment
  for (let name = startSegment; name <= last; name = segmentAfter(name)) {
    if (!there.has(name)) return name
  }
  return undefined
}

/** "0000000100000000000000FF" → "000000010000000100000000". */
function segmentAfter(name: string): string {
  const perLog = 0x1_0000_0000n / segmentBytes
  const number = BigInt(`0x${name.slice(8, 16)}`) * perLog + BigInt(`0x${name.slice(16)}`) + 1n
  return `${name.slice(0, 8)}${hex8(number / perLog)}${hex8(number % perLog)}`
}

function hex8(value: bigint): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}
