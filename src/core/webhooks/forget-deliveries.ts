import type { Database } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteHopeless, deleteSilentCallbacks, endLongPaused, moveEnded } from './deliveries.sql.ts'

/**
 * Keeps, lot by lot, what waits from gathering for ever. What waits for endpoints that are gone or were disabled more than so many days ago
 * is removed. What has waited for so long, and two days more, for a paused endpoint ends as failed: from the log, where it is for as long
 * again, it can be replayed. Callback addresses to which nothing went for as long are removed too. What waits for an active endpoint
 * stays, however old it is; what has ended goes with its day (`keepPartitions`). Running it twice, or by two workers at once, does no harm.
 */
export async function forgetDeliveries(database: Database, keepDays: number): Promise<Forgotten> {
  await inLots(lots, (limit) => moveEnded(database, limit))
  // The partition of its day is dropped by then: what ends goes where its end counts, and not its age.
  const ended = await inLots(lots, (limit) => endLongPaused(database, keepDays + 2, limit))
  const removed = await inLots(lots, (limit) => deleteHopeless(database, keepDays, limit))
  // Addresses that came with requests go with the last of their deliveries: some clients have another one for each order.
  await inLots(lots, (limit) => deleteSilentCallbacks(database, keepDays, limit))
  return { removed, ended }
}

/** How many deliveries were removed, and how many ended because their endpoint stayed paused. */
export type Forgotten = { readonly removed: number; readonly ended: number }

/** A million in a night. */
const lots = { size: 1_000, most: 1_000 }
