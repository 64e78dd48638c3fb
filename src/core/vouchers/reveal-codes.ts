import type { Db } from '../../platform/database.ts'
import type { PartnerId, VoucherId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { selectCodes } from './vouchers.sql.ts'

/** Codes of a partner's vouchers in clear, by the vouchers' ids; whoever shows them to a person has that audited. */
export async function revealCodes(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  ids: readonly VoucherId[],
): Promise<ReadonlyMap<VoucherId, string>> {
  const codes = await selectCodes(db, partnerId, ids)
  return new Map(
    await Promise.all(codes.map(async ({ id, sealed }) => [id, await keyRing.open(sealed, id)] as const)),
  )
}
