import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { DisbursementId, PartnerId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { Disbursement, Recipient } from './disbursement.ts'
import {
  selectByExternalId,
  selectDisbursements,
  selectIssued,
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
export async function listRecipients(
  db: Db,
  disbursement: Pick<Disbursement, 'partnerId' | 'id'>,
  after: number,
  limit: number,
): Promise<Recipient[]> {
  const recipients = await selectRecipients(db, disbursement, after, limit)
  const last = recipients.at(-1)?.position ?? after
  const issued = await selectIssued(db, disbursement, after, last)
  const byPosition = new Map(issued.map((row) => [row.position, row]))
  return recipients.map((recipient) => {
    const voucher = byPosition.get(recipient.position)
    return { ...recipient, voucherId: voucher?.id, balance: voucher?.balance ?? 0n }
  })
}
