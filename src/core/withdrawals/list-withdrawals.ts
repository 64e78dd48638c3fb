import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Withdrawal } from './withdrawal.ts'
import { selectWithdrawals } from './withdrawals.sql.ts'
import type { StoredWithdrawal, WithdrawalFilter } from './withdrawals.sql.ts'

/** Withdrawals, newest first; of one partner, or of all for an operator. Throws Failure validation_failed for a foreign cursor. */
export async function listWithdrawals(
  db: Db,
  filter: WithdrawalFilter,
  request: PageRequest,
): Promise<Page<Withdrawal>> {
  return keysetPage<StoredWithdrawal>(
    {
      name: 'withdrawals',
      filters: filter,
      keyShapes: [isInstant, isUuid],
      keyOf: (found) => [found.createdAtText, found.id],
      find: (position, limit) => selectWithdrawals(db, filter, position, limit),
    },
    request,
  )
}
