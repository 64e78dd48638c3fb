import type { Database } from '../../platform/database.ts'
import { deleteOldDeliveries, deleteSilentCallbacks, selectOldPartners } from './deliveries.sql.ts'

/**
 * Removes the deliveries, and their tries, of events that happened more than so many days ago, lot by lot; also what still waited, for
 * an endpoint that is paused or gone. The events themselves stay. Answers how many deliveries there were.
 */
export async function forgetDeliveries(database: Database, keepDays: number): Promise<number> {
  let forgotten = 0
  for (const partnerId of await selectOldPartners(database, keepDays)) {
    for (let lot = 0; lot < lotsMost; lot += 1) {
      const gone = await deleteOldDeliveries(database, partnerId, keepDays, lotSize)
      forgotten += gone
      if (gone < lotSize) break
    }
  }
  // Addresses that came with requests go with the last of their deliveries: some clients have another one for each order.
  for (let lot = 0; lot < lotsMost; lot += 1)
    if ((await deleteSilentCallbacks(database, keepDays, lotSize)) < lotSize) break
  return forgotten
}

const lotSize = 1_000
/** A million of one partner in a night; the rest in the next. */
const lotsMost = 1_000
