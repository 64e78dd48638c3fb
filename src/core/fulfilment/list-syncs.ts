import { isInteger, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { SupplierId, SyncId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectChanges, selectSyncs } from './syncs.sql.ts'
import type { ListedChange, Sync } from './syncs.sql.ts'

/** A page of looks at suppliers' lists, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listSyncs(
  db: Db,
  supplierId: SupplierId | undefined,
  request: PageRequest,
): Promise<Page<Sync>> {
  return keysetPage<Sync>(
    {
      name: 'supplier syncs',
      filters: { supplierId },
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectSyncs(db, { supplierId }, position, limit),
    },
    request,
  )
}

/** A page of what one of them found changed. */
export async function listChanges(db: Db, id: SyncId, request: PageRequest): Promise<Page<ListedChange>> {
  return keysetPage<ListedChange>(
    {
      name: 'supplier sync changes',
      filters: { id },
      keyShapes: [isInteger],
      keyOf: ({ number }) => [number.toString()],
      find: (position, limit) => selectChanges(db, id, position, limit),
    },
    request,
  )
}
