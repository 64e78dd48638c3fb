import type { WalletEntry } from '../../../core/ledger/ledger.ts'
import type { Order } from '../../../core/orders/order.ts'
import { printAmount } from '../../../values/money.ts'

export const orderHead = [
  'id',
  'external_id',
  'created_at',
  'completed_at',
  'format',
  'status',
  'product',
  'quantity',
  'delivered',
  'unit_price',
  'total',
  'currency',
] as const

/** A row an item; codes are in no file. */
export function toOrderRows(order: Order): string[][] {
  return order.items.map((item) => [
    order.id,
    order.externalId,
    order.createdAt.toISOString(),
    order.completedAt?.toISOString() ?? '',
    order.dialect,
    item.status,
    item.skuName,
    String(item.quantity),
    String(item.delivered),
    printAmount(item.unitPrice),
    printAmount(order.totalAmount),
    order.currency,
  ])
}

export const entryHead = [
  'number',
  'created_at',
  'kind',
  'amount',
  'balance_after',
  'currency',
  'order_id',
  'description',
  'transfer_id',
] as const

export function toEntryRow(entry: WalletEntry): string[] {
  return [
    entry.number.toString(),
    entry.createdAt.toISOString(),
    entry.kind,
    printAmount(entry.amount),
    printAmount(entry.balanceAfter),
    entry.currency,
    entry.orderId ?? '',
    entry.description,
    entry.transferId,
  ]
}
