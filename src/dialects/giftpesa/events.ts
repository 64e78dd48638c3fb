import type { WebhookWriter } from '../../core/webhooks/writer.ts'
import { toEventBody } from './mapping/events.ts'

/**
 * Tells that a disbursement was processed, and of every redemption of its vouchers. The vendor signs nothing; the headers of Standard Webhooks
 * are the core's. After the first try ten more, so many minutes after the one before.
 */
export const events: WebhookWriter = {
  eventTypes: ['disbursement.processed', 'redemption.completed'],
  scheduleSeconds: [0, 60, 120, 180, 240, 300, 360, 480, 540, 600, 720],
  timeoutMs: 10_000,
  write: (facts) => ({ body: JSON.stringify(toEventBody(facts)), headers: () => ({}) }),
}
