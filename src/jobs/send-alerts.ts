import { sendAlerts } from '../core/alerts/send-alerts.ts'
import type { Job } from './job.ts'

export const sendAlertsJob: Job<'send-alerts'> = {
  name: 'send-alerts',
  schedule: '*/5 * * * *',
  attempts: 1,
  async run({ database, keyRing, log }) {
    const seen = await sendAlerts(database, keyRing)
    if (seen > 0) log.info({ seen }, 'wallets or SKUs have fallen below their marks')
  },
}
