import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId } from '../../values/ids.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Page } from '../../values/page.ts'
import { findMerchant } from '../merchants/find-merchant.ts'
import { isMerchantCode } from '../merchants/merchant.ts'
import type { Owed } from './owed.ts'
import { selectOwed } from './owed.sql.ts'

/**
 * What merchants are owed, by issuer and currency, now or at the end of the moment before `at`; who was owed something once stays listed.
 * Throws Failure merchant_not_found, and validation_failed for a foreign cursor.
 */
export async function listOwed(
  db: Db,
  filter: {
    readonly merchant?: string | undefined
    readonly partnerId?: PartnerId | undefined
    readonly at?: Date | undefined
  },
  request: PageRequest,
): Promise<Page<Owed>> {
  const { merchant, partnerId, at } = filter
  if (merchant !== undefined) await findMerchant(db, merchant)
  return keysetPage<Owed>(
    {
      name: 'owed to merchants',
      filters: { merchant, partnerId, at },
      keyShapes: [isMerchantCode, isUuid, (text) => parseCurrency(text) !== undefined],
      keyOf: (row) => [row.merchant, row.partnerId, row.currency],
      find: (position, limit) => selectOwed(db, { merchant, partnerId, at }, position, limit),
    },
    request,
  )
}
