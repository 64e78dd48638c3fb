import type { Db } from '../../platform/database.ts'
import { hashRequest } from '../orders/open-order-desk.ts'
import type { OrderedBy } from './order-mail.ts'
import { deleteOrderMail } from './order-mails.sql.ts'

/** Forgets the mail of a request that was refused. */
export async function dropOrderMail(db: Db, of: OrderedBy): Promise<void> {
  const { partnerId, externalId } = of
  await deleteOrderMail(db, { partnerId, externalId, requestHash: hashRequest(of) })
}
