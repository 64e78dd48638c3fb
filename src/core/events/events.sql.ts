import { sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { EventId, OrderId, PartnerId } from '../../values/ids.ts'

export type EventRow = {
  readonly partnerId: PartnerId
  readonly id: EventId
  readonly type: string
  readonly orderId: OrderId | null
  /** A JSON object. */
  readonly details: string
}

export async function insertEvent(tx: Tx, event: EventRow): Promise<void> {
  await tx.query(sql`
    insert into events (partner_id, id, type, order_id, details)
    values (${event.partnerId}, ${event.id}, ${event.type}, ${event.orderId}, ${event.details}::jsonb)`)
}

export async function queueWebhooks(
  tx: Tx,
  event: Pick<EventRow, 'partnerId' | 'id' | 'type'>,
  dialect: string,
): Promise<void> {
  await tx.query(sql`select queue_webhooks(${event.partnerId}, ${event.id}, ${event.type}, ${dialect})`)
}

/** To the endpoints of every dialect. */
export async function queueAccountWebhooks(
  tx: Tx,
  event: Pick<EventRow, 'partnerId' | 'id' | 'type'>,
): Promise<void> {
  await tx.query(sql`select queue_account_webhooks(${event.partnerId}, ${event.id}, ${event.type})`)
}
