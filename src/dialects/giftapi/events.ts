import type { WebhookWriter } from '../../core/webhooks/writer.ts'
import { hmacSha256 } from '../../platform/secrets.ts'
import { toEventBody } from './mapping/events.ts'

/**
 * Tells that an order has ended. `X-Signature` is the lowercase hex HMAC-SHA-256 of timestamp + event + idempotency key under the
 * partner secret; a partner whose credentials have no secret gets the headers of Standard Webhooks only.
 */
export const events: WebhookWriter = {
  eventTypes: ['order.completed', 'order.partially_completed', 'order.failed'],
  scheduleSeconds: [0, 10, 100],
  timeoutMs: 10_000,
  write(facts) {
    const body = toEventBody(facts)
    return {
      body: JSON.stringify(body),
      headers({ credentialSecret }, nowMs) {
        const timestamp = String(Math.floor(nowMs / 1_000))
        if (credentialSecret === undefined) return { 'X-Timestamp': timestamp }
        const signed = timestamp + body.event + body.idempotency_key
        return {
          'X-Timestamp': timestamp,
          'X-Signature': hmacSha256(credentialSecret, signed).toString('hex'),
        }
      },
    }
  },
}
