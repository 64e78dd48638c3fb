import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { ProposalId, TransferId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { putBackValue } from '../vouchers/put-back-value.ts'
import { bookCode } from './book-code.ts'
import { bookRedemption } from './book-redemption.ts'
import type { Redemption } from './redemption.ts'
import { lockRedemption, markReversed, selectMerchantCode, selectShares } from './redemptions.sql.ts'

/**
 * Takes a redemption back as it was proposed, by a second person: its value returns to the same vouchers, and the merchant is owed less, or
 * the wallet holds less. A voucher that has ended meanwhile gives it back to its issuer in the next night. Repeated, it has no effect.
 * Throws Failure proposal_not_found, second_person_required, insufficient_funds (the wallet has spent it).
 */
export async function approveReversal(
  tx: Tx,
  command: { readonly proposalId: ProposalId; readonly actor: string },
): Promise<{ readonly redemption: Redemption; readonly repeated: boolean }> {
  const { proposalId, actor } = command
  const redemption = await lockRedemption(tx, { proposalId })
  if (redemption === undefined) throw new Failure('proposal_not_found')
  if (redemption.reversedBy !== undefined) return { redemption, repeated: true }
  if (redemption.proposedBy === actor) throw new Failure('second_person_required')
  const shares = await selectShares(tx, redemption.id)
  const reversalId = newId<TransferId>()
  await putBackValue(tx, shares)
  const { merchantId } = redemption
  const booking = { redemption, shares, isReversal: true, reversalId, actor } as const
  if (merchantId === undefined) await bookCode(tx, booking)
  else await bookRedemption(tx, { ...booking, merchant: await selectMerchantCode(tx, merchantId) })
  await markReversed(tx, redemption, { reversalId, actor })
  await recordAudit(tx, {
    actor,
    action: 'redemption.reversed',
    partnerId: redemption.partnerId,
    subject: redemption.id,
    details: { proposalId, proposedBy: redemption.proposedBy, note: redemption.reversalNote, reversalId },
  })
  return { redemption: { ...redemption, reversedBy: actor }, repeated: false }
}
