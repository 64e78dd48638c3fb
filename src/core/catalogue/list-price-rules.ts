import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectPartnerTerms, selectPriceRules } from './price-rules.sql.ts'
import type { StoredRule } from './stored.ts'

/** How prices come about, the newest rule first; of one partner, or of all and everyone. Throws Failure validation_failed for a foreign cursor. */
export function listPriceRules(
  db: Db,
  filter: { readonly partnerId: PartnerId | undefined },
  request: PageRequest,
): Promise<Page<StoredRule>> {
  return keysetPage<StoredRule>(
    {
      name: 'price rules',
      filters: filter,
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectPriceRules(db, filter, position, limit),
    },
    request,
  )
}

/** The margin and the discount of a partner, as decimals in percent ("2.5"); "0" where it has none. */
export async function findPartnerTerms(
  db: Db,
  partnerId: PartnerId,
): Promise<{ readonly fxMarginPercent: string; readonly discountPercent: string }> {
  return (await selectPartnerTerms(db, partnerId)) ?? { fxMarginPercent: '0', discountPercent: '0' }
}
