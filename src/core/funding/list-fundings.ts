import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Funding } from './funding.ts'
import { selectFundings } from './funding.sql.ts'
import type { ListedFunding } from './funding.sql.ts'

/** A partner's funding requests, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listFundings(
  db: Db,
  partnerId: PartnerId,
  request: PageRequest,
): Promise<Page<Funding>> {
  return keysetPage<ListedFunding>(
    {
      name: 'fundings',
      filters: { partnerId },
      keyShapes: [isInstant, isUuid],
      keyOf: (found) => [found.createdAtText, found.id],
      find: (position, limit) => selectFundings(db, partnerId, position, limit),
    },
    request,
  )
}
