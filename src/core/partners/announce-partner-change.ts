import type { Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import { notifyPartnerChanged } from './partners.sql.ts'

/**
 * Tells all processes, when the transaction commits, that what they know of a partner's callers is no longer so. Every verb that
 * changes a partner, its wallets or its credentials calls it.
 */
export async function announcePartnerChange(tx: Tx, partnerId: PartnerId): Promise<void> {
  await notifyPartnerChanged(tx, partnerId)
}
