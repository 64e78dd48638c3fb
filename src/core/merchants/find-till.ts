import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Till } from './merchant.ts'
import { selectTill } from './merchants.sql.ts'

/** The till of a number that can take something now. Throws Failure till_not_found. */
export async function findTill(db: Db, number: string): Promise<Till> {
  const till = await selectTill(db, number)
  if (till === undefined || till.status !== 'active' || till.merchant.status !== 'active')
    throw new Failure('till_not_found')
  return till
}
