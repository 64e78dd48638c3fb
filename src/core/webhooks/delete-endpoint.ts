import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteDeliveries } from './deliveries.sql.ts'
import { deleteEndpointRow } from './endpoints.sql.ts'

/**
 * Removes an endpoint: nothing is sent to it from here on, and what is known of its deliveries goes too, lot by lot, since there may be
 * very many. Throws Failure endpoint_not_found.
 */
export async function deleteEndpoint(
  database: Database,
  command: { readonly partnerId: PartnerId; readonly endpointId: EndpointId; readonly actor: string },
): Promise<void> {
  const { partnerId, endpointId, actor } = command
  await database.inTransaction(async (tx) => {
    if (!(await deleteEndpointRow(tx, partnerId, endpointId))) throw new Failure('endpoint_not_found')
    await recordAudit(tx, { actor, action: 'webhook_endpoint.deleted', partnerId, subject: endpointId })
  })
  await inLots(lots, (limit) => deleteDeliveries(database, { partnerId, endpointId }, limit))
}

const lots = { size: 1_000, most: 10_000 }
