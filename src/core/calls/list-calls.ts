import type { Db } from '../../platform/database.ts'
import { decodeCursor, encodeCursor, isInstant } from '../../platform/cursor.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Call, CallFilter } from './call.ts'
import { selectCalls } from './calls.sql.ts'

/**
 * Calls of the API log, newest first: one partner's, or everybody's for an operator (`partnerId` undefined). `limit` is the most
 * rows of the page. Throws Failure validation_failed for a cursor of another list.
 */
export async function listCalls(
  db: Db,
  partnerId: PartnerId | undefined,
  filter: CallFilter,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<Call>> {
  const filters = { ...filter, partnerId, from: filter.from?.toISOString(), to: filter.to?.toISOString() }
  const given =
    cursor === undefined ? undefined : decodeCursor('api-calls', filters, cursor, [isInstant, isRequestId])
  const direction = given?.direction ?? 'after'
  const [calledAt = '', id = ''] = given?.key ?? []
  const found = await selectCalls(db, partnerId, filter, {
    position: given && { calledAt, id },
    direction,
    limit,
  })
  const hasMore = found.length > limit
  const page = found.slice(0, limit)
  if (direction === 'before') page.reverse()
  const cursorAt = (
    row: (typeof page)[number] | undefined,
    towards: 'after' | 'before',
  ): string | undefined =>
    row &&
    encodeCursor('api-calls', filters, { direction: towards, key: [row.position.calledAt, row.position.id] })
  return {
    rows: page.map(({ position: _position, ...call }) => call),
    nextCursor: direction === 'before' || hasMore ? cursorAt(page.at(-1), 'after') : undefined,
    previousCursor:
      given !== undefined && (direction === 'after' || hasMore) ? cursorAt(page[0], 'before') : undefined,
  }
}

const isRequestId = (text: string): boolean => /^[A-Za-z0-9._-]{1,128}$/.test(text)
