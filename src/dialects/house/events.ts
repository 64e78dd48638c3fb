import type { WebhookWriter } from '../../core/webhooks/writer.ts'
import { toEventBody } from './mapping/events.ts'

/** Standard Webhooks alone: `webhook-id`, `webhook-timestamp` and `webhook-signature`, which the core adds, under the endpoint's own secret. */
export const events: WebhookWriter = {
  eventTypes: ['order.completed', 'order.partially_completed', 'order.failed'],
  scheduleSeconds: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400],
  timeoutMs: 15_000,
  write(facts) {
    return { body: JSON.stringify(toEventBody(facts)), headers: () => ({}) }
  },
}
