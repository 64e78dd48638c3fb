import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findFunding } from './find-funding.ts'
import { markFundingCancelled } from './funding.sql.ts'

/**
 * Nobody waits for the money any more; what comes all the same is booked. Repeated, it has no effect.
 * Throws Failure funding_not_found, and decided_otherwise once money has come.
 */
export async function cancelFunding(
  tx: Tx,
  command: { readonly partnerId: PartnerId; readonly reference: string; readonly actor: string },
): Promise<void> {
  const { partnerId, reference, actor } = command
  const { id } = await findFunding(tx, partnerId, reference)
  if (!(await markFundingCancelled(tx, partnerId, reference))) {
    const { state } = await findFunding(tx, partnerId, reference)
    if (state === 'cancelled') return
    throw new Failure('decided_otherwise', { sentence: 'The money has come already.' })
  }
  await recordAudit(tx, {
    actor,
    action: 'funding.cancelled',
    partnerId,
    subject: id,
    details: { reference },
  })
}
