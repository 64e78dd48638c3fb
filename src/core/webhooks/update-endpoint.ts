import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { checkEndpoint, toEventTypes } from './check-endpoint.ts'
import type { EndpointRules } from './check-endpoint.ts'
import { notifyDue } from './deliveries.sql.ts'
import { lockEndpoint, updateEndpointRow } from './endpoints.sql.ts'
import type { Endpoint } from './webhook.ts'

export type UpdateEndpoint = {
  readonly partnerId: PartnerId
  readonly endpointId: EndpointId
  readonly url?: string | undefined
  /** Replaces the former ones; none: all that the dialect tells today. */
  readonly events?: readonly string[] | undefined
  readonly description?: string | undefined
  /** `active` also brings a disabled endpoint back, and what waited for it goes out. */
  readonly state?: 'active' | 'paused' | undefined
  readonly actor: string
}

/** Changes what is given of an endpoint. Throws Failure endpoint_not_found, validation_failed, endpoint_disabled (unless made active). */
export async function updateEndpoint(
  tx: Tx,
  command: UpdateEndpoint,
  rules: EndpointRules,
): Promise<Endpoint> {
  const { partnerId, endpointId, actor } = command
  const former = await lockEndpoint(tx, partnerId, endpointId)
  if (former === undefined) throw new Failure('endpoint_not_found')
  const { dialect } = former
  const change = {
    url: command.url ?? former.url,
    events: command.events === undefined ? former.events : toEventTypes(command.events, dialect, rules),
    description: command.description ?? former.description,
    state: command.state ?? former.state,
  }
  const { url, events, description, state } = change
  const fields = checkEndpoint({ dialect, url, events, description }, rules)
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  if (state === 'disabled') throw new Failure('endpoint_disabled')
  const isFresh = former.state === 'disabled' || url !== former.url
  const row = { url, events, description, state, isFresh }
  const endpoint = await updateEndpointRow(tx, partnerId, endpointId, row)
  const details = {
    from: { url: former.url, events: former.events, state: former.state },
    to: { url, events: endpoint.events, state },
  }
  await recordAudit(tx, {
    actor,
    action: 'webhook_endpoint.changed',
    partnerId,
    subject: endpointId,
    details,
  })
  await notifyDue(tx)
  return endpoint
}
