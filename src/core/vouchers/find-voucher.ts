import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, VoucherId } from '../../values/ids.ts'
import type { Voucher } from './voucher.ts'
import { selectVoucher, selectVouchers } from './vouchers.sql.ts'

/** For operators: a voucher by its id, whoever's it is. Throws Failure voucher_not_found. */
export async function findVoucher(db: Db, id: VoucherId): Promise<Voucher> {
  const voucher = await selectVoucher(db, id)
  if (voucher === undefined)
    throw new Failure('voucher_not_found', { sentence: 'The voucher does not exist.' })
  return voucher
}

/** Those of a partner's vouchers that are there. */
export function findVouchers(db: Db, partnerId: PartnerId, ids: readonly VoucherId[]): Promise<Voucher[]> {
  return selectVouchers(db, partnerId, ids)
}
