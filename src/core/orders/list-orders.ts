import { decodeCursor, encodeCursor, isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { KeyRing } from '../keys/ring.ts'
import { assembleOrders } from './assemble-orders.ts'
import type { Order } from './order.ts'
import { selectOrders } from './orders.sql.ts'
import type { OrderFilters, OrderPosition, OrderRow } from './orders.sql.ts'

/**
 * A page of the partner's orders, newest first. Keyset: any depth costs the same.
 * Throws Failure validation_failed for a cursor of another list or other filters.
 *
 * @param page.limit rows at the most, 1 to 1,000
 */
export async function listOrders(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  filters: OrderFilters,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<Order>> {
  const tag = { ...filters, from: filters.from?.toISOString(), to: filters.to?.toISOString(), partnerId }
  const position = page.cursor === undefined ? undefined : toPosition(page.cursor, tag)
  const found = await selectOrders(db, partnerId, filters, position, page.limit + 1)
  const hasMore = found.length > page.limit
  const backwards = position?.direction === 'before'
  const rows = backwards ? found.slice(0, page.limit).toReversed() : found.slice(0, page.limit)
  const cursorAt = (row: OrderRow | undefined, direction: 'after' | 'before'): string | undefined =>
    row === undefined
      ? undefined
      : encodeCursor('orders', tag, { direction, key: [row.createdAtText, row.id] })
  return {
    rows: await assembleOrders(db, keyRing, partnerId, rows),
    nextCursor: backwards || hasMore ? cursorAt(rows.at(-1), 'after') : undefined,
    previousCursor:
      (backwards && hasMore) || (!backwards && position !== undefined)
        ? cursorAt(rows[0], 'before')
        : undefined,
  }
}

function toPosition(cursor: string, tag: Readonly<Record<string, unknown>>): OrderPosition {
  const { direction, key } = decodeCursor('orders', tag, cursor, [isInstant, isUuid])
  return { direction, createdAt: key[0] ?? '', id: key[1] ?? '' }
}
