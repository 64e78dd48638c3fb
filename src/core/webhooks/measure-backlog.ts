import type { Db } from '../../platform/database.ts'
import { selectBacklog } from './deliveries.sql.ts'
import type { Backlog } from './deliveries.sql.ts'

/** What waits for endpoints now, of all partners together. */
export async function measureBacklog(db: Db): Promise<Backlog> {
  return selectBacklog(db)
}
