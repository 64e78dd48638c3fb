import type { Db } from '../../platform/database.ts'
import { answerKeptDays } from './idempotency.ts'
import { deleteOld } from './idempotency.sql.ts'

/**
 * Forgets answers that nobody repeats a call for any more. Running it twice does no harm.
 *
 * @returns how many are forgotten; a run that is full of them leaves the rest to the next one
 */
export async function forgetAnswers(db: Db): Promise<number> {
  let forgotten = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const deleted = await deleteOld(db, answerKeptDays, lotSize)
    forgotten += deleted
    if (deleted < lotSize) break
  }
  return forgotten
}

const lotSize = 5_000
const lotsMost = 400
