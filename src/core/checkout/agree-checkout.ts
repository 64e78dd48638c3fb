import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { CheckoutId, PayerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { addressProblem } from '../messages/message.ts'
import { beginCheckout } from './begin-checkout.ts'
import type { Buyer, Checkout } from './checkout.ts'
import { lockCheckout, updateAgreement } from './checkouts.sql.ts'
import { insertDecision, selectDay, takeBuyerPlace } from './decisions.sql.ts'
import { isWithinLimits } from './seller.ts'
import type { PaymentTerms } from './seller.ts'
import { selectSeller } from './sellers.sql.ts'
import { monthsOffered } from './schedule.ts'

export type Agreement =
  | { readonly chosen: 'pay_now' }
  | {
      readonly chosen: 'pay_later'
      readonly months: number
      readonly buyer: Buyer
      /** The day with which the payments begin that the buyer was shown: nothing else is agreed to. */
      readonly day: string
    }

/**
 * The buyer agrees to pay in one way, and whoever pays in that way is asked as soon as this is committed. Once for ever: whoever comes
 * later, by a second click or from another window, changes nothing (`isRepeat`). Throws Failure order_not_found, order_ended,
 * validation_failed.
 */
export async function agreeCheckout(
  tx: Tx,
  keyRing: KeyRing,
  id: CheckoutId,
  agreement: Agreement,
): Promise<{ readonly isRepeat: boolean }> {
  await beginCheckout(tx, keyRing, id)
  const checkout = await lockCheckout(tx, id)
  if (checkout === undefined) throw new Failure('order_not_found')
  if (checkout.chosen !== undefined) return { isRepeat: true }
  if (checkout.status !== 'pending' || checkout.isExpired) throw new Failure('order_ended')
  const problems = agreement.chosen === 'pay_later' ? agreementProblems(agreement) : []
  if (agreement.chosen === 'pay_later' && agreement.day !== (await selectDay(tx)))
    problems.push({ field: 'payments', sentence: 'The dates of the payments have moved on by a day.' })
  const payerId = await payerOf(tx, checkout, agreement.chosen)
  if (payerId === undefined)
    problems.push({ field: 'terms', sentence: 'This order cannot be paid in this way.' })
  if (problems.length > 0 || payerId === undefined)
    throw new Failure('validation_failed', { fields: problems })
  const months = agreement.chosen === 'pay_later' ? agreement.months : undefined
  const buyer = agreement.chosen === 'pay_later' ? withPlainEmail(agreement.buyer) : undefined
  if (!(await updateAgreement(tx, id, { chosen: agreement.chosen, months, buyer })))
    throw new Failure('order_ended')
  // Last, as it lets the buyer's other orders wait.
  const buyerPlace = buyer === undefined ? undefined : await takeBuyerPlace(tx, buyer.email)
  await insertDecision(tx, { partnerId: checkout.partnerId, checkoutId: id, payerId, buyerPlace })
  return { isRepeat: false }
}

/** What is wrong with what a buyer on credit says; nothing, if nothing is. */
function agreementProblems({ months, buyer }: { months: number; buyer: Buyer }): FieldProblem[] {
  const problems: FieldProblem[] = []
  const { company, email, turnover } = buyer
  if (!monthsOffered.includes(months))
    problems.push({ field: 'months', sentence: `Choose ${monthsOffered.join(', ')} months.` })
  if (company.trim().length < 2 || company.length > 200 || !isStorableJson(company))
    problems.push({ field: 'company', sentence: 'Enter the name of your company, 2 to 200 characters.' })
  if (addressProblem('mail', email.trim()) !== undefined)
    problems.push({ field: 'email', sentence: 'Enter an e-mail address, such as name@company.co.uk.' })
  if (turnover < 0n || turnover > largestAmountMicros)
    problems.push({ field: 'turnover', sentence: 'Enter your annual turnover in pounds, such as 120000.' })
  return problems
}

/** Two spellings of an address are one buyer. */
function withPlainEmail(buyer: Buyer): Buyer {
  return { ...buyer, company: buyer.company.trim(), email: buyer.email.trim().toLowerCase() }
}

async function payerOf(tx: Tx, checkout: Checkout, chosen: PaymentTerms): Promise<PayerId | undefined> {
  const { partnerId, sellerId, terms, amount } = checkout
  const seller = await selectSeller(tx, partnerId, sellerId)
  if (seller === undefined || !terms.includes(chosen) || !isWithinLimits(seller, amount, chosen))
    return undefined
  return chosen === 'pay_now' ? seller.bankId : seller.lenderId
}
