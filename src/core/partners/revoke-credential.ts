import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announcePartnerChange } from './announce-partner-change.ts'
import { updateRevoked } from './credentials.sql.ts'

/** Ends a credential at once and for good, in all processes. Repeated, it does nothing. Throws Failure credential_not_found. */
export async function revokeCredential(
  tx: Tx,
  command: { readonly partnerId: PartnerId; readonly credentialId: CredentialId; readonly actor: string },
): Promise<void> {
  const { partnerId, credentialId, actor } = command
  const outcome = await updateRevoked(tx, partnerId, credentialId)
  if (outcome === 'not_found') throw new Failure('credential_not_found')
  if (outcome === 'was_revoked') return
  await recordAudit(tx, { actor, action: 'credential.revoked', partnerId, subject: credentialId })
  await announcePartnerChange(tx, partnerId)
}
