import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SettlementId } from '../../values/ids.ts'
import type { Settlement } from './settlement.ts'
import { selectSettlement } from './settlements.sql.ts'

/** A payout, or the return of one. Throws Failure settlement_not_found. */
export async function findSettlement(db: Db, id: SettlementId): Promise<Settlement> {
  const found = await selectSettlement(db, id)
  if (found === undefined) throw new Failure('settlement_not_found')
  return found
}
