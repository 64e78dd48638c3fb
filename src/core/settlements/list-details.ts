import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { findMerchant } from '../merchants/find-merchant.ts'
import type { BankDetails, DetailsState } from './details.ts'
import { selectDetails } from './details.sql.ts'

/**
 * Where merchants are paid, or shall be, with the numbers hidden, newest first; of one merchant, by its code, or of all.
 * Throws Failure merchant_not_found, and validation_failed for a foreign cursor.
 */
export async function listBankDetails(
  db: Db,
  filter: { readonly merchant?: string | undefined; readonly state?: DetailsState | undefined },
  request: PageRequest,
): Promise<Page<BankDetails>> {
  const { merchant, state } = filter
  const merchantId = merchant === undefined ? undefined : (await findMerchant(db, merchant)).id
  return keysetPage<BankDetails>(
    {
      name: 'merchant bank details',
      filters: { merchantId, state },
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectDetails(db, { merchantId, state }, position, limit),
    },
    request,
  )
}
