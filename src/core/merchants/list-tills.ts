import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { findMerchant } from './find-merchant.ts'
import { isTillNumber } from './merchant.ts'
import type { Till } from './merchant.ts'
import { selectTills } from './merchants.sql.ts'

/** A page of a merchant's tills, by number. Throws Failure merchant_not_found, and validation_failed for a foreign cursor. */
export async function listTills(db: Db, merchant: string, request: PageRequest): Promise<Page<Till>> {
  const { id } = await findMerchant(db, merchant)
  return keysetPage<Till>(
    {
      name: 'tills',
      filters: { id },
      keyShapes: [isTillNumber],
      keyOf: ({ number }) => [number],
      find: (position, limit) => selectTills(db, id, position, limit),
    },
    request,
  )
}
