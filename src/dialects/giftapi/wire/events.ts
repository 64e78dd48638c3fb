import type { RawNumber } from '../../../values/json.ts'
import type { EsimDelivery, ReceiptDelivery } from './deliveries.ts'

/** The one event of this wire, and the one that is sent to try an endpoint out. */
type EventName = 'order.status_changed' | 'test'

export type EventBody = {
  readonly event: EventName
  /** When it happened. */
  readonly timestamp: string
  /** The event's id: the same whenever it is sent again. */
  readonly idempotency_key: string
  readonly data: { readonly order: EventOrder } | Readonly<Record<string, never>>
}

export type EventOrder = {
  readonly id: string
  readonly external_id: string
  readonly status: string
  readonly total_amount: RawNumber
  readonly currency: string
  /** When it ended, in success or not. */
  readonly completed_at: string
  readonly items: readonly EventItem[]
}

export type EventItem = {
  readonly sku_id: string
  readonly quantity: number
  readonly price: RawNumber
  readonly status: string
  readonly delivery_data: readonly (EventDelivery | EsimDelivery | ReceiptDelivery)[]
}

/** A delivered voucher; here its keys have other names than in the replies. */
export type EventDelivery = {
  readonly pin: string
  readonly serial_number: string
  readonly expiration_date: string | null
  /** Only of a voucher that has a code beside its PIN and its serial number. */
  readonly code?: string
  /** Only of a voucher with a link of its own. */
  readonly url?: string
}
