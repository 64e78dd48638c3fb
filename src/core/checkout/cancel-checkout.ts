import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { changeStatus } from './change-status.ts'
import type { Checkout } from './checkout.ts'
import { selectCheckout } from './checkouts.sql.ts'
import { withdrawDecision } from './decisions.sql.ts'

/**
 * Ends an order that has not ended: nobody pays for it any more, and whoever was asked is told. Throws Failure order_not_found, order_ended.
 *
 * @param actor the seller's credential, or "buyer"
 */
export async function cancelCheckout(
  tx: Tx,
  keyRing: KeyRing,
  id: CheckoutId,
  actor: string,
): Promise<Checkout> {
  const change = { status: 'unsuccessful', endReason: 'cancelled' } as const
  const cancelled = await changeStatus(tx, keyRing, id, change)
  if (cancelled === undefined)
    throw new Failure((await selectCheckout(tx, id)) === undefined ? 'order_not_found' : 'order_ended')
  const { partnerId } = cancelled
  await withdrawDecision(tx, partnerId, id)
  await recordAudit(tx, { actor, action: 'checkout.cancelled', partnerId, subject: id })
  return cancelled
}
