import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, EventId, PartnerId } from '../../values/ids.ts'
import { insertEventFor, notifyDue } from './deliveries.sql.ts'
import { findEndpoint } from './find-endpoint.ts'
import { testEventType } from './writer.ts'

/**
 * Puts a test event on its way to one endpoint, whatever events it chose; signed, tried and logged like any other.
 * Throws Failure endpoint_not_found, endpoint_disabled.
 */
export async function sendTestEvent(
  tx: Tx,
  endpoint: { readonly partnerId: PartnerId; readonly endpointId: EndpointId },
): Promise<EventId> {
  const { state } = await findEndpoint(tx, endpoint.partnerId, endpoint.endpointId)
  if (state === 'disabled') throw new Failure('endpoint_disabled')
  const id = newId<EventId>()
  await insertEventFor(tx, endpoint, { id, type: testEventType })
  await notifyDue(tx)
  return id
}
