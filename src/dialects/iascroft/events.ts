import type { WebhookWriter } from '../../core/webhooks/writer.ts'
import { hmacSha256 } from '../../platform/secrets.ts'
import { eventTypes, toEventBody, vendorNames } from './mapping/events.ts'

/**
 * Tells what becomes of purchases. `X-Iascroft-Signature` is `sha256=` and the lowercase hex HMAC-SHA-256 of the raw body under the
 * endpoint's own secret, the whole text of it ("whsec_…").
 */
export const events: WebhookWriter = {
  eventTypes,
  vendorNames,
  // Eight tries; the last one a day after the first.
  scheduleSeconds: [0, 30, 110, 400, 1_440, 5_190, 18_680, 60_550],
  timeoutMs: 10_000,
  write(facts) {
    const body = JSON.stringify(toEventBody(facts))
    return {
      body,
      headers: ({ endpointSecret }) => ({
        'X-Iascroft-Signature': `sha256=${hmacSha256(endpointSecret, body).toString('hex')}`,
      }),
    }
  },
}
