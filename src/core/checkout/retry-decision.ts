import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { selectCheckout } from './checkouts.sql.ts'
import { bringForward, restartDecision } from './decisions.sql.ts'

/** The payer of an order may know more by now: it is asked soon, whatever the pace. Nothing happens where it is asked anyway, or need not be. */
export async function hurryDecision(tx: Tx, id: CheckoutId): Promise<void> {
  await bringForward(tx, id)
}

/** Has the payer of an order asked again at once, also where it waits for a person. Throws Failure order_not_found, order_ended. */
export async function retryDecision(tx: Tx, id: CheckoutId, actor: string): Promise<void> {
  const checkout = await selectCheckout(tx, id)
  if (checkout === undefined) throw new Failure('order_not_found')
  if (!(await restartDecision(tx, id)))
    throw new Failure('order_ended', { sentence: 'Nothing is open about this order.' })
  await recordAudit(tx, { actor, action: 'checkout.retried', partnerId: checkout.partnerId, subject: id })
}
