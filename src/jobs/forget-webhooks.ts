import { forgetDeliveries } from '../core/webhooks/forget-deliveries.ts'
import type { Job } from './job.ts'

export const forgetWebhooksJob: Job<'forget-webhooks'> = {
  name: 'forget-webhooks',
  schedule: '47 2 * * *',
  attempts: 3,
  async run({ database, log }) {
    const deliveries = await forgetDeliveries(database, 90)
    if (deliveries > 0)
      log.info({ deliveries }, 'webhooks for endpoints that are gone, or long disabled, were removed')
  },
}
