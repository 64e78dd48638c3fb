import { isInstant, isInteger, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { selectOpenItems } from './parked.sql.ts'
import type { ItemFilter, ListedItem } from './parked.sql.ts'

/** A page of the items that have not ended, those that wait longest first. Throws Failure validation_failed for a foreign cursor. */
export async function listItems(db: Db, filter: ItemFilter, request: PageRequest): Promise<Page<ListedItem>> {
  return keysetPage<ListedItem>(
    {
      name: 'open fulfilments',
      filters: filter,
      keyShapes: [isInstant, isUuid, isInteger],
      keyOf: (one) => [one.createdAtText, one.orderId, String(one.item)],
      find: (position, limit) => selectOpenItems(db, filter, position, limit),
    },
    request,
  )
}
