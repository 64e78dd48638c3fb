import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { SalesSum } from './sale.ts'
import { selectSalesSums } from './sales.sql.ts'

/**
 * What a partner bought through one dialect, a row per SKU, in the order of their codes; over ten thousand are cut off.
 *
 * @param wanted.until exclusive
 */
export async function summariseSales(
  db: Db,
  wanted: {
    readonly partnerId: PartnerId
    readonly dialect: string
    readonly from: Date
    readonly until: Date
  },
): Promise<SalesSum[]> {
  return selectSalesSums(db, { ...wanted, limit: rowsMost })
}

const rowsMost = 10_000
