import type { Db } from '../../platform/database.ts'
import { hashRequest } from '../orders/open-order-desk.ts'
import type { OrderedBy } from './order-mail.ts'
import { deleteOrderMail } from './order-mails.sql.ts'

/**
 * Forgets the mail of a request that was refused.
 *
 * @param recipient only a mail to this address; absent: whomever it goes to
 */
export async function dropOrderMail(db: Db, of: OrderedBy, recipient?: string): Promise<void> {
  const { partnerId, externalId } = of
  await deleteOrderMail(db, { partnerId, externalId, requestHash: hashRequest(of) }, recipient)
}
