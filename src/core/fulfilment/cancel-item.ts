import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { EventId, HoldId, OrderId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { recordEvent } from '../events/record-event.ts'
import { releaseHold } from '../ledger/release-hold.ts'
import { announceNews, endOrder } from './order-ends.sql.ts'
import { cancelUnasked } from './fulfilments.sql.ts'
import { selectItem } from './parked.sql.ts'

/**
 * Cancels an order that no supplier has been asked to fill yet, or that everybody asked so far has refused: the money is back in the same
 * commit, and a worker that has just taken it has lost it. Throws Failure fulfilment_not_found, and validation_failed once it may have
 * been bought.
 */
export async function cancelItem(
  tx: Tx,
  command: { readonly orderId: OrderId; readonly item?: number | undefined; readonly actor: string },
): Promise<void> {
  const { orderId, item = 1, actor } = command
  const found = await selectItem(tx, orderId, item)
  if (found === undefined) throw new Failure('fulfilment_not_found')
  const { partnerId } = found
  const dialect = await cancelUnasked(tx, found)
  if (dialect === undefined) {
    const sentence = 'A supplier may have been asked for it already, or it has ended.'
    throw new Failure('validation_failed', { fields: [{ field: 'order', sentence }] })
  }
  // The hold of an order has the order's id.
  await releaseHold(tx, { partnerId, holdId: orderId as string as HoldId })
  await endOrder(tx, found, {
    status: 'cancelled',
    delivered: 0,
    totalAmount: 0n,
    errorCode: undefined,
    receipts: [],
  })
  await recordEvent(tx, { partnerId, id: newId<EventId>(), type: 'order.cancelled', orderId, dialect })
  await announceNews(tx, orderId)
  await recordAudit(tx, { actor, action: 'order.cancelled', partnerId, subject: orderId, details: { item } })
}
