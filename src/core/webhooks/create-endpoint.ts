import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newWebhookSecret } from '../../platform/webhook-signatures.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { checkEndpoint, toEventTypes } from './check-endpoint.ts'
import type { EndpointRules } from './check-endpoint.ts'
import { insertEndpoint, lockEndpointCount } from './endpoints.sql.ts'
import { endpointsMost } from './webhook.ts'
import type { IssuedEndpoint } from './webhook.ts'

export type CreateEndpoint = {
  readonly partnerId: PartnerId
  /** In whose words it is told. */
  readonly dialect: string
  readonly url: string
  /** Event types, or the vendor's names for them; none: all that the dialect tells today. */
  readonly events?: readonly string[] | undefined
  readonly description?: string | undefined
  readonly actor: string
}

/**
 * Makes an active endpoint with a secret of 256 random bits, which is in the answer and never again.
 * Throws Failure partner_not_found, validation_failed, too_many_endpoints.
 */
export async function createEndpoint(
  tx: Tx,
  keyRing: KeyRing,
  command: CreateEndpoint,
  rules: EndpointRules,
): Promise<IssuedEndpoint> {
  const { partnerId, dialect, url, description = '', actor } = command
  // Written out: what a later version tells besides is no surprise to a receiver that does not expect it.
  const events = toEventTypes(command.events ?? [], dialect, rules)
  const fields = checkEndpoint({ dialect, url, events, description }, rules)
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const count = await lockEndpointCount(tx, partnerId)
  if (count === undefined) throw new Failure('partner_not_found')
  if (count >= endpointsMost) throw new Failure('too_many_endpoints')
  const id = newId<EndpointId>()
  const secret = newWebhookSecret()
  const endpoint = await insertEndpoint(tx, {
    partnerId,
    id,
    dialect,
    url,
    events,
    description,
    secret: await keyRing.sealForPartner(partnerId, secret, id, tx),
  })
  const details = { dialect, url, events: endpoint.events }
  await recordAudit(tx, { actor, action: 'webhook_endpoint.created', partnerId, subject: id, details })
  return { endpoint, secret }
}
