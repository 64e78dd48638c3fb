import type { Database } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteHopeless, deleteSilentCallbacks, moveEnded } from './deliveries.sql.ts'

/**
 * Removes, lot by lot, what waits for endpoints that are gone or were disabled more than so many days ago, and callback addresses to which
 * nothing went for as long. What waits for any other endpoint stays, however old it is; what has ended goes with its day (`keepPartitions`).
 * Running it twice, or by two workers at once, does no harm. Answers how many deliveries there were.
 */
export async function forgetDeliveries(database: Database, keepDays: number): Promise<number> {
  await inLots(lots, (limit) => moveEnded(database, limit))
  const forgotten = await inLots(lots, (limit) => deleteHopeless(database, keepDays, limit))
  // Addresses that came with requests go with the last of their deliveries: some clients have another one for each order.
  await inLots(lots, (limit) => deleteSilentCallbacks(database, keepDays, limit))
  return forgotten
}

/** A million in a night. */
const lots = { size: 1_000, most: 1_000 }
