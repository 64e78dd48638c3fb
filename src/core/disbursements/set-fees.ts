import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { hundredPercent, largestAmountMicros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { FeeSchedule } from './disbursement.ts'
import { upsertFees } from './disbursements.sql.ts'
import { findFees } from './find-fees.ts'

/** Sets what a partner pays from its next disbursement on. Throws Failure partner_not_found, validation_failed. */
export async function setFees(
  tx: Tx,
  command: FeeSchedule & { readonly partnerId: PartnerId; readonly actor: string },
): Promise<void> {
  const { partnerId, each, percent, actor } = command
  if (each < 0n || each > largestAmountMicros || percent < 0n || percent > hundredPercent) {
    const sentence = 'A fee must not be negative, nor a percentage above 100.'
    throw new Failure('validation_failed', { fields: [{ field: 'fee', sentence }] })
  }
  const before = await findFees(tx, partnerId)
  await upsertFees(tx, partnerId, { each, percent }).catch((error: unknown) => {
    throw violatedConstraint(error) === 'disbursement_fees_partner_id_fkey'
      ? new Failure('partner_not_found')
      : error
  })
  const details = { before, after: { each, percent } }
  await recordAudit(tx, { actor, action: 'disbursement_fees.set', partnerId, subject: partnerId, details })
}
