import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { createCredential } from './create-credential.ts'
import { prefixOf } from './credential.ts'
import type { IssuedCredential } from './credential.ts'
import { limitLife, lockUsableCredential } from './credentials.sql.ts'

export type RotateCredential = {
  readonly partnerId: PartnerId
  readonly credentialId: CredentialId
  /** How long the old token goes on working beside the new one, so that clients can change over; 0: not at all. */
  readonly graceSeconds: number
  /** When the new one ends; undefined: never. */
  readonly expiresAt?: Date | undefined
  readonly actor: string
}

/**
 * A new token, and a new secret or key pair if there was one, with the dialect, label, scopes and addresses of an old credential, which ends
 * after the grace. Throws Failure credential_not_found for one that cannot be used any more, and validation_failed.
 */
export async function rotateCredential(
  tx: Tx,
  keyRing: KeyRing,
  command: RotateCredential,
): Promise<IssuedCredential> {
  const { partnerId, credentialId, graceSeconds, expiresAt, actor } = command
  if (!(graceSeconds >= 0 && graceSeconds <= graceSecondsMost)) {
    const sentence = `The grace must be 0 to ${graceSecondsMost} seconds.`
    throw new Failure('validation_failed', { fields: [{ field: 'grace_seconds', sentence }] })
  }
  const old = await lockUsableCredential(tx, partnerId, credentialId)
  if (old === undefined) throw new Failure('credential_not_found')
  await limitLife(tx, partnerId, credentialId, graceSeconds)
  const { dialect, label, scopes, allowedAddresses } = old
  const kept = {
    partnerId,
    dialect,
    label,
    scopes,
    allowedAddresses,
    withSecret: old.hasSecret && old.username === undefined,
    keepToken: old.tokenKept,
    withEncryption: old.username !== undefined,
    withKeyPair: old.hasKeyPair,
    tokenPrefix: prefixOf(old.tokenHint),
  }
  const issued = await createCredential(tx, keyRing, { ...kept, expiresAt, actor })
  const details = { to: issued.credentialId, graceSeconds }
  await recordAudit(tx, { actor, action: 'credential.rotated', partnerId, subject: credentialId, details })
  return issued
}

/** A quarter of a year. */
const graceSecondsMost = 7_776_000
