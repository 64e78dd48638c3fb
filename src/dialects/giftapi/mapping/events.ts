import type { DeliveredCode, Order, OrderItem } from '../../../core/orders/order.ts'
import type { EventFacts } from '../../../core/webhooks/writer.ts'
import type { EventBody, EventDelivery, EventItem, EventOrder } from '../wire/events.ts'
import { toAmount, toInstant } from './envelope.ts'
import { toOtherDeliveries, vouchersOf } from './deliveries.ts'
import { toVoucher } from './vouchers.ts'

/** An event of an order that has ended, or a test, which is about none. */
export function toEventBody({ id, type, happenedAt, order }: EventFacts): EventBody {
  const head = { timestamp: toInstant(happenedAt), idempotency_key: id }
  if (order === undefined) return { event: 'test', ...head, data: {} }
  // What the event says, not what the order has become since: each try must tell the same.
  const status = type.slice(orderPrefix.length)
  return { event: 'order.status_changed', ...head, data: { order: toEventOrder(order, status, happenedAt) } }
}

function toEventOrder(order: Order, status: string, happenedAt: Date): EventOrder {
  return {
    id: order.id,
    external_id: order.externalId,
    status,
    total_amount: toAmount(order.totalAmount),
    currency: order.currency,
    completed_at: toInstant(order.completedAt ?? happenedAt),
    items: order.items.map(toEventItem),
  }
}

function toEventItem(item: OrderItem): EventItem {
  return {
    sku_id: item.skuId,
    quantity: item.quantity,
    price: toAmount(item.unitPrice),
    status: item.status,
    delivery_data: [...vouchersOf(item).map(toEventDelivery), ...toOtherDeliveries(item)],
  }
}

function toEventDelivery(delivered: DeliveredCode): EventDelivery {
  const { pin, serialNumber, code } = toVoucher(delivered)
  return {
    pin,
    serial_number: serialNumber,
    expiration_date: delivered.expiresOn ?? null,
    ...(code === undefined ? {} : { code }),
    ...(delivered.url === undefined ? {} : { url: delivered.url }),
  }
}

const orderPrefix = 'order.'
