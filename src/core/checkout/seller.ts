import type { PartnerId, PayerId, SellerId, WalletId } from '../../values/ids.ts'
import { divideHalfEven } from '../../values/decimal.ts'
import { hundredPercent } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { penny } from './schedule.ts'

/** How a buyer can pay: at once through a bank, or in instalments through a lender. */
export const paymentTerms = ['pay_now', 'pay_later'] as const

export type PaymentTerms = (typeof paymentTerms)[number]

export const feePayers = ['seller', 'buyer'] as const

export type FeePayer = (typeof feePayers)[number]

/** A partner's shop, and what its orders cost. Amounts are micro-units. */
export type Seller = {
  readonly partnerId: PartnerId
  readonly id: SellerId
  readonly name: string
  /** What its orders are paid into, in this currency. */
  readonly walletId: WalletId
  readonly currency: Currency
  /** Who pays later for its buyers, and who at once; undefined: nobody, and the terms are not offered. */
  readonly lenderId: PayerId | undefined
  readonly bankId: PayerId | undefined
  /** What can be paid later; what is paid at once has no limits but the largest amount. */
  readonly leastAmount: Micros
  readonly mostAmount: Micros
  /** Percent of the amount, scaled by 10^percentScale. */
  readonly feePercent: bigint
  readonly feePayer: FeePayer
  /** Interest for 30 days as a fraction of what is owed, scaled by 10^rateScale. */
  readonly rate: bigint
  /** Where buyers go back to, unless the order says otherwise. */
  readonly redirectUrl: string
  readonly createdAt: Date
}

/** The terms that a seller has somebody for. */
export function termsOf({ lenderId, bankId }: Pick<Seller, 'lenderId' | 'bankId'>): PaymentTerms[] {
  return paymentTerms.filter((terms) => (terms === 'pay_now' ? bankId : lenderId) !== undefined)
}

/** What the seller's terms make of an order: a percentage of its amount, rounded half-even to the penny. */
export function feeOf(amount: Micros, feePercent: bigint): Micros {
  return divideHalfEven(amount * feePercent, hundredPercent * penny) * penny
}

/** Whether an amount can be paid in this way. */
export function isWithinLimits(
  seller: Pick<Seller, 'leastAmount' | 'mostAmount'>,
  amount: Micros,
  terms: PaymentTerms,
): boolean {
  return terms === 'pay_now' || (amount >= seller.leastAmount && amount <= seller.mostAmount)
}
