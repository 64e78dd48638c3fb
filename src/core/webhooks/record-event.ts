import type { Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import { insertEvent } from './events.sql.ts'

/** Writes what happened into the outbox and puts it on its way to whoever wants to be told, with whatever else the transaction does. */
export async function recordEvent(
  tx: Tx,
  event: {
    readonly partnerId: PartnerId
    readonly id: string
    readonly type: string
    readonly orderId: OrderId
    readonly dialect: string
  },
): Promise<void> {
  await insertEvent(tx, event)
}
