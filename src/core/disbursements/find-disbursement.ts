import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { DisbursementId, PartnerId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { Disbursement, Recipient } from './disbursement.ts'
import {
  selectByExternalId,
  selectDisbursements,
  selectRecipients,
  selectRedeemed,
} from './disbursements.sql.ts'

/** A partner's disbursement by the caller's own key, and what was spent of it. Throws Failure disbursement_not_found. */
export async function findDisbursement(
  db: Db,
  partnerId: PartnerId,
  externalId: string,
): Promise<Disbursement & { readonly redeemed: Micros }> {
  const found = await selectByExternalId(db, partnerId, externalId)
  if (found === undefined) throw new Failure('disbursement_not_found')
  const { disbursement } = found
  return { ...disbursement, redeemed: await selectRedeemed(db, partnerId, disbursement.id) }
}

/** Those of a partner's disbursements that are there. */
export function findDisbursements(
  db: Db,
  partnerId: PartnerId,
  ids: readonly DisbursementId[],
): Promise<Disbursement[]> {
  return selectDisbursements(db, partnerId, ids)
}

/** Recipients behind a position (0: from the first), in their order; any depth costs the same. */
export function listRecipients(
  db: Db,
  disbursement: Pick<Disbursement, 'partnerId' | 'id'>,
  after: number,
  limit: number,
): Promise<Recipient[]> {
  return selectRecipients(db, disbursement, after, limit)
}
