import type { Database } from '../../platform/database.ts'
import { forgetFailures } from '../redemptions/forget-failures.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteEnded } from './holders.sql.ts'

/** Removes one-time codes, sessions and counts of failed tries that are over. @returns how many; a full run leaves the rest to the next */
export async function forgetHolders(database: Database): Promise<number> {
  const failures = await forgetFailures(database)
  return failures + (await inLots(lots, (limit) => deleteEnded(database, limit)))
}

const lots = { size: 1_000, most: 1_000 }
