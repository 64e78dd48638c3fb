import type { Db } from '../../platform/database.ts'
import { selectWaiting as selectWaitingLines } from './bank.sql.ts'

/** How many lines of bank statements wait for a person, and since when the oldest; undefined: none does. */
export async function countWaitingLines(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | undefined }> {
  const { count, since } = await selectWaitingLines(db)
  return { count, since: since ?? undefined }
}
