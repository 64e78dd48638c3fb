import type { Db } from '../../platform/database.ts'
import { hashRequest } from '../orders/open-order-desk.ts'
import type { OrderMail } from './order-mail.ts'
import { insertOrderMail } from './order-mails.sql.ts'

/**
 * Notes to whom an order's goods are mailed, before it is placed: `sendOrderMail` then sends them, called by whoever sees the order
 * deliver, and by a job where nobody did. The first note of a request counts.
 */
export async function planOrderMail(db: Db, { of, redeemUrl, ...mail }: OrderMail): Promise<void> {
  const { partnerId, externalId } = of
  const row = { ...mail, partnerId, externalId, requestHash: hashRequest(of), redeemUrl: redeemUrl ?? null }
  await insertOrderMail(db, row)
}
