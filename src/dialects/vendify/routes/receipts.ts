import { sendMessage } from '../../../core/messages/send-message.ts'
import type { Order } from '../../../core/orders/order.ts'
import { openRenderer } from '../../../platform/templates.ts'
import type { Services } from '../../dialect.ts'
import { toGoodsLines } from '../mapping/deliveries.ts'
import { notesOf, referenceOf } from '../mapping/notes.ts'
import { displayOf, toStatusWord } from '../mapping/orders.ts'

/**
 * Mails what an order delivered to the address that came with it: once, by whichever answer is the first to tell that it was delivered. What
 * stands in the mail is what stands in the answer.
 */
export async function sendReceipt({ database, keyRing, catalogue }: Services, order: Order): Promise<void> {
  const { email, ...notes } = notesOf(order)
  const [item] = order.items
  if (email === '' || item === undefined || toStatusWord(order.status) !== 'SUCCESS') return
  const product = catalogue.current().sku(item.skuId)?.product
  const codes = toGoodsLines(order, displayOf(product))
  await database.inTransaction((tx) =>
    sendMessage(tx, keyRing, renderer, {
      partnerId: order.partnerId,
      channel: 'mail',
      to: email,
      locale: 'en',
      reference: `order-receipt:${order.id}`,
      template: 'order_delivered',
      facts: { order: referenceOf(notes), product: item.skuName, codes },
    }),
  )
}

const renderer = openRenderer()
