import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, SellerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Seller } from './seller.ts'
import { selectSeller, selectSellers } from './sellers.sql.ts'

/** A shop of this partner. Throws Failure seller_not_found, also where it is another's. */
export async function findSeller(db: Db, partnerId: PartnerId, id: SellerId | undefined): Promise<Seller> {
  const found = id === undefined ? undefined : await selectSeller(db, partnerId, id)
  if (found === undefined) throw new Failure('seller_not_found')
  return found
}

/** A page of a partner's shops, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listSellers(db: Db, partnerId: PartnerId, request: PageRequest): Promise<Page<Seller>> {
  return keysetPage(
    {
      name: 'sellers',
      filters: { partnerId },
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectSellers(db, partnerId, position, limit),
    },
    request,
  )
}
