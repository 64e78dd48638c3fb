import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { findMerchant } from '../merchants/find-merchant.ts'
import type { Settlement, SettlementState } from './settlement.ts'
import { selectSettlements } from './settlements.sql.ts'
import type { ListedSettlement } from './settlements.sql.ts'

/**
 * Payouts and their returns, newest first; of one merchant, by its code, of one issuer, or of all.
 * Throws Failure merchant_not_found, and validation_failed for a foreign cursor.
 */
export async function listSettlements(
  db: Db,
  filter: {
    readonly merchant?: string | undefined
    readonly partnerId?: PartnerId | undefined
    readonly state?: SettlementState | undefined
  },
  request: PageRequest,
): Promise<Page<Settlement>> {
  const { merchant, partnerId, state } = filter
  const merchantId = merchant === undefined ? undefined : (await findMerchant(db, merchant)).id
  const filters = { merchantId, partnerId, state }
  const page = await keysetPage<ListedSettlement>(
    {
      name: 'settlements',
      filters,
      keyShapes: [isInstant, isUuid],
      keyOf: ({ createdAtText, id }) => [createdAtText, id],
      find: (position, limit) => selectSettlements(db, filters, position, limit),
    },
    request,
  )
  return { ...page, rows: page.rows.map(({ createdAtText: _, ...settlement }) => settlement) }
}
