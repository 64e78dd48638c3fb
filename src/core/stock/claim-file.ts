import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CsvFile, CsvPosition } from '../../platform/csv.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { ImportId, SkuId } from '../../values/ids.ts'
import { claimImport, insertImportIfNone, lastSeen } from './imports.sql.ts'
import type { ImportProgressReport } from './stock.ts'

/** An import in this process's hands: `position` is where staging goes on. */
export type Claim = { readonly id: ImportId; readonly owner: string; readonly position: CsvPosition }

/**
 * Begins the import of a file, or takes one over whose process has died: one that gives no sign of life for 10 seconds, by the
 * database's clock. Throws Failure unavailable when another process is at work on it.
 */
export async function claimFile(
  database: Database,
  parts: {
    readonly skuId: SkuId
    readonly file: CsvFile
    readonly actor: string
    readonly report: (progress: ImportProgressReport) => void
  },
): Promise<Claim> {
  const { skuId, file, actor, report } = parts
  const owner = randomUUID()
  const { line: nextLine, offset: nextOffset } = file.start
  let seenFirst: string | undefined
  for (let waitedMs = 0; waitedMs <= waitMostMs; waitedMs += pollMs) {
    await insertImportIfNone(database, {
      id: newId<ImportId>(),
      skuId,
      fileName: file.name,
      fileHash: file.hash,
      nextLine,
      nextOffset,
      actor,
    })
    const claimed = await claimImport(database, { skuId, fileHash: file.hash }, owner, deadAfterSeconds)
    if (claimed !== undefined) {
      return {
        id: claimed.id,
        owner,
        position: { line: Number(claimed.nextLine), offset: Number(claimed.nextOffset) },
      }
    }
    const seen = await lastSeen(database, skuId, file.hash)
    seenFirst ??= seen
    if (seen !== seenFirst) break
    report({ phase: 'waiting', done: waitedMs, total: waitMostMs })
    await sleep(pollMs)
  }
  throw new Failure('unavailable', {
    sentence: `The file ${file.name} is being imported for this SKU by another process.`,
    retryAfterSeconds: 10,
  })
}

/** An owner that gives no sign of life for so long is taken for dead. */
export const deadAfterSeconds = 10
const waitMostMs = 15_000
const pollMs = 250
