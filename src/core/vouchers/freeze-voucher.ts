import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { VoucherId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Voucher } from './voucher.ts'
import { updateFrozen } from './vouchers.sql.ts'

/** Keeps a voucher from being spent, or lets it be spent again. Its end stays what it was. Throws Failure voucher_not_found. */
export async function freezeVoucher(
  tx: Tx,
  command: {
    readonly voucherId: VoucherId
    readonly isFrozen: boolean
    readonly note: string
    readonly actor: string
  },
): Promise<Voucher> {
  const { voucherId, isFrozen, note, actor } = command
  const voucher = await updateFrozen(tx, voucherId, isFrozen)
  if (voucher === undefined)
    throw new Failure('voucher_not_found', { sentence: 'The voucher does not exist.' })
  await recordAudit(tx, {
    actor,
    action: isFrozen ? 'voucher.frozen' : 'voucher.unfrozen',
    partnerId: voucher.partnerId,
    subject: voucherId,
    details: { note },
  })
  return voucher
}
