import { sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'

export async function insertEvent(
  tx: Tx,
  event: {
    readonly partnerId: string
    readonly id: string
    readonly type: string
    readonly orderId: string
    readonly dialect: string
  },
): Promise<void> {
  await tx.query(
    sql`insert into events (partner_id, id, type, order_id) values (${event.partnerId}, ${event.id}, ${event.type}, ${event.orderId})`,
  )
  await tx.query(sql`select queue_webhooks(${event.partnerId}, ${event.id}, ${event.type}, ${event.dialect})`)
}
