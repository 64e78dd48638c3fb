import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import { usualFees } from './disbursement.ts'
import type { FeeSchedule } from './disbursement.ts'
import { selectFees } from './disbursements.sql.ts'

/** What a partner pays for disbursements: its own fees, or the usual ones. */
export async function findFees(db: Db, partnerId: PartnerId): Promise<FeeSchedule> {
  return (await selectFees(db, partnerId)) ?? usualFees
}
