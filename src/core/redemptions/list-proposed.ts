import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Redemption } from './redemption.ts'
import { countProposed, selectProposed } from './redemptions.sql.ts'

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

/** How many wait. */
export async function countProposedReversals(db: Db): Promise<number> {
  return countProposed(db)
}
