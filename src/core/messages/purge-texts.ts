import type { Db } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { textsKeptDays } from './message.ts'
import { removeTexts } from './messages.sql.ts'

/**
 * Removes what messages said that are older than 30 days; one that still waits has failed. Who got what and when stays. Running it twice,
 * or by two workers at once, does no harm.
 *
 * @returns how many lost their texts; a run that is full of them leaves the rest to the next one
 */
export async function purgeTexts(db: Db): Promise<number> {
  return inLots(lots, (limit) => removeTexts(db, textsKeptDays, limit))
}

const lots = { size: 1_000, most: 200 }
