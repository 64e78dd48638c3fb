import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { EndpointId, PartnerId } from '../../values/ids.ts'
import { selectEndpoint } from './endpoints.sql.ts'
import type { Endpoint } from './webhook.ts'

/** One of the partner's endpoints. Throws Failure endpoint_not_found, for another partner's too. */
export async function findEndpoint(db: Db, partnerId: PartnerId, endpointId: EndpointId): Promise<Endpoint> {
  const endpoint = await selectEndpoint(db, partnerId, endpointId)
  if (endpoint === undefined) throw new Failure('endpoint_not_found')
  return endpoint
}
