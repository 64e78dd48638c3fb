import type { Database } from '../../platform/database.ts'
import { deleteOldTries } from './access.sql.ts'
import { deleteOldSessions } from './sessions.sql.ts'

/** Removes sessions that ended a month ago, and yesterday's failed tries. @returns how many sessions */
export async function forgetSessions(database: Database): Promise<number> {
  let forgotten = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const gone = await deleteOldSessions(database, keptDays, lotSize)
    forgotten += gone
    if (gone < lotSize) break
  }
  for (let lot = 0; lot < lotsMost; lot += 1) if ((await deleteOldTries(database, lotSize)) < lotSize) break
  return forgotten
}

const keptDays = 30
const lotSize = 1_000
const lotsMost = 1_000
