import type { Db } from '../../platform/database.ts'
import { selectTroubled } from './endpoints.sql.ts'
import type { TroubledEndpoint } from './webhook.ts'

/** Endpoints that fail now or were disabled, those in trouble for longest first; the first 200. */
export async function listTroubledEndpoints(db: Db): Promise<TroubledEndpoint[]> {
  return selectTroubled(db, 200)
}
