import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { IdentityCheck, IdentityState } from './identity.ts'
import { selectChecks } from './identity.sql.ts'
import type { ListedCheck } from './identity.sql.ts'

/** What was submitted, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listIdentities(
  db: Db,
  state: IdentityState | undefined,
  request: PageRequest,
): Promise<Page<IdentityCheck>> {
  return keysetPage<ListedCheck>(
    {
      name: 'identities',
      filters: { state },
      keyShapes: [isInstant, isUuid],
      keyOf: (found) => [found.createdAtText, found.id],
      find: (position, limit) => selectChecks(db, state, position, limit),
    },
    request,
  )
}
