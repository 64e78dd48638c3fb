import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { IdentityCheckId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { recordAccountEvent } from '../events/record-account-event.ts'
import type { IdentityCheck, IdentityState } from './identity.ts'
import { lockCheck, markDecided } from './identity.sql.ts'
import { requireSecondPerson } from '../users/require-second-person.ts'

type Decided = { readonly check: IdentityCheck; readonly repeated: boolean }

/**
 * Says that who is behind an account was proven. Of two who decide at once the first decides. Repeated, it has no effect.
 * Throws Failure identity_not_found, second_person_required, and decided_otherwise if it was rejected.
 */
export async function approveIdentity(
  tx: Tx,
  command: { readonly id: IdentityCheckId; readonly actor: string },
): Promise<Decided> {
  return decide(tx, { ...command, state: 'approved', reason: '' })
}

/**
 * Says that it was not, for a reason that the partner is told, and that it may submit again.
 * Throws Failure identity_not_found, second_person_required, validation_failed, and decided_otherwise if it was approved.
 */
export async function rejectIdentity(
  tx: Tx,
  command: {
    readonly id: IdentityCheckId
    /** 1 to 1,000 characters. */
    readonly reason: string
    readonly actor: string
  },
): Promise<Decided> {
  const { reason } = command
  if (reason.trim() === '' || reason.length > 1_000 || !isStorableJson(reason)) {
    const sentence = 'The reason must be 1 to 1000 characters of text.'
    throw new Failure('validation_failed', { fields: [{ field: 'reason', sentence }] })
  }
  return decide(tx, { ...command, state: 'rejected' })
}

async function decide(
  tx: Tx,
  decision: {
    readonly id: IdentityCheckId
    readonly state: Exclude<IdentityState, 'submitted'>
    readonly reason: string
    readonly actor: string
  },
): Promise<Decided> {
  const { id, state, reason, actor } = decision
  const check = await lockCheck(tx, id)
  if (check === undefined) throw new Failure('identity_not_found')
  if (check.state === state) return { check, repeated: true }
  if (check.state !== 'submitted')
    throw new Failure('decided_otherwise', { sentence: `It was ${check.state} already.` })
  await requireSecondPerson(tx, { partnerId: check.partnerId, by: check.submittedBy }, actor)
  await markDecided(tx, decision)
  const { partnerId, submittedBy, legalName } = check
  const type = state === 'approved' ? 'kyc.approved' : 'kyc.rejected'
  await recordAccountEvent(tx, { partnerId, type, details: { checkId: id, legalName, reason } })
  const details = { reason, submittedBy }
  await recordAudit(tx, { actor, action: `identity.${state}`, partnerId, subject: id, details })
  return { check: { ...check, state, reason, decidedBy: actor }, repeated: false }
}
