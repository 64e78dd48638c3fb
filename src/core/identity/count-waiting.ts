import type { Db } from '../../platform/database.ts'
import { selectWaiting } from './identity.sql.ts'

/** How many proofs of identity wait for a decision, and since when the oldest; undefined: none does. */
export async function countWaitingIdentities(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | undefined }> {
  const { count, since } = await selectWaiting(db)
  return { count, since: since ?? undefined }
}
