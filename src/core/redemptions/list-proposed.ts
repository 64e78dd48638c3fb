import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Redemption } from './redemption.ts'
import { selectProposed } from './redemptions.sql.ts'

/** Redemptions whose reversal waits for a second person, the oldest first. Throws Failure validation_failed for a foreign cursor. */
export function listProposedReversals(db: Db, request: PageRequest): Promise<Page<Redemption>> {
  return keysetPage<Redemption>(
    {
      name: 'proposed reversals',
      filters: {},
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectProposed(db, position, limit),
    },
    request,
  )
}
