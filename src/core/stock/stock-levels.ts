import { decodeCursor, encodeCursor, isInteger } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import type { Page } from '../../values/page.ts'
import { selectLevels } from './stock.sql.ts'
import type { StockLevel } from './stock.ts'

/**
 * A page of the SKUs that ever had codes in stock, in order of their number, with how many there are. Keyset.
 * Throws Failure validation_failed for a cursor of another list or another filter.
 *
 * @param filter.lowest only SKUs with this many codes or fewer
 * @param page.limit rows at the most, 1 to 1,000
 */
export async function stockLevels(
  db: Db,
  filter: { readonly lowest?: bigint | undefined },
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<StockLevel>> {
  const tag = { lowest: filter.lowest?.toString() }
  const after =
    page.cursor === undefined
      ? '0'
      : (decodeCursor('stock-levels', tag, page.cursor, [isInteger]).key[0] ?? '0')
  const found = await selectLevels(db, {
    lowest: filter.lowest,
    afterNumber: BigInt(after),
    limit: page.limit + 1,
  })
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  return {
    rows,
    nextCursor:
      found.length > page.limit && last !== undefined
        ? encodeCursor('stock-levels', tag, { direction: 'after', key: [last.skuNumber.toString()] })
        : undefined,
    previousCursor: undefined,
  }
}
