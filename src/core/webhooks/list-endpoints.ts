import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { selectEndpoints } from './endpoints.sql.ts'
import type { Endpoint } from './webhook.ts'

/**
 * A page of a partner's endpoints, newest first; never their secrets. Throws Failure validation_failed for a foreign cursor.
 *
 * @param isCallback those that came with requests instead of those that were registered
 */
export async function listEndpoints(
  db: Db,
  partnerId: PartnerId,
  request: PageRequest,
  isCallback = false,
): Promise<Page<Endpoint>> {
  return keysetPage(
    {
      name: 'webhook-endpoints',
      filters: { partnerId, isCallback },
      keyShapes: [isUuid],
      keyOf: (endpoint) => [endpoint.id],
      find: (position, limit) => selectEndpoints(db, { partnerId, isCallback }, position, limit),
    },
    request,
  )
}
