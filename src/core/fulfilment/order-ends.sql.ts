import { prepared, sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { EventId, OrderId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { ItemKey } from './fulfilment.ts'

/** Writes an item's end into its order, whose only item it is. Micro-units of what the order costs in the end. */
export async function endOrder(
  tx: Tx,
  { partnerId, orderId, item }: ItemKey,
  end: {
    readonly status: 'completed' | 'partially_completed' | 'failed' | 'cancelled'
    readonly delivered: number
    readonly totalAmount: Micros
    readonly errorCode: string | undefined
    readonly receipts: readonly unknown[]
  },
): Promise<void> {
  const receipts = end.receipts.length === 0 ? null : JSON.stringify(end.receipts)
  await tx.query(
    prepared(
      'end_order',
      sql`
      with itemised as (
        update order_items
        set status = ${end.status}, delivered = ${end.delivered}, error_code = ${end.errorCode ?? null}, receipts = ${receipts}::json
        where partner_id = ${partnerId} and order_id = ${orderId} and item = ${item}
      )
      update orders set status = ${end.status}, total_amount = ${end.totalAmount}, completed_at = now()
      where partner_id = ${partnerId} and id = ${orderId}`,
    ),
  )
}

/** A completed order has failed from now on; answers with what it was. Undefined, and nothing written: it is not completed. */
export async function markRefunded(
  tx: Tx,
  partnerId: PartnerId,
  orderId: OrderId,
): Promise<{ walletId: WalletId; totalAmount: Micros; dialect: string } | undefined> {
  const [row] = await tx.query<{ walletId: WalletId; totalAmount: Micros; dialect: string }>(sql`
    with former as (
      select partner_id, id, wallet_id, total_amount, dialect from orders
      where partner_id = ${partnerId} and id = ${orderId} and status in ('completed', 'partially_completed')
      for no key update
    ), itemised as (
      update order_items i set status = 'failed', error_code = 'reversed' from former f where i.partner_id = f.partner_id and i.order_id = f.id
    ), ended as (
      update orders o set status = 'failed', total_amount = 0 from former f where o.partner_id = f.partner_id and o.id = f.id
    )
    select wallet_id as "walletId", total_amount as "totalAmount", dialect from former`)
  return row
}

/** The event `order.processing`, on its way to whoever wants it; nothing, if nobody does or if it was told before. */
export async function insertWaitingEvent(
  tx: Tx,
  event: {
    readonly partnerId: PartnerId
    readonly id: EventId
    readonly orderId: OrderId
    readonly dialect: string
  },
): Promise<void> {
  const { partnerId, id, orderId, dialect } = event
  await tx.query(sql`
    with told as (
      insert into events (partner_id, id, type, order_id)
      select ${partnerId}, ${id}, 'order.processing', ${orderId}
      where exists (
        select from webhook_endpoints e
        where e.partner_id = ${partnerId} and e.dialect = ${dialect} and e.state <> 'disabled'
          and (e.events = '{}' or 'order.processing' = any (e.events)))
      on conflict (partner_id, id) do nothing
      returning partner_id, id, type
    )
    select queue_webhooks(partner_id, id, type, ${dialect}) from told`)
}

/** Who waits for news of the order is told when this commits. */
export async function announceNews(tx: Tx, orderId: OrderId): Promise<void> {
  await tx.query(sql`select pg_notify('order_news', ${orderId})`)
}
