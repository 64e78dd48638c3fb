import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Break } from './break.ts'
import { selectBreaks } from './breaks.sql.ts'
import type { BreakFilter, ListedBreak } from './breaks.sql.ts'

/** A page of breaks, those that wait longest first. Throws Failure validation_failed for a foreign cursor. */
export async function listBreaks(db: Db, filter: BreakFilter, request: PageRequest): Promise<Page<Break>> {
  return keysetPage<ListedBreak>(
    {
      name: 'breaks',
      filters: filter,
      keyShapes: [isInstant, isUuid],
      keyOf: (found) => [found.createdAtText, found.id],
      find: (position, limit) => selectBreaks(db, filter, position, limit),
    },
    request,
  )
}
