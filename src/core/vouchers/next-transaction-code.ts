import type { Db } from '../../platform/database.ts'
import { transactionCode } from './code.ts'
import { nextTransactionNumber } from './vouchers.sql.ts'

/** A letter and seven digits that no other disbursement or redemption has. */
export async function nextTransactionCode(db: Db): Promise<string> {
  return transactionCode(await nextTransactionNumber(db))
}
