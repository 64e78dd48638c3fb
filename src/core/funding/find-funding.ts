import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Funding } from './funding.ts'
import { selectFunding } from './funding.sql.ts'

/** A funding request by the partner's own reference. Throws Failure funding_not_found, for another partner's, too. */
export async function findFunding(db: Db, partnerId: PartnerId, reference: string): Promise<Funding> {
  const funding = await selectFunding(db, partnerId, reference)
  if (funding === undefined) throw new Failure('funding_not_found')
  return funding
}
