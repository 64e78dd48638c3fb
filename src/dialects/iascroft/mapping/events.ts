import { testEventType } from '../../../core/webhooks/writer.ts'
import type { EventFacts } from '../../../core/webhooks/writer.ts'
import type { StatusWord } from '../wire/purchases.ts'
import { toFundedEvent, toIdentityEvent, toWithdrawnEvent } from './account-events.ts'
import { notesOf } from './notes.ts'
import { toPurchaseReply } from './purchases.ts'
import { toVoucherReply } from './vouchers.ts'

/** Events in this vendor's words, by the core's. What is told of an order is what the event says, whatever it has become since. */
const transactionEvents: ReadonlyMap<string, readonly [event: string, status: StatusWord]> = new Map([
  ['order.completed', ['transaction.completed', 'completed']],
  ['order.partially_completed', ['transaction.completed', 'completed']],
  ['order.failed', ['transaction.failed', 'failed']],
  ['order.processing', ['transaction.pending', 'pending']],
])

/** Events of the account itself; the vendor calls them as the core does. */
const accountEvents: ReadonlyMap<string, (details: EventFacts['details'], happenedAt: Date) => object> =
  new Map<string, (details: EventFacts['details'], happenedAt: Date) => object>([
    ['voucher.redeemed', toVoucherReply],
    ['wallet.funded', toFundedEvent],
    ['wallet.withdrawn', toWithdrawnEvent],
    ['kyc.approved', (details) => toIdentityEvent(details, 'approved')],
    ['kyc.rejected', (details) => toIdentityEvent(details, 'rejected')],
  ])

/** What this vendor tells, in the core's words. */
export const eventTypes: readonly string[] = [...transactionEvents.keys(), ...accountEvents.keys()]

/** What this vendor calls them: `transaction.completed` tells of two. */
export const vendorNames: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(transactionEvents, ([, [event]]) => event)].map(([event, types]) => [
    event,
    types.map(([type]) => type),
  ]),
)

/** The body of an event. */
export function toEventBody({ id, type, happenedAt, details, order }: EventFacts): object {
  const head = { id, event: transactionEvents.get(type)?.[0] ?? type, created_at: happenedAt.toISOString() }
  if (type === testEventType) return { ...head, data: {} }
  const accountEvent = accountEvents.get(type)
  if (accountEvent !== undefined) return { ...head, data: accountEvent(details, happenedAt) }
  const status = transactionEvents.get(type)?.[1]
  const notes = order === undefined ? undefined : notesOf(order)
  if (order === undefined || notes === undefined || status === undefined) return { ...head, data: details }
  return { ...head, data: toPurchaseReply(order, notes, status) }
}
