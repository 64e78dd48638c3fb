import type { Tx } from '../../platform/database.ts'
import type { Micros } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { parseCode } from './code.ts'
import { fingerprintOfCode } from './fingerprint-of-code.ts'
import type { Voucher } from './voucher.ts'
import { lockByHash, takeWhole } from './vouchers.sql.ts'

/** The voucher of a code, locked; undefined: there is none. `typed` as a person wrote it. */
export async function lockVoucherOf(tx: Tx, keyRing: KeyRing, typed: string): Promise<Voucher | undefined> {
  const code = parseCode(typed)
  return code === undefined ? undefined : lockByHash(tx, fingerprintOfCode(keyRing, code))
}

/** Takes all of an open voucher that nobody has taken from; undefined, and nothing taken: it cannot be used now. Micro-units. */
export async function takeWholeVoucher(
  tx: Tx,
  voucher: Pick<Voucher, 'partnerId' | 'id'>,
): Promise<Micros | undefined> {
  return takeWhole(tx, voucher.partnerId, voucher.id)
}
