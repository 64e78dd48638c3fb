import type { StatusWord } from './orders.ts'

/** What a webhook says. */
export type EventBody = {
  readonly data: {
    readonly webhook_id: string
    readonly event_type: 'ORDER_STATUS_CHANGED' | 'TEST'
    readonly order_id: string | null
    readonly amount: unknown
    readonly reference: string | null
    readonly status: StatusWord | null
  }
}
