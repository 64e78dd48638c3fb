import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { isMerchantCode } from './merchant.ts'
import type { Merchant } from './merchant.ts'
import { selectMerchants } from './merchants.sql.ts'

/** A page of all merchants, by code. Throws Failure validation_failed for a foreign cursor. */
export function listMerchants(db: Db, request: PageRequest): Promise<Page<Merchant>> {
  return keysetPage<Merchant>(
    {
      name: 'merchants',
      filters: {},
      keyShapes: [isMerchantCode],
      keyOf: ({ code }) => [code],
      find: (position, limit) => selectMerchants(db, position, limit),
    },
    request,
  )
}
