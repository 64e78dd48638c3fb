import type { Db } from '../../platform/database.ts'
import { selectRatesInForce } from './rate-list.sql.ts'
import type { RateInForce } from './rate-list.sql.ts'

/** The rates that are in force, by base and quote; as they were stored, without what can be computed from them. */
export async function listRates(db: Db): Promise<RateInForce[]> {
  return selectRatesInForce(db)
}
