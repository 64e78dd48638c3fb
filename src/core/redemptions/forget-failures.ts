import type { Database } from '../../platform/database.ts'
import { deleteOldFailures } from './failures.sql.ts'

/** Forgets counts of failed tries that hold nobody back any more. @returns how many; a run that is full of them leaves the rest to the next */
export async function forgetFailures(database: Database): Promise<number> {
  let forgotten = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const gone = await deleteOldFailures(database, lotSize)
    forgotten += gone
    if (gone < lotSize) break
  }
  return forgotten
}

const lotSize = 1_000
const lotsMost = 1_000
