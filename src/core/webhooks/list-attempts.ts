import { isInteger } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, EventId, PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectAttempts, selectDelivery } from './deliveries.sql.ts'
import type { Attempt } from './webhook.ts'

/** A page of the tries of a delivery, the last first. Throws Failure delivery_not_found, and validation_failed for a foreign cursor. */
export async function listAttempts(
  db: Db,
  delivery: { readonly partnerId: PartnerId; readonly endpointId: EndpointId; readonly eventId: EventId },
  request: PageRequest,
): Promise<Page<Attempt>> {
  const { partnerId, endpointId, eventId } = delivery
  if ((await selectDelivery(db, delivery, eventId)) === undefined) throw new Failure('delivery_not_found')
  return keysetPage(
    {
      name: 'webhook-attempts',
      filters: { partnerId, endpointId, eventId },
      keyShapes: [isInteger],
      keyOf: (attempt) => [String(attempt.number)],
      find: (position, limit) => selectAttempts(db, delivery, eventId, position, limit),
    },
    request,
  )
}
