import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { RefundId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { bookPayback, receivableAccount } from '../ledger/book-receivable.ts'
import type { Checkout } from './checkout.ts'
import { addRefunded, lockCheckout } from './checkouts.sql.ts'
import { selectDecision } from './decisions.sql.ts'
import { replaceOpen, selectInstalments } from './instalments.sql.ts'
import { markRefundSettled, selectRefund } from './refunds.sql.ts'
import { spread } from './schedule.ts'
import { selectSeller } from './sellers.sql.ts'

/**
 * Settles a refund as it was proposed, by a second person: the seller's wallet pays, what the buyer still owes becomes less, and what is more
 * than that is paid out. What is left is spread over the instalments that are left, with interest on that alone. Our fee stays.
 * Repeated, it has no effect. Throws Failure proposal_not_found, second_person_required, insufficient_funds, validation_failed.
 */
export async function settleRefund(
  tx: Tx,
  command: { readonly refundId: RefundId; readonly actor: string },
): Promise<{ readonly amount: Micros; readonly forgiven: Micros; readonly isRepeat: boolean }> {
  const { refundId, actor } = command
  const proposed = await selectRefund(tx, refundId)
  if (proposed === undefined) throw new Failure('proposal_not_found')
  const checkout = await lockCheckout(tx, proposed.checkoutId)
  // Read again under the order's lock: of two at once, the second sees what the first has done.
  const refund = await selectRefund(tx, refundId)
  if (checkout === undefined || refund === undefined || refund.state === 'replaced')
    throw new Failure('proposal_not_found')
  const { amount, checkoutId, partnerId, note } = refund
  if (refund.state === 'settled') return { amount, forgiven: 0n, isRepeat: true }
  if (refund.proposedBy === actor) throw new Failure('second_person_required')
  if (!(await markRefundSettled(tx, refundId, actor))) throw new Failure('proposal_not_found')
  if (!(await addRefunded(tx, checkoutId, amount))) {
    const sentence = 'More would be given back than was paid.'
    throw new Failure('validation_failed', { fields: [{ field: 'amount', sentence }] })
  }
  const forgiven = await forgive(tx, checkout, amount)
  const seller = await selectSeller(tx, partnerId, checkout.sellerId)
  if (seller === undefined) throw new Error('An order has its seller.')
  const { currency } = checkout
  await bookPayback(tx, {
    partnerId,
    currency,
    walletId: seller.walletId,
    forgiven,
    paid: amount - forgiven,
    account: receivableAccount(checkout.chosen === 'pay_later' ? 'lender' : 'bank', currency),
    reference: `refund ${refundId}`,
    description: note,
    actor,
  })
  const details = { refundId, amount, forgiven, proposedBy: refund.proposedBy }
  await recordAudit(tx, { actor, action: 'refund.settled', partnerId, subject: checkoutId, details })
  return { amount, forgiven, isRepeat: false }
}

/** Takes an amount off what is still owed, as far as that goes, and answers how much it was. */
async function forgive(tx: Tx, checkout: Checkout, amount: Micros): Promise<Micros> {
  const { partnerId, id: checkoutId } = checkout
  const all = await selectInstalments(tx, checkoutId)
  const open = all.filter(({ state }) => state === 'due' || state === 'late')
  const owed = open.reduce((sum, { principal }) => sum + principal, 0n)
  const forgiven = amount < owed ? amount : owed
  if (forgiven === 0n) return 0n
  const before = all.findLast(({ number }) => number < (open[0]?.number ?? 1))
  const from = before?.dueOn ?? (await selectDecision(tx, checkoutId))?.agreedOn ?? open[0]?.dueOn ?? ''
  const rate = checkout.chosen === 'pay_later' ? checkout.rate : 0n
  const rest = spread(
    { principal: owed - forgiven, rate, from },
    open.map(({ dueOn }) => dueOn),
  )
  const numbered = rest.map((one, place) => ({ ...one, number: open[place]?.number ?? 0 }))
  await replaceOpen(tx, { partnerId, checkoutId }, numbered)
  return forgiven
}
