import type { Tx } from '../../platform/database.ts'
import type { EventId } from '../../values/ids.ts'
import type { ClaimedItem } from './fulfilment.ts'
import { insertWaitingEvent } from './order-ends.sql.ts'

/**
 * Tells that an order takes longer than its supplier's first word, once however often it changes hands: the event has the order's id. It is
 * written only where an endpoint wants it, since most orders end at once and most partners ask for ends alone.
 */
export async function tellWaiting(tx: Tx, { partnerId, orderId, dialect }: ClaimedItem): Promise<void> {
  const id = orderId as string as EventId // No other event has an order's id.
  await insertWaitingEvent(tx, { partnerId, id, orderId, dialect })
}
