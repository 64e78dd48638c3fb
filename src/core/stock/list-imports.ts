import { decodeCursor, encodeCursor, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { ImportId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectImport, selectImports, selectProblems } from './imports.sql.ts'
import type { ImportProblem, StockImport } from './stock.ts'

/** A page of imports, newest first. Keyset. Throws Failure validation_failed for a cursor of another list. */
export async function listImports(
  db: Db,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<StockImport>> {
  const before =
    page.cursor === undefined ? undefined : decodeCursor('stock-imports', {}, page.cursor, [isUuid]).key[0]
  const found = await selectImports(db, before, page.limit + 1)
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  return {
    rows,
    nextCursor:
      found.length > page.limit && last !== undefined
        ? encodeCursor('stock-imports', {}, { direction: 'after', key: [last.id] })
        : undefined,
    previousCursor: undefined,
  }
}

/** Throws Failure import_not_found. */
export async function findImport(db: Db, id: ImportId): Promise<StockImport> {
  const found = await selectImport(db, id)
  if (found === undefined) throw new Failure('import_not_found')
  return found
}

/** Problems of an import in the order of its lines, after a line, at most `limit`. */
export async function listImportProblems(
  db: Db,
  id: ImportId,
  afterLine: bigint,
  limit: number,
): Promise<ImportProblem[]> {
  return selectProblems(db, id, afterLine, limit)
}
