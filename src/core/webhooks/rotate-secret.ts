import type { Tx } from '../../platform/database.ts'
import { newWebhookSecret } from '../../platform/webhook-signatures.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { lockEndpoint, updateSecret } from './endpoints.sql.ts'
import type { IssuedEndpoint } from './webhook.ts'

export type RotateSecret = {
  readonly partnerId: PartnerId
  readonly endpointId: EndpointId
  /** How long the old secret signs beside the new one, so that the receiver can change over; 0: not at all. */
  readonly graceSeconds: number
  readonly actor: string
}

/**
 * Gives an endpoint a new secret, which is in the answer and never again. Of two rotations within the grace, the first secret is
 * forgotten. Throws Failure endpoint_not_found, validation_failed.
 */
export async function rotateSecret(tx: Tx, keyRing: KeyRing, command: RotateSecret): Promise<IssuedEndpoint> {
  const { partnerId, endpointId, graceSeconds, actor } = command
  if (!(graceSeconds >= 0 && graceSeconds <= graceSecondsMost)) {
    const sentence = `The grace must be 0 to ${graceSecondsMost} seconds.`
    throw new Failure('validation_failed', { fields: [{ field: 'grace_seconds', sentence }] })
  }
  if ((await lockEndpoint(tx, partnerId, endpointId)) === undefined) throw new Failure('endpoint_not_found')
  const secret = newWebhookSecret()
  const sealed = await keyRing.sealForPartner(partnerId, secret, endpointId, tx)
  const endpoint = await updateSecret(tx, partnerId, endpointId, sealed, graceSeconds)
  await recordAudit(tx, {
    actor,
    action: 'webhook_endpoint.secret_rotated',
    partnerId,
    subject: endpointId,
    details: { graceSeconds },
  })
  return { endpoint, secret }
}

/** A month. */
const graceSecondsMost = 2_592_000
