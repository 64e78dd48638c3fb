import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { openDatabase } from '../database.ts'
import { sha256 } from '../secrets.ts'
import { archiveIdOf } from './archive.ts'
import { clusterName, copyWhole, listTree, manifestName, masterKeyName } from './backup-files.ts'
import type { BackupFile, BackupManifest } from './backup-files.ts'
import { readPasswords } from './cluster.ts'
import { EmbeddedPostgresError, errorCode } from './error.ts'
import { findPlace } from './place.ts'
import { findPostmaster } from './postmaster.ts'

export type BackUpOptions = {
  readonly dataDir: string
  /** A folder that does not exist yet, or is empty. */
  readonly target: string
  /** The master key, where it is to lie beside the data that it protects. */
  readonly masterKey: string | undefined
  readonly onProgress: (done: number, total: number, doing: string) => void
}

/**
 * Copies the running embedded database into a folder, in which it can be started anew: a base backup by PostgreSQL's own procedure
 * (pg_backup_start, the files, pg_backup_stop, the log from the one to the other), beside whatever goes on. All that was committed
 * before it began is in it, and all that is in it is consistent. The folder gets its name when it is complete.
 *
 * Throws EmbeddedPostgresError.
 */
export async function backUpEmbeddedPostgres(options: BackUpOptions): Promise<BackupManifest> {
  const target = resolve(options.target)
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new EmbeddedPostgresError(`${target} is there already and is not empty. Name a new folder.`)
  }
  const draft = `${target}.unfinished`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(join(draft, clusterName), { recursive: true, mode: 0o700 })
  try {
    const manifest = await writeBackup(options, draft)
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
    return manifest
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw readable(error, draft)
  }
}

async function writeBackup(
  { dataDir, masterKey, onProgress }: BackUpOptions,
  draft: string,
): Promise<BackupManifest> {
  const { url, cluster } = superuserOf(dataDir)
  const startedAt = new Date().toISOString()
  const copied = await inOneSession(url, (ask) =>
    copyInBackupMode(ask, cluster, join(draft, clusterName), onProgress),
  )
  const hasMasterKey = masterKey !== undefined
  if (hasMasterKey) writeFileSync(join(draft, masterKeyName), `${masterKey}\n`, { mode: 0o600, flush: true })
  const postgresVersion = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const finishedAt = new Date().toISOString()
  const manifest: BackupManifest = {
    format: 1,
    postgresVersion,
    startedAt,
    finishedAt,
    hasMasterKey,
    archiveId: archiveIdOf(existsSync(dataDir) ? realpathSync(dataDir) : resolve(dataDir)),
    ...copied,
  }
  writeFileSync(join(draft, manifestName), `${JSON.stringify(manifest)}\n`, { mode: 0o600, flush: true })
  return manifest
}

/** Asks for one row of texts. */
type Ask = (text: string, values?: readonly string[]) => Promise<Record<string, string>>

/** One session for all of a backup: it owns the slot, and PostgreSQL gives the backup up when it ends. */
async function inOneSession<T>(url: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const database = openDatabase({ url, poolSize: 1, statementTimeoutMs: 0, applicationName: 'scrip backup' })
  try {
    const session = await database.pool.connect()
    try {
      return await work(async (text, values = []) => {
        const { rows } = await session.query<Record<string, string>>(text, [...values])
        return rows[0] ?? {}
      })
    } finally {
      session.release(true)
    }
  } finally {
    await database.close()
  }
}

async function copyInBackupMode(
  ask: Ask,
  cluster: string,
  target: string,
  onProgress: BackUpOptions['onProgress'],
): Promise<Pick<BackupManifest, 'startLsn' | 'stopLsn' | 'folders' | 'files'>> {
  // The slot keeps the log from being recycled under the copy, and vanishes with the session.
  await ask(`select pg_create_physical_replication_slot('scrip_backup_' || pg_backend_pid(), true, true)`)
  const { lsn: startLsn = '' } = await ask(`select pg_backup_start('scrip', true)::text as lsn`)
  const { folders, files } = await copyCluster(cluster, target, onProgress)
  const { lsn: stopLsn = '', label = '' } = await ask(
    'select lsn::text, labelfile as label from pg_backup_stop(false)',
  )
  const { first = '', last = '' } = await ask(
    'select pg_walfile_name($1::pg_lsn) as first, pg_walfile_name($2::pg_lsn) as last',
    [startLsn, stopLsn],
  )
  const log = await copyLog(cluster, target, first, last)
  return { startLsn, stopLsn, folders, files: [...files, ...log, writeLabel(target, label)] }
}

/** Tells the restored database from where to where it must replay its log. */
function writeLabel(target: string, label: string): BackupFile {
  const path = 'backup_label'
  writeFileSync(join(target, path), label, { mode: 0o600, flush: true })
  return { path, bytes: Buffer.byteLength(label), sha256: sha256(label).toString('hex') }
}

function superuserOf(dataDir: string): { readonly url: string; readonly cluster: string } {
  const real = existsSync(dataDir) ? realpathSync(dataDir) : resolve(dataDir)
  const place = findPlace(real)
  const passwords = readPasswords(real)
  const postmaster = place && findPostmaster(place.cluster)
  if (place === undefined || passwords === undefined || postmaster === undefined) {
    throw new EmbeddedPostgresError(`No embedded database runs in ${dataDir}.`)
  }
  return {
    url: `postgres://postgres:${passwords.postgres}@127.0.0.1:${postmaster.port}/postgres`,
    cluster: place.cluster,
  }
}

async function copyCluster(
  from: string,
  to: string,
  onProgress: BackUpOptions['onProgress'],
): Promise<{ folders: string[]; files: BackupFile[] }> {
  const { folders, files } = await listTree(from, isWanted)
  // The control file last, as PostgreSQL's own tool does.
  const inOrder = [...files.filter((path) => path !== controlFile), controlFile]
  const copied: BackupFile[] = []
  for (const [place, path] of inOrder.entries()) {
    const file = await copyWhole(join(from, path), join(to, path))
    if (file !== undefined) copied.push({ path, ...file })
    if (place % 50 === 0) onProgress(place, inOrder.length, 'copying')
  }
  return { folders, files: copied }
}

/** The log from the backup's begin to its end. A segment that is missing would make the backup worthless, so that throws. */
async function copyLog(from: string, to: string, first: string, last: string): Promise<BackupFile[]> {
  const names = readdirSync(join(from, 'pg_wal')).filter(
    (name) => (/^[0-9A-F]{24}$/.test(name) && name >= first && name <= last) || name.endsWith('.history'),
  )
  if (!names.includes(first) || !names.includes(last))
    throw new EmbeddedPostgresError('The log of the time of the backup is gone. Try again.')
  const copied: BackupFile[] = []
  for (const name of names) {
    const file = await copyWhole(join(from, 'pg_wal', name), join(to, 'pg_wal', name))
    if (file === undefined)
      throw new EmbeddedPostgresError('The log of the time of the backup is gone. Try again.')
    copied.push({ path: `pg_wal/${name}`, ...file })
  }
  return copied
}

const controlFile = 'global/pg_control'

/** What pg_basebackup leaves out as well: what belongs to the running server, and what a start makes anew. */
function isWanted(path: string): boolean {
  if (
    /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|backup_manifest|.*\.new)$/.test(
      path,
    )
  )
    return false
  if (/(^|\/)(pg_internal\.init[^/]*|pgsql_tmp[^/]*)(\/|$)/.test(path)) return false
  return !/^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/./.test(
    path,
  )
}

function readable(error: unknown, folder: string): unknown {
  const code = errorCode(error)
  if (error instanceof EmbeddedPostgresError || code === undefined) return error
  if (code === 'EACCES' || code === 'EPERM') {
    return new EmbeddedPostgresError(
      `This user may not read the database's files, or not write to ${dirname(folder)}: run the backup as the user who runs Scrip.`,
      { cause: error },
    )
  }
  if (code === 'ENOSPC')
    return new EmbeddedPostgresError(
      `The disk of ${dirname(folder)} is full; the unfinished backup was removed.`,
      { cause: error },
    )
  return error
}
