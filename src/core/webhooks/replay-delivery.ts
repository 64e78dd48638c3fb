import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, EventId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { notifyDue, restartDeliveries } from './deliveries.sql.ts'
import { findEndpoint } from './find-endpoint.ts'

/**
 * Sends an event to an endpoint again, with the same id and body, whatever became of it; the schedule begins anew.
 * Throws Failure endpoint_not_found, endpoint_disabled, delivery_not_found.
 */
export async function replayDelivery(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly endpointId: EndpointId
    readonly eventId: EventId
    readonly actor: string
  },
): Promise<void> {
  const { partnerId, endpointId, eventId, actor } = command
  const { state } = await findEndpoint(tx, partnerId, endpointId)
  if (state === 'disabled') throw new Failure('endpoint_disabled')
  const restarted = await restartDeliveries(tx, command, [eventId])
  if (restarted === 0) throw new Failure('delivery_not_found')
  const details = { eventId }
  await recordAudit(tx, { actor, action: 'webhook.replayed', partnerId, subject: endpointId, details })
  await notifyDue(tx)
}
