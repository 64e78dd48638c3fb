import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { openRenderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import { findOrder } from '../orders/find-order.ts'
import { goodsLines } from './order-mail.ts'

export type ResendGoods = {
  readonly partnerId: PartnerId
  readonly orderId: OrderId
  /** A mail address. */
  readonly to: string
  readonly locale: Locale
  readonly actor: string
}

/**
 * Mails what an order has delivered, codes and all, to whom its partner names. Audited: it shows the codes to somebody.
 * Throws Failure order_not_found, also where nothing was delivered; validation_failed for an address that is none.
 */
export async function resendGoods(tx: Tx, keyRing: KeyRing, command: ResendGoods): Promise<void> {
  const { partnerId, orderId, to, locale, actor } = command
  const order = await findOrder(tx, keyRing, partnerId, orderId)
  const codes = order.items.flatMap((item) => goodsLines(item.codes, item.receipts, undefined))
  if (codes.length === 0)
    throw new Failure('order_not_found', { sentence: 'The order has delivered nothing that could be sent.' })
  await recordAudit(tx, { actor, action: 'order.resent', partnerId, subject: orderId, details: { to } })
  await sendMessage(tx, keyRing, renderer, {
    partnerId,
    channel: 'mail',
    to,
    locale,
    reference: `order-again:${newId()}`,
    template: 'order_delivered',
    facts: { order: order.externalId, product: order.items[0]?.skuName ?? '', codes },
  })
}

const renderer = openRenderer()
