import type { Db } from '../../platform/database.ts'
import { textsKeptDays } from './message.ts'
import { removeTexts } from './messages.sql.ts'

/**
 * Removes what messages said that are older than 30 days; one that still waits has failed. Who got what and when stays. Running it twice,
 * or by two workers at once, does no harm.
 *
 * @returns how many lost their texts; a run that is full of them leaves the rest to the next one
 */
export async function purgeTexts(db: Db): Promise<number> {
  let purged = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const removed = await removeTexts(db, textsKeptDays, lotSize)
    purged += removed
    if (removed < lotSize) break
  }
  return purged
}

const lotSize = 1_000
const lotsMost = 200
