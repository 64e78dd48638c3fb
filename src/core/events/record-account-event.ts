import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { EventId, PartnerId } from '../../values/ids.ts'
import { insertEvent, queueAccountWebhooks } from './events.sql.ts'

/**
 * Writes an event of the account itself, such as money that came in, in the transaction in which it happened, and puts it on its way to
 * all of the partner's endpoints that want it, each in the words of its dialect.
 *
 * @param event.details a JSON object without secrets; bigints are written as texts
 */
export async function recordAccountEvent(
  tx: Tx,
  event: {
    readonly partnerId: PartnerId
    /** "wallet.funded" */
    readonly type: string
    readonly details: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  const { partnerId, type, details } = event
  const id = newId<EventId>()
  const asText = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? value.toString() : value
  await insertEvent(tx, { partnerId, id, type, orderId: null, details: JSON.stringify(details, asText) })
  await queueAccountWebhooks(tx, { partnerId, id, type })
}
