import { statusChanged } from '../../core/checkout/checkout.ts'
import { testEventType } from '../../core/webhooks/writer.ts'
import type { WebhookWriter } from '../../core/webhooks/writer.ts'
import { toEventBody } from './mapping/orders.ts'
import { hmacHeader } from './signature.ts'

/** Tells each change of an order's status, signed as the answers to GET are: 8 tries over 24 hours. */
export const events: WebhookWriter = {
  eventTypes: [statusChanged],
  scheduleSeconds: [0, 60, 300, 1_800, 3_600, 10_800, 21_600, 48_240],
  timeoutMs: 10_000,
  write(facts) {
    const body = JSON.stringify(toEventBody(facts, testEventType))
    return {
      body,
      headers: ({ credentialSecret }) =>
        credentialSecret === undefined ? {} : { ...hmacHeader(credentialSecret, body) },
    }
  },
}
