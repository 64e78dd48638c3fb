import type { Database } from '../../platform/database.ts'
import { deleteHopeless, deleteSilentCallbacks, moveEnded } from './deliveries.sql.ts'

/**
 * Removes, lot by lot, what waits for endpoints that are gone or were disabled more than so many days ago, and callback addresses to which
 * nothing went for as long. What waits for any other endpoint stays, however old it is; what has ended goes with its day (`keepPartitions`).
 * Running it twice, or by two workers at once, does no harm. Answers how many deliveries there were.
 */
export async function forgetDeliveries(database: Database, keepDays: number): Promise<number> {
  await inLots(() => moveEnded(database, lotSize))
  const forgotten = await inLots(() => deleteHopeless(database, keepDays, lotSize))
  // Addresses that came with requests go with the last of their deliveries: some clients have another one for each order.
  await inLots(() => deleteSilentCallbacks(database, keepDays, lotSize))
  return forgotten
}

/** Until a lot is not full, or a million are done: the rest is for the next night. */
async function inLots(takeLot: () => Promise<number>): Promise<number> {
  let taken = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const count = await takeLot()
    taken += count
    if (count < lotSize) break
  }
  return taken
}

const lotSize = 1_000
const lotsMost = 1_000
