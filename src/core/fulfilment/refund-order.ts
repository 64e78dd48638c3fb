import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { EventId, OrderId, PartnerId } from '../../values/ids.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { recordEvent } from '../events/record-event.ts'
import { markRefunded } from './order-ends.sql.ts'

/**
 * Gives a partner all of the money of a completed order back. The order has failed from then on and says so: what was delivered is
 * worth nothing. Throws Failure validation_failed for an order that is not completed, or not any more.
 */
export async function refundOrder(
  tx: Tx,
  refund: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    readonly description: string
    readonly actor: string
  },
): Promise<void> {
  const { partnerId, orderId, description, actor } = refund
  const former = await markRefunded(tx, partnerId, orderId)
  if (former === undefined)
    throw new Failure('validation_failed', {
      fields: [{ field: 'order', sentence: 'Only a completed order can be refunded, and only once.' }],
    })
  const { walletId, totalAmount: amount, dialect } = former
  if (amount > 0n) {
    const reference = `refund of ${orderId}`
    const words = { reference, description, actor }
    await postTransfer(tx, { partnerId, walletId, kind: 'refund', amount, orderId, ...words })
  }
  await recordEvent(tx, { partnerId, id: newId<EventId>(), type: 'order.failed', orderId, dialect })
}
