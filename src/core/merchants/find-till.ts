import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Till } from './merchant.ts'
import { selectTill } from './merchants.sql.ts'

/** The till of a number that can take something now. Throws Failure till_not_found. */
export async function findTill(db: Db, number: string): Promise<Till> {
  const till = await findTillEvenClosed(db, number)
  requireOpen(till)
  return till
}

/** As `findTill`, for whoever asks about what a till took while it was open. Throws Failure till_not_found. */
export async function findTillEvenClosed(db: Db, number: string): Promise<Till> {
  const till = await selectTill(db, number)
  if (till === undefined) throw new Failure('till_not_found')
  return till
}

/** A closed till, and every till of a closed merchant, answers as one that is not there. Throws Failure till_not_found. */
export function requireOpen({ status, merchant }: Till): void {
  if (status !== 'active' || merchant.status !== 'active') throw new Failure('till_not_found')
}
