import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findGap, forgetArchive, listArchive, restoreCommand } from './archive.ts'
import { clusterName, copyWhole, masterKeyName, placeOf, readManifest } from './backup-files.ts'
import type { BackupManifest } from './backup-files.ts'
import { findBinaries, majorVersion } from './binaries.ts'
import { EmbeddedPostgresError } from './error.ts'
import { takeOwnership } from './owner-lock.ts'
import { choosePlace, findPlace, giveTo, openDataDir } from './place.ts'

export type RestoreOptions = {
  readonly backup: string
  /** A data directory without a database. */
  readonly dataDir: string
  /** The archive whose log is to follow the backup, by replayArchive; the database does not start before that. */
  readonly archive: string | undefined
  readonly onProgress: (done: number, total: number, doing: string) => void
  readonly onLog: (line: string) => void
}

/**
 * Puts a backup's files into a data directory that has no database yet; the next start brings them to the end of the backup. Each
 * file is compared with what the backup says of it. A data directory that has a database is refused: nothing is ever overwritten.
 *
 * Throws EmbeddedPostgresError.
 */
export async function restoreEmbeddedPostgres(options: RestoreOptions): Promise<BackupManifest> {
  const backup = resolve(options.backup)
  const manifest = readManifest(backup)
  requireVersion(manifest)
  if (options.archive !== undefined) listArchive(options.archive, manifest.archiveId)
  const dataDir = openDataDir(resolve(options.dataDir))
  const lock = takeOwnership(join(dataDir, 'postgres.lock'), dataDir)
  try {
    if (findPlace(dataDir) !== undefined) {
      throw new EmbeddedPostgresError(
        `There is a database in ${dataDir} already. Restore into another directory, named with SCRIP_DATA_DIR.`,
      )
    }
    const masterKey = masterKeyToWrite(backup, dataDir, manifest)
    const place = choosePlace(dataDir, options.onLog)
    const draft = `${place.cluster}.new`
    rmSync(draft, { recursive: true, force: true })
    try {
      await copyBack(join(backup, clusterName), draft, manifest, options.onProgress)
      if (options.archive !== undefined) writeFileSync(join(draft, 'recovery.signal'), '', { mode: 0o600 })
      giveTo(place.account, draft)
      if (masterKey !== undefined)
        writeFileSync(join(dataDir, masterKeyName), masterKey, { mode: 0o600, flag: 'wx', flush: true })
      forgetArchive(dataDir)
      renameSync(draft, place.cluster)
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
    return manifest
  } finally {
    lock.release()
  }
}

async function copyBack(
  from: string,
  to: string,
  manifest: BackupManifest,
  onProgress: RestoreOptions['onProgress'],
): Promise<void> {
  mkdirSync(to, { mode: 0o700 })
  chmodSync(to, 0o700)
  for (const folder of manifest.folders) mkdirSync(placeOf(to, folder), { recursive: true, mode: 0o700 })
  for (const [place, file] of manifest.files.entries()) {
    const copied = await copyWhole(placeOf(from, file.path), placeOf(to, file.path))
    if (copied === undefined)
      throw new EmbeddedPostgresError(`The backup is damaged: its file ${file.path} is missing.`)
    if (copied.bytes !== file.bytes || copied.sha256 !== file.sha256)
      throw new EmbeddedPostgresError(`The backup is damaged: its file ${file.path} is not what it was.`)
    if (place % 50 === 0) onProgress(place, manifest.files.length, 'copying')
  }
}

/** Where the log is replayed to: all of the archive, or as things were at an instant. */
export type ReplayPlan = { readonly archive: string; readonly until: Date | undefined }

/**
 * What is to be settled before anything is copied: that the archive has no gap behind the backup, which PostgreSQL would take for the
 * end of the log, and that the instant lies behind the backup. Answers which segments there are to replay. Throws EmbeddedPostgresError.
 */
export function checkArchive(manifest: BackupManifest, { archive, until }: ReplayPlan): readonly string[] {
  const inBackup = manifest.files
    .map(({ path }) => /^pg_wal\/([0-9A-F]{24})$/.exec(path)?.[1])
    .filter((name) => name !== undefined)
    .toSorted()
  const [start] = inBackup
  if (start === undefined) throw new EmbeddedPostgresError('The backup is damaged: its log is missing.')
  if (until !== undefined && until.toISOString() < manifest.finishedAt)
    throw new EmbeddedPostgresError(
      `The backup ended at ${manifest.finishedAt}, after that moment. Restore an earlier backup.`,
    )
  const archived = listArchive(archive, manifest.archiveId)
  const gap = findGap(archived, inBackup, start)
  if (gap !== undefined && until === undefined)
    throw new EmbeddedPostgresError(
      `The archive lacks the segment ${gap}, and has later ones. Bring it back; or restore to a moment before the gap with --until; or restore a later backup.`,
    )
  return archived.filter((name) => name >= start)
}

/** PostgreSQL's settings while it brings a backup up to date from an archive. */
export function replaySettings({ archive, until }: ReplayPlan): Record<string, string> {
  return {
    restore_command: restoreCommand(archive),
    recovery_target_action: 'promote',
    // Nobody is to read before the end is reached.
    hot_standby: 'off',
    ...(until === undefined
      ? {}
      : { recovery_target_time: until.toISOString().replace('T', ' ').replace('Z', '+00') }),
  }
}

/** The key that the backup brings along; undefined if it brings none, or the data directory has the same one. */
function masterKeyToWrite(backup: string, dataDir: string, manifest: BackupManifest): string | undefined {
  if (!manifest.hasMasterKey) return undefined
  const key = readFileSync(join(backup, masterKeyName), 'utf8')
  const file = join(dataDir, masterKeyName)
  if (!existsSync(file)) return key
  if (readFileSync(file, 'utf8').trim() === key.trim()) return undefined
  throw new EmbeddedPostgresError(
    `${file} holds another master key than the backup. Restore into an empty data directory.`,
  )
}

function requireVersion({ postgresVersion }: BackupManifest): void {
  const ours = majorVersion(findBinaries())
  if (postgresVersion === ours) return
  throw new EmbeddedPostgresError(
    `The backup was made with PostgreSQL ${postgresVersion}, and this Scrip brings PostgreSQL ${ours}. Restore it with the Scrip that made it.`,
  )
}
