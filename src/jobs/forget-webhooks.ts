import { forgetDeliveries } from '../core/webhooks/forget-deliveries.ts'
import type { Job } from './job.ts'

export const forgetWebhooksJob: Job<'forget-webhooks'> = {
  name: 'forget-webhooks',
  schedule: '47 2 * * *',
  attempts: 3,
  async run({ database, log }) {
    const { removed, ended } = await forgetDeliveries(database, 90)
    if (removed > 0)
      log.info(
        { deliveries: removed },
        'webhooks for endpoints that are gone, or long disabled, were removed',
      )
    if (ended > 0)
      log.warn(
        { deliveries: ended },
        'webhooks that waited too long for paused endpoints have ended as failed',
      )
  },
}
