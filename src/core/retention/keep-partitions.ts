import { sqlState } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import { inLots } from './in-lots.ts'
import { keptTables } from './kept-tables.ts'
import type { KeptTable } from './kept-tables.ts'
import { keepTable, removedMost } from './partitions.sql.ts'
import type { Kept } from './partitions.sql.ts'

/**
 * Makes the partitions of today and `aheadDays` days ahead, and drops whole days that ended more than `keepDays` days ago; days are
 * UTC, by the database's clock. What came before its day had a partition is moved into it. Running it twice, or by two workers at
 * once, does no harm.
 *
 * @returns the names of the partitions made and dropped now, how many old rows that lay in none of them were removed, and the table
 * that ended the run because somebody holds it for longer than a moment, as a dump does
 */
export async function keepPartitions(
  db: Db,
  days: { readonly keepDays: number; readonly aheadDays: number },
): Promise<Kept & { readonly held: KeptTable | undefined }> {
  const all = []
  for (const table of keptTables) {
    try {
      all.push(await keepOne(db, table, days))
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable) throw error
      return { ...merged(all), held: table }
    }
  }
  return { ...merged(all), held: undefined }
}

const lockNotAvailable = '55P03'

async function keepOne(
  db: Db,
  table: KeptTable,
  days: { readonly keepDays: number; readonly aheadDays: number },
): Promise<Kept> {
  const calls: Kept[] = []
  await inLots({ size: removedMost, most: callsMost }, async () => {
    const kept = await keepTable(db, table, days)
    calls.push(kept)
    return kept.removed
  })
  return merged(calls)
}

function merged(kept: readonly Kept[]): Kept {
  return {
    made: kept.flatMap(({ made }) => made),
    dropped: kept.flatMap(({ dropped }) => dropped),
    removed: kept.reduce((sum, { removed }) => sum + removed, 0),
  }
}

/** A million rows in an hour; the rest in the next. */
const callsMost = 100
