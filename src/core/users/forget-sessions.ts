import type { Database } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteOldTries } from './access.sql.ts'
import { deleteOldSessions } from './sessions.sql.ts'

/** Removes sessions that ended a month ago, and yesterday's failed tries. @returns how many sessions */
export async function forgetSessions(database: Database): Promise<number> {
  const forgotten = await inLots(lots, (limit) => deleteOldSessions(database, keptDays, limit))
  await inLots(lots, (limit) => deleteOldTries(database, limit))
  return forgotten
}

const keptDays = 30
const lots = { size: 1_000, most: 1_000 }
