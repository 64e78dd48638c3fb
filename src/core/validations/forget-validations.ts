import type { Db } from '../../platform/database.ts'
import { validMinutes } from './validation.ts'
import { deleteOld } from './validations.sql.ts'

/** Forgets validations that do not count any more: accounts are personal. @returns how many; the next run takes what this one leaves */
export async function forgetValidations(db: Db): Promise<number> {
  let forgotten = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const deleted = await deleteOld(db, validMinutes, lotSize)
    forgotten += deleted
    if (deleted < lotSize) break
  }
  return forgotten
}

const lotSize = 5_000
const lotsMost = 200
