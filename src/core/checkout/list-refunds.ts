import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { countRefunds, selectProposedRefunds } from './refunds.sql.ts'
import type { ProposedRefund } from './refunds.sql.ts'

/** Money back to buyers that waits for a second person, the oldest first. Throws Failure validation_failed for a foreign cursor. */
export function listProposedRefunds(db: Db, request: PageRequest): Promise<Page<ProposedRefund>> {
  return keysetPage<ProposedRefund>(
    {
      name: 'proposed refunds',
      filters: {},
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectProposedRefunds(db, position, limit),
    },
    request,
  )
}

/** How many wait. */
export async function countProposedRefunds(db: Db): Promise<number> {
  return countRefunds(db)
}
