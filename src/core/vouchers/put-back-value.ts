import type { Tx } from '../../platform/database.ts'
import type { Part } from './voucher.ts'
import { lockVouchers, putBack } from './vouchers.sql.ts'

/** Puts what was taken back into the vouchers it came from; their worth is the caller's to book. */
export async function putBackValue(
  tx: Tx,
  parts: readonly Pick<Part, 'partnerId' | 'voucherId' | 'amount'>[],
): Promise<void> {
  await lockVouchers(tx, parts)
  const count = await putBack(tx, parts)
  if (count !== parts.length) throw new Error('A voucher that was taken from is not there.')
}
