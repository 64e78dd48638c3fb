import type { Page } from '../values/page.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Position } from './cursor.ts'

/** Which page of a list is wanted: the cursor of a former page, or none for the first, and how many rows at the most (1 to 1,000). */
export type PageRequest = { readonly cursor?: string | undefined; readonly limit: number }

export type KeysetList<Row> = {
  readonly name: string
  /** What the rows were chosen by, the owner included: a cursor of other filters is refused. */
  readonly filters: Readonly<Record<string, unknown>>
  readonly keyShapes: readonly ((text: string) => boolean)[]
  readonly keyOf: (row: Row) => readonly string[]
  /** Rows beyond the position, the nearest first: down the list for `after` or no position, up for `before`. */
  readonly find: (position: Position | undefined, limit: number) => Promise<readonly Row[]>
}

/**
 * A page of a list that is ordered by a unique key, with the cursors of its neighbours. Any depth costs the same, and rows that
 * are inserted meanwhile neither repeat nor hide others. Throws Failure validation_failed for a cursor of another list.
 */
export async function keysetPage<Row>(list: KeysetList<Row>, request: PageRequest): Promise<Page<Row>> {
  const limit = Math.min(Math.max(Math.trunc(request.limit), 1), pageLargest)
  const position =
    request.cursor === undefined
      ? undefined
      : decodeCursor(list.name, list.filters, request.cursor, list.keyShapes)
  const found = await list.find(position, limit + 1)
  const hasMore = found.length > limit
  const backwards = position?.direction === 'before'
  const rows = backwards ? found.slice(0, limit).toReversed() : found.slice(0, limit)
  const cursorAt = (row: Row | undefined, direction: Position['direction']): string | undefined =>
    row === undefined ? undefined : encodeCursor(list.name, list.filters, { direction, key: list.keyOf(row) })
  return {
    rows,
    nextCursor: backwards || hasMore ? cursorAt(rows.at(-1), 'after') : undefined,
    previousCursor: (backwards ? hasMore : position !== undefined) ? cursorAt(rows[0], 'before') : undefined,
  }
}

const pageLargest = 1_000
