import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { SupplierId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectSources } from './suppliers.sql.ts'
import type { ListedSource } from './suppliers.sql.ts'

/** A page of the SKUs that a supplier can fill, in the order of their codes. Throws Failure validation_failed for a foreign cursor. */
export async function listSources(
  db: Db,
  supplierId: SupplierId,
  request: PageRequest,
): Promise<Page<ListedSource>> {
  return keysetPage<ListedSource>(
    {
      name: 'supplier sources',
      filters: { supplierId },
      keyShapes: [isCode],
      keyOf: (source) => [source.skuCode],
      find: (position, limit) => selectSources(db, supplierId, position, limit),
    },
    request,
  )
}

function isCode(text: string): boolean {
  return text.length <= 200 && text.isWellFormed() && !text.includes('\u0000')
}
