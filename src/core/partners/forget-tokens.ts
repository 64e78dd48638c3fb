import type { Db } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { deleteEndedTokens } from './sign-ins.sql.ts'

/** Removes tokens for a while that ended more than a day ago. @returns how many; a run that is full of them leaves the rest to the next one */
export async function forgetTokens(db: Db): Promise<number> {
  return inLots(lots, (limit) => deleteEndedTokens(db, 24, limit))
}

const lots = { size: 5_000, most: 200 }
