import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { CheckoutId, EventId } from '../../values/ids.ts'
import { printAmount } from '../../values/money.ts'
import { recordEvent } from '../events/record-event.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendToCallback } from '../webhooks/send-to-callback.ts'
import { statusChanged } from './checkout.ts'
import type { Checkout } from './checkout.ts'
import { selectCredentialOf, updateStatus } from './checkouts.sql.ts'
import type { StatusChange } from './checkouts.sql.ts'

/**
 * Takes an order to a status that may follow its present one, and tells of it: the partner's webhook endpoints, and the order's own address.
 * One conditional statement decides, so of many who try at once one succeeds. Undefined, and nothing happened: it may not follow.
 */
export async function changeStatus(
  tx: Tx,
  keyRing: KeyRing,
  id: CheckoutId,
  change: StatusChange,
): Promise<Checkout | undefined> {
  const checkout = await updateStatus(tx, id, change)
  if (checkout === undefined) return undefined
  const { partnerId, dialect, webhookUrl, amount, reference, status } = checkout
  const eventId = newId<EventId>()
  const signedWith = (await selectCredentialOf(tx, id)) ?? null
  await recordEvent(tx, {
    partnerId,
    id: eventId,
    type: statusChanged,
    dialect,
    // Each try tells what the event says, not what the order has become since.
    details: { order: id, amount: printAmount(amount), reference, status, signedWith },
  })
  if (webhookUrl !== undefined)
    await sendToCallback(tx, keyRing, { partnerId, dialect, url: webhookUrl, eventId })
  return checkout
}
