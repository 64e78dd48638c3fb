import type { Db } from '../../platform/database.ts'
import { keepCallPartitions } from './calls.sql.ts'

/**
 * Makes the API log's partitions of today and `aheadDays` days ahead, and drops whole days that ended more than `keepDays` days
 * ago; days are UTC, by the database's clock. Calls that came before their day had a partition are moved into it. Run daily;
 * running it twice, or by two workers at once, does no harm.
 *
 * @returns the names of the partitions made and dropped now
 */
export async function keepPartitions(
  db: Db,
  { keepDays, aheadDays }: { readonly keepDays: number; readonly aheadDays: number },
): Promise<{ readonly made: readonly string[]; readonly dropped: readonly string[] }> {
  return keepCallPartitions(db, keepDays, aheadDays)
}
