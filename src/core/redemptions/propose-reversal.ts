import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, ProposalId, RedemptionId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { lockRedemption, storeProposal } from './redemptions.sql.ts'

/**
 * Says that a redemption should be taken back; nothing moves before another person approves. It takes the place of an earlier proposal.
 * Throws Failure redemption_not_found, redemption_reversed, validation_failed.
 */
export async function proposeReversal(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly redemptionId: RedemptionId
    /** Why; 1 to 1,000 characters. */
    readonly note: string
    readonly actor: string
  },
): Promise<ProposalId> {
  const { partnerId, redemptionId, note, actor } = command
  if (note.trim() === '' || note.length > 1_000 || !isStorableJson(note)) {
    const sentence = 'The note must be 1 to 1000 characters of text.'
    throw new Failure('validation_failed', { fields: [{ field: 'note', sentence }] })
  }
  const redemption = await lockRedemption(tx, { partnerId, id: redemptionId })
  if (redemption === undefined) throw new Failure('redemption_not_found')
  if (redemption.reversedBy !== undefined) throw new Failure('redemption_reversed')
  const proposalId = newId<ProposalId>()
  await storeProposal(tx, redemption, { proposalId, note, actor })
  await recordAudit(tx, {
    actor,
    action: 'redemption.reversal_proposed',
    partnerId,
    subject: redemptionId,
    details: { proposalId, note },
  })
  return proposalId
}
