import type { Db } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { validMinutes } from './validation.ts'
import { deleteOld } from './validations.sql.ts'

/** Forgets validations that do not count any more: accounts are personal. @returns how many; the next run takes what this one leaves */
export async function forgetValidations(db: Db): Promise<number> {
  return inLots(lots, (limit) => deleteOld(db, validMinutes, limit))
}

const lots = { size: 5_000, most: 200 }
