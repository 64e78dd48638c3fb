import type { Database } from '../../platform/database.ts'
import { forgetFailures } from '../redemptions/forget-failures.ts'
import { deleteEnded } from './holders.sql.ts'

/** Removes one-time codes, sessions and counts of failed tries that are over. @returns how many; a full run leaves the rest to the next */
export async function forgetHolders(database: Database): Promise<number> {
  let forgotten = await forgetFailures(database)
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const gone = await deleteEnded(database, lotSize)
    forgotten += gone
    if (gone < lotSize) break
  }
  return forgotten
}

const lotSize = 1_000
const lotsMost = 1_000
