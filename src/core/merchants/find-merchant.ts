import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Merchant } from './merchant.ts'
import { selectMerchant } from './merchants.sql.ts'

/** The merchant of a code, closed ones included. Throws Failure merchant_not_found. */
export async function findMerchant(db: Db, code: string): Promise<Merchant> {
  const merchant = await selectMerchant(db, code)
  if (merchant === undefined) throw new Failure('merchant_not_found')
  return merchant
}
