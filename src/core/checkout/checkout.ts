import type { CheckoutId, PartnerId, SellerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { FeePayer, PaymentTerms } from './seller.ts'

export const checkoutStatuses = ['created', 'pending', 'approved', 'successful', 'unsuccessful'] as const

/**
 * created       the order waits for its buyer
 * pending       the buyer has begun
 * approved      somebody pays for the buyer: the credit is agreed, or the payment authorised
 * successful    the seller was paid
 * unsuccessful  declined, cancelled, or too old
 */
export type CheckoutStatus = (typeof checkoutStatuses)[number]

export type EndReason = 'paid' | 'declined' | 'cancelled' | 'expired'

/** A shop's order that a buyer pays on our page. Amounts are micro-units. */
export type Checkout = {
  readonly partnerId: PartnerId
  readonly id: CheckoutId
  readonly sellerId: SellerId
  readonly sellerName: string
  readonly dialect: string
  readonly currency: Currency
  readonly amount: Micros
  readonly fee: Micros
  readonly feePayer: FeePayer
  /** Interest for 30 days, scaled by 10^rateScale, as it was when the order was made. */
  readonly rate: bigint
  /** The seller's own name for it; it need not be unique. */
  readonly reference: string
  readonly terms: readonly PaymentTerms[]
  /** Where the buyer goes at the end, without the order's id. */
  readonly redirectUrl: string
  readonly webhookUrl: string | undefined
  /** The buyer's page, without what lets one in. */
  readonly pageUrl: string
  readonly source: string | undefined
  readonly metadata: unknown
  readonly status: CheckoutStatus
  readonly endReason: EndReason | undefined
  /** What the buyer has agreed to. */
  readonly chosen: PaymentTerms | undefined
  readonly months: number | undefined
  readonly buyer: Buyer | undefined
  readonly refunded: Micros
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Its time is over, whether or not its end was noted yet. */
  readonly isExpired: boolean
  readonly endedAt: Date | undefined
}

/** Who buys on credit. */
export type Buyer = {
  readonly company: string
  readonly email: string
  /** Micro-units a year. */
  readonly turnover: Micros
}

/** Which status may follow which: the only place that says so. */
const followers: Readonly<Record<CheckoutStatus, readonly CheckoutStatus[]>> = {
  created: ['pending', 'unsuccessful'],
  pending: ['approved', 'unsuccessful'],
  approved: ['successful', 'unsuccessful'],
  successful: [],
  unsuccessful: [],
}

/** The statuses that may become this one. */
export function formersOf(status: CheckoutStatus): CheckoutStatus[] {
  return checkoutStatuses.filter((former) => followers[former].includes(status))
}

/** Nothing follows it. */
export function isEnded(status: CheckoutStatus): boolean {
  return followers[status].length === 0
}

/** What the buyer owes in all before interest: the amount, and the fee where the buyer pays it. */
export function financedOf({ amount, fee, feePayer }: Pick<Checkout, 'amount' | 'fee' | 'feePayer'>): Micros {
  return feePayer === 'buyer' ? amount + fee : amount
}

/** What the seller gets: the amount, less the fee where the seller pays it. */
export function payoutOf({ amount, fee, feePayer }: Pick<Checkout, 'amount' | 'fee' | 'feePayer'>): Micros {
  return feePayer === 'seller' ? amount - fee : amount
}

/** Where the buyer is sent at the end: the redirect URL with the order's id in its query. */
export function returnUrlOf({ redirectUrl, id }: Pick<Checkout, 'redirectUrl' | 'id'>): string {
  const url = new URL(redirectUrl)
  url.searchParams.set('orderId', id)
  return url.href
}

/** The event of every change of a status, in whose details the change stands. */
export const statusChanged = 'checkout.status_changed'

/** An order waits so long for its buyer, in days. */
export const checkoutDays = 14
