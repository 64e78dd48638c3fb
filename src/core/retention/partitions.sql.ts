import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { KeptTable } from './kept-tables.ts'

export type Kept = {
  /** Names of partitions. */
  readonly made: readonly string[]
  readonly dropped: readonly string[]
  /** Rows that were too old and had no partition of their own. */
  readonly removed: number
}

/** Makes and drops the partitions of a table, and removes at most `removedMost` rows from its default one. */
export async function keepTable(
  db: Db,
  table: KeptTable,
  { keepDays, aheadDays }: { readonly keepDays: number; readonly aheadDays: number },
): Promise<Kept> {
  const [row] = await db.query<Kept>(
    sql`select made, dropped, removed from keep_partitions(${table}, ${keepDays}, ${aheadDays})`,
  )
  return row ?? { made: [], dropped: [], removed: 0 }
}

/** As the function says it. */
export const removedMost = 10_000
