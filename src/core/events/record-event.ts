import type { Tx } from '../../platform/database.ts'
import type { EventId, OrderId, PartnerId } from '../../values/ids.ts'
import { insertEvent, queueWebhooks } from './events.sql.ts'

/** Something that happened to a partner's affairs. */
export type HappenedEvent = {
  readonly partnerId: PartnerId
  /** Made by the caller, and known to receivers: the same on each delivery. */
  readonly id: EventId
  /** "order.completed" */
  readonly type: string
  readonly orderId?: OrderId | undefined
  /** The dialect in whose words it is told. */
  readonly dialect: string
  /** What the order does not say; a JSON object without secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Writes an event and puts it on its way to the partner's webhook endpoints, in the transaction in which it happened: either all of it
 * is committed or none. (`place_orders` does the same by itself.)
 */
export async function recordEvent(tx: Tx, event: HappenedEvent): Promise<void> {
  const { partnerId, id, type, orderId = null, dialect, details = {} } = event
  await insertEvent(tx, { partnerId, id, type, orderId, details: JSON.stringify(details) })
  await queueWebhooks(tx, { partnerId, id, type }, dialect)
}
