import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { CheckoutId, RefundId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { lockCheckout } from './checkouts.sql.ts'
import { insertRefund } from './refunds.sql.ts'
import { penny } from './schedule.ts'

/**
 * Says that a buyer should have money back; nothing moves before another person settles it. It takes the place of an earlier proposal.
 * Throws Failure order_not_found, validation_failed.
 */
export async function proposeRefund(
  tx: Tx,
  command: {
    readonly checkoutId: CheckoutId
    /** Micro-units, whole pennies; absent: all that was not given back yet. */
    readonly amount?: Micros | undefined
    /** Why; 1 to 1,000 characters. */
    readonly note: string
    readonly actor: string
  },
): Promise<{ readonly refundId: RefundId; readonly amount: Micros }> {
  const { checkoutId, note, actor } = command
  const checkout = await lockCheckout(tx, checkoutId)
  if (checkout === undefined) throw new Failure('order_not_found')
  const { partnerId } = checkout
  const left = checkout.amount - checkout.refunded
  if (checkout.status !== 'successful' || left === 0n)
    throw refuse('order', 'Nothing was paid for this order that could be given back.')
  const amount = command.amount ?? left
  if (amount <= 0n || amount > left || amount % penny !== 0n)
    throw refuse('amount', 'The amount must be whole pennies, and not more than was not given back yet.')
  if (note.trim() === '' || note.length > 1_000 || !isStorableJson(note))
    throw refuse('note', 'The note must be 1 to 1000 characters of text.')
  const refundId = newId<RefundId>()
  await insertRefund(tx, { partnerId, id: refundId, checkoutId, amount, note, proposedBy: actor })
  const details = { refundId, amount, note }
  await recordAudit(tx, { actor, action: 'refund.proposed', partnerId, subject: checkoutId, details })
  return { refundId, amount }
}

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
