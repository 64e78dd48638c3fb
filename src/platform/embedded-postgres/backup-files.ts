import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import { EmbeddedPostgresError, errorCode } from './error.ts'

/** One file of a backup, by its path below the database's directory, with "/" between its parts. */
export type BackupFile = { readonly path: string; readonly bytes: number; readonly sha256: string }

/** What a backup holds; written last, so that a backup without it is not whole. */
export type BackupManifest = {
  readonly format: 1
  /** The major version of PostgreSQL that made the files: "18". */
  readonly postgresVersion: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly startLsn: string
  readonly stopLsn: string
  readonly hasMasterKey: boolean
  /** Of the archive that the database wrote its log to then; absent: to none, or an older Scrip made the backup. */
  readonly archiveId?: string | undefined
  readonly folders: readonly string[]
  readonly files: readonly BackupFile[]
}

export const manifestName = 'backup.json'
/** The folder of a backup that has the database's files in it. */
export const clusterName = 'postgres'
export const masterKeyName = 'master.key'

/** Reads and checks what a backup says of itself. Throws EmbeddedPostgresError. */
export function readManifest(backup: string): BackupManifest {
  const file = join(backup, manifestName)
  if (!existsSync(file))
    throw new EmbeddedPostgresError(
      `${backup} is no backup of Scrip, or one that was not finished: it has no ${manifestName}.`,
    )
  // Written by back-up.ts only; a path that leads out of the backup is refused where it is used.
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as BackupManifest
  if (manifest.format !== 1)
    throw new EmbeddedPostgresError(`${backup} was made by a newer Scrip; restore it with that one.`)
  return manifest
}

/** The place of a file of the database below `folder`. Throws for a path that leads elsewhere. */
export function placeOf(folder: string, path: string): string {
  const place = normalize(join(folder, ...path.split('/')))
  if (!place.startsWith(folder + sep))
    throw new EmbeddedPostgresError(`The backup names a file outside of itself: ${path}`)
  return place
}

/** Copies a file that may grow meanwhile, as far as it reaches, and makes it last. Undefined: it is gone. */
export async function copyWhole(from: string, to: string): Promise<Omit<BackupFile, 'path'> | undefined> {
  const source = await open(from, 'r').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (source === undefined) return undefined
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  const target = await open(to, 'wx', 0o600)
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let bytes = 0
  try {
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, chunkBytes, bytes)
      if (bytesRead === 0) break
      const part = buffer.subarray(0, bytesRead)
      hash.update(part)
      await target.write(part)
      bytes += bytesRead
    }
    await target.sync()
  } finally {
    await source.close()
    await target.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Everything below a directory: folders, and the files that `wanted` says. What vanishes meanwhile is left out. */
export async function listTree(
  root: string,
  wanted: (path: string) => boolean,
): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = []
  const files: string[] = []
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    })
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isSymbolicLink())
        throw new EmbeddedPostgresError(
          `${join(root, path)} is a link: a database that lies in several places must be backed up with pg_basebackup.`,
        )
      if (entry.isDirectory() && wanted(`${path}/`)) {
        folders.push(path)
        waiting.push(path)
      } else if (entry.isFile() && wanted(path)) files.push(path)
    }
  }
  return { folders, files }
}

const chunkBytes = 1_048_576
