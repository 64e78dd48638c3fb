import type { Database } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteOldFailures } from './failures.sql.ts'

/** Forgets counts of failed tries that hold nobody back any more. @returns how many; a run that is full of them leaves the rest to the next */
export async function forgetFailures(database: Database): Promise<number> {
  return inLots(lots, (limit) => deleteOldFailures(database, limit))
}

const lots = { size: 1_000, most: 1_000 }
