import type { Db } from '../../platform/database.ts'
import { deleteEndedTokens } from './sign-ins.sql.ts'

/** Removes tokens for a while that ended more than a day ago. @returns how many; a run that is full of them leaves the rest to the next one */
export async function forgetTokens(db: Db): Promise<number> {
  let forgotten = 0
  for (let lot = 0; lot < 200; lot += 1) {
    const deleted = await deleteEndedTokens(db, 24, lotSize)
    forgotten += deleted
    if (deleted < lotSize) break
  }
  return forgotten
}

const lotSize = 5_000
