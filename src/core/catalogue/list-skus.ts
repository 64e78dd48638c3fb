import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { selectSkus } from './sku-list.sql.ts'
import type { StoredSku } from './stored.ts'

/** All SKUs by code, those that are not sold too; with a text those that have it in their code or a name. Throws Failure validation_failed for a foreign cursor. */
export function listSkus(
  db: Db,
  filter: { readonly text: string | undefined },
  request: PageRequest,
): Promise<Page<StoredSku>> {
  return keysetPage<StoredSku>(
    {
      name: 'skus',
      filters: filter,
      keyShapes: [(text) => text.length <= 200],
      keyOf: ({ code }) => [code],
      find: (position, limit) => selectSkus(db, filter, position, limit),
    },
    request,
  )
}
