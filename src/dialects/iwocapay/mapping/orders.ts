import { returnUrlOf } from '../../../core/checkout/checkout.ts'
import type { Checkout, CheckoutStatus } from '../../../core/checkout/checkout.ts'
import type { PaymentTerms } from '../../../core/checkout/seller.ts'
import type { Micros } from '../../../values/money.ts'
import { exactNumber } from '../../../values/json.ts'
import type { EventFacts } from '../../../core/webhooks/writer.ts'
import type { CreateBody, CreatedOrder, Order, StatusWord, TermWord } from '../wire/orders.ts'
import type { EventBody } from '../wire/events.ts'
import { readAmount, toAmount, toRate } from './amounts.ts'

/** Where an order's page is, with what lets one in, and that alone. */
export type PageOfOrder = { readonly url: string; readonly key: string }

/** What an order asks for, in the core's words. Throws Failure validation_failed. */
export function toWanted({ data }: CreateBody): {
  readonly amount: Micros
  readonly reference: string
  readonly terms: readonly PaymentTerms[] | undefined
  readonly redirectUrl: string | undefined
  readonly webhookUrl: string | undefined
  readonly source: string | undefined
  readonly metadata: unknown
} {
  return {
    amount: readAmount(data.amount, 'data.amount'),
    reference: data.reference,
    terms: data.allowed_payment_terms?.map((word) => terms[word]),
    redirectUrl: data.redirect_url ?? undefined,
    webhookUrl: data.webhook_url ?? undefined,
    source: data.source ?? undefined,
    metadata: data.meta_data ?? undefined,
  }
}

export function toCreatedOrder(checkout: Checkout, page: PageOfOrder): CreatedOrder {
  return {
    id: checkout.id,
    amount: toAmount(checkout.amount),
    reference: checkout.reference,
    order_url: page.url,
    status: statuses[checkout.status],
    allowed_payment_terms: checkout.terms.map((one) => termWords[one]),
  }
}

export function toOrder(checkout: Checkout, page: PageOfOrder): Order {
  return {
    ...toCreatedOrder(checkout, page),
    redirect_url: returnUrlOf(checkout),
    pricing: { representative_interest: toRate(checkout.rate), promotions: [] },
    pay_link_id: page.key,
    seller_name: checkout.sellerName,
    meta_data: checkout.metadata ?? null,
  }
}

/** A change of an order's status as it was when it happened, or a test, which is about none. */
export function toEventBody({ id, type, details }: EventFacts, testType: string): EventBody {
  const { order, amount, reference, status } = details
  const word = typeof status === 'string' && isStatus(status) ? statuses[status] : null
  return {
    data: {
      webhook_id: id,
      event_type: type === testType ? 'TEST' : 'ORDER_STATUS_CHANGED',
      order_id: typeof order === 'string' ? order : null,
      amount: typeof amount === 'string' ? exactNumber(amount) : null,
      reference: typeof reference === 'string' ? reference : null,
      status: word,
    },
  }
}

function isStatus(text: string): text is CheckoutStatus {
  return text in statuses
}

const statuses: Readonly<Record<CheckoutStatus, StatusWord>> = {
  created: 'CREATED',
  pending: 'PENDING',
  approved: 'APPROVED',
  successful: 'SUCCESSFUL',
  unsuccessful: 'UNSUCCESSFUL',
}

const terms: Readonly<Record<TermWord, PaymentTerms>> = { PAY_NOW: 'pay_now', PAY_LATER: 'pay_later' }

const termWords: Readonly<Record<PaymentTerms, TermWord>> = { pay_now: 'PAY_NOW', pay_later: 'PAY_LATER' }
