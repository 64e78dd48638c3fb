import { financedOf } from './checkout.ts'
import type { Checkout } from './checkout.ts'
import type { Decision } from './decision.ts'
import type { Application } from './payer.ts'
import { scheduleOf } from './schedule.ts'
import type { Instalment } from './schedule.ts'

/**
 * What is owed for an order that was agreed on a day: its instalments, or one payment on that day without interest.
 *
 * @param agreedOn a calendar day
 */
export function instalmentsOf(
  checkout: Pick<Checkout, 'amount' | 'fee' | 'feePayer' | 'rate'>,
  chosen: { readonly months: number } | 'at_once',
  agreedOn: string,
): Instalment[] {
  const principal = financedOf(checkout)
  if (chosen === 'at_once') return [{ dueOn: agreedOn, principal, interest: 0n }]
  return scheduleOf({ principal, months: chosen.months, rate: checkout.rate, from: agreedOn })
}

/** What a payer is asked. The same for every try, but for what others have done since. */
export function toApplication(
  checkout: Checkout,
  decision: Pick<Decision, 'agreedOn' | 'word'>,
  about: { readonly openOrders: number; readonly returnUrl: string },
): Application {
  const { id, chosen = 'pay_now', months, buyer } = checkout
  return {
    reference: id,
    terms: chosen,
    amount: financedOf(checkout),
    currency: checkout.currency,
    sellerName: checkout.sellerName,
    orderReference: checkout.reference,
    instalments: instalmentsOf(checkout, months === undefined ? 'at_once' : { months }, decision.agreedOn),
    buyer:
      buyer === undefined
        ? undefined
        : { company: buyer.company, email: buyer.email, annualTurnover: buyer.turnover },
    ...about,
    word: decision.word,
  }
}
