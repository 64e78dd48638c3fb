import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { DaySum } from './sale.ts'
import { selectDaySums } from './sales.sql.ts'

/**
 * What a partner bought on each of its last days, today included: orders that delivered something, by currency, the earliest day first. Of very
 * many orders the newest are counted.
 *
 * @param timeZone an IANA name; days are its days
 */
export async function sumDays(
  db: Db,
  wanted: { readonly partnerId: PartnerId; readonly timeZone: string; readonly days: number },
): Promise<DaySum[]> {
  return selectDaySums(db, { ...wanted, ordersMost })
}

/** So that the page of a very busy partner is as quick as others. */
const ordersMost = 200_000
