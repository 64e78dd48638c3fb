import type { Db } from '../../platform/database.ts'
import { selectBacklog } from './deliveries.sql.ts'

/** What waits for endpoints that are active: how many events, and for how many seconds the oldest has been due. */
export async function measureBacklog(
  db: Db,
): Promise<{ readonly waiting: number; readonly oldestSeconds: number }> {
  return selectBacklog(db)
}
