import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { BankLine } from './bank.ts'
import { selectLines } from './bank.sql.ts'
import type { LineFilter, ListedLine } from './bank.sql.ts'

/** What moved on our bank accounts, those lines that wait longest first. Throws Failure validation_failed for a foreign cursor. */
export async function listBankLines(
  db: Db,
  filter: LineFilter,
  request: PageRequest,
): Promise<Page<BankLine>> {
  return keysetPage<ListedLine>(
    {
      name: 'bank_lines',
      filters: filter,
      keyShapes: [isInstant, isUuid],
      keyOf: (found) => [found.createdAtText, found.id],
      find: (position, limit) => selectLines(db, filter, position, limit),
    },
    request,
  )
}
