import type { Database } from '../../platform/database.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import { findOrder } from '../orders/find-order.ts'
import { goodsLines } from './order-mail.ts'
import { deleteOrderMail, lockDueMail } from './order-mails.sql.ts'

/**
 * Puts the mail of an order that has delivered into the outbox, once however often and by whomever it is called. False: there was none
 * to send.
 */
export async function sendOrderMail(
  database: Database,
  keyRing: KeyRing,
  partnerId: PartnerId,
  orderId: OrderId,
): Promise<boolean> {
  return database.inTransaction(async (tx) => {
    const mail = await lockDueMail(tx, partnerId, orderId)
    if (mail === undefined) return false
    const order = await findOrder(tx, keyRing, partnerId, orderId)
    const { recipient: to, locale, reference, redeemUrl } = mail
    const codes = order.items.flatMap((item) => goodsLines(item.codes, item.receipts, redeemUrl ?? undefined))
    const product = order.items[0]?.skuName ?? ''
    await sendMessage(tx, keyRing, renderer, {
      partnerId,
      channel: 'mail',
      to,
      locale,
      reference: `order-receipt:${order.id}`,
      template: 'order_delivered',
      facts: { order: reference, product, codes },
    })
    await deleteOrderMail(tx, mail)
    return true
  })
}

const renderer = openRenderer()
