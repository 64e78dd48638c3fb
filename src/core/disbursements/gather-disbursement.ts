import type { Database } from '../../platform/database.ts'
import type { DisbursementId, PartnerId } from '../../values/ids.ts'
import { parseId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { revealCodes } from '../vouchers/reveal-codes.ts'
import { recipientsMost } from './disbursement.ts'
import type { TellableDisbursement } from './disbursement.ts'
import { findDisbursements, listRecipients } from './find-disbursement.ts'

/** What an event `disbursement.processed` is about. */
export async function gatherDisbursement(
  database: Database,
  keyRing: KeyRing,
  event: { readonly partnerId: PartnerId; readonly details: Readonly<Record<string, unknown>> },
): Promise<{ readonly subject: TellableDisbursement; readonly secrets: readonly string[] }> {
  const id = parseId<DisbursementId>(String(event.details['disbursement_id']))
  const [disbursement] = id === undefined ? [] : await findDisbursements(database, event.partnerId, [id])
  if (disbursement === undefined) throw new Error('The event tells of a disbursement that is not there.')
  const recipients = await listRecipients(database, disbursement, 0, recipientsMost)
  const ids = disbursement.revealsCodes ? recipients.flatMap(({ voucherId }) => voucherId ?? []) : []
  const codes = await revealCodes(database, keyRing, event.partnerId, ids)
  const withCodes = recipients.map((recipient) => ({
    ...recipient,
    code: recipient.voucherId === undefined ? undefined : codes.get(recipient.voucherId),
  }))
  return { subject: { ...disbursement, recipients: withCodes }, secrets: [...codes.values()] }
}
