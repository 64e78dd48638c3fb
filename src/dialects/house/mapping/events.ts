import type { EventFacts } from '../../../core/webhooks/writer.ts'
import { toCode, toOrder } from './orders.ts'

/** An event with its order, goods included; a test is about none. */
export function toEventBody({ id, type, happenedAt, order }: EventFacts) {
  return {
    id,
    type,
    created_at: happenedAt.toISOString(),
    data:
      order === undefined
        ? {}
        : { order: { ...toOrder(order), codes: order.items.flatMap((item) => item.codes.map(toCode)) } },
  }
}
