import { isInstant, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectDeliveries } from './deliveries.sql.ts'
import type { DeliveryFilters, DeliveryRow } from './deliveries.sql.ts'
import { findEndpoint } from './find-endpoint.ts'
import type { Delivery } from './webhook.ts'

/**
 * A page of what went, goes and did not go to an endpoint, newest first. Keyset: any depth costs the same.
 * Throws Failure endpoint_not_found, and validation_failed for a foreign cursor.
 */
export async function listDeliveries(
  db: Db,
  endpoint: { readonly partnerId: PartnerId; readonly endpointId: EndpointId },
  filters: DeliveryFilters,
  request: PageRequest,
): Promise<Page<Delivery>> {
  const { partnerId, endpointId } = endpoint
  await findEndpoint(db, partnerId, endpointId)
  const { state, from, to } = filters
  const page = await keysetPage<DeliveryRow>(
    {
      name: 'webhook-deliveries',
      filters: { partnerId, endpointId, state, from: from?.toISOString(), to: to?.toISOString() },
      keyShapes: [isInstant, isUuid],
      keyOf: (delivery) => [delivery.createdAtText, delivery.eventId],
      find: (position, limit) => selectDeliveries(db, endpoint, filters, position, limit),
    },
    request,
  )
  return { ...page, rows: page.rows.map(({ createdAtText: _, ...delivery }) => delivery) }
}
