import type { Db } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { answerKeptDays } from './idempotency.ts'
import { deleteOld } from './idempotency.sql.ts'

/**
 * Forgets answers that nobody repeats a call for any more. Running it twice does no harm.
 *
 * @returns how many are forgotten; a run that is full of them leaves the rest to the next one
 */
export async function forgetAnswers(db: Db): Promise<number> {
  return inLots(lots, (limit) => deleteOld(db, answerKeptDays, limit))
}

const lots = { size: 5_000, most: 400 }
