import { openCsv } from '../../platform/csv.ts'
import type { CsvFile } from '../../platform/csv.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { ImportId, SkuId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { claimFile } from './claim-file.ts'
import type { Claim } from './claim-file.ts'
import { findStockSku } from './find-stock-sku.ts'
import { disownImport, selectProblems } from './imports.sql.ts'
import { dropImport, publishImport } from './publish-import.ts'
import { stageFile } from './stage-file.ts'
import { findColumns } from './stock.ts'
import type { ColumnPlaces, ImportProblem, ImportProgressReport } from './stock.ts'

export type ImportStock = {
  readonly skuId: SkuId
  readonly path: string
  /** Takes the lines that are no duplicates instead of refusing the file. */
  readonly skipDuplicates?: boolean
  /** Takes the lines that are valid instead of refusing the file. */
  readonly skipInvalid?: boolean
  readonly actor: string
  readonly onProgress?: ((progress: ImportProgressReport) => void) | undefined
}

export type ImportResult = {
  readonly importId: ImportId
  readonly state: 'published' | 'refused'
  /** Lines that hold a code or should. */
  readonly lines: number
  readonly published: number
  readonly duplicates: number
  readonly invalid: number
  /** The file had been staged in part before, by a process that did not end it. */
  readonly resumed: boolean
  /** The first 20; `list-imports.ts` has them all. */
  readonly problems: readonly ImportProblem[]
}

/**
 * Imports a CSV file of codes for one SKU: header with `code` and, if wished, `pin`, `serial`, `url`, `expires_on`. The file is
 * staged in chunks and becomes stock in one transaction: all of it or nothing. A duplicate (of a line before it, or of any code ever
 * imported for the brand) or an invalid line refuses the whole file, unless it is to be skipped. When the process dies, the
 * same call goes on where it stopped.
 *
 * Throws Failure sku_not_found, invalid_file, and unavailable while another process imports the same file for the same SKU.
 */
export async function importStock(
  database: Database,
  keyRing: KeyRing,
  order: ImportStock,
): Promise<ImportResult> {
  const report = order.onProgress ?? (() => undefined)
  const sku = await findStockSku(database, order.skuId)
  const file = await openCsv(order.path, (done) => report({ phase: 'hashing', done, total: done }))
  try {
    const places = columnsOf(file)
    const claim = await claimFile(database, { skuId: sku.id, file, actor: order.actor, report })
    try {
      const { lines } = await stageFile(database, keyRing, { sku, file, places, claim, report })
      if (lines === 0)
        throw new Failure('invalid_file', { sentence: `The file ${file.name} holds no codes.` })
      const ended = await publishImport(database, { claim, skuId: sku.id, order, report })
      const problems = await selectProblems(database, claim.id, 0n, problemsShown)
      return { importId: claim.id, ...ended, resumed: claim.position.line > file.start.line, problems }
    } catch (error) {
      await letGo(database, claim, order.actor, error)
      throw error
    }
  } finally {
    await file.close()
  }
}

function columnsOf(file: CsvFile): ColumnPlaces {
  const places = findColumns(file.columns)
  if (typeof places === 'string') throw new Failure('invalid_file', { sentence: places })
  return places
}

/** A file that cannot be read is refused for good; after any other trouble the import waits for the next call to go on. */
async function letGo(database: Database, claim: Claim, actor: string, error: unknown): Promise<void> {
  const isHopeless = error instanceof Failure && error.code === 'invalid_file'
  const ending = isHopeless
    ? dropImport(database, claim, 'refused', actor)
    : disownImport(database, claim.id, claim.owner)
  // The database may be what failed; the first error is the one to tell.
  await ending.catch(() => undefined)
}

const problemsShown = 20
