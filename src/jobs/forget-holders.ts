import { forgetHolders } from '../core/holders/forget-holders.ts'
import type { Job } from './job.ts'

export const forgetHoldersJob: Job<'forget-holders'> = {
  name: 'forget-holders',
  schedule: '53 3 * * *',
  attempts: 1,
  async run({ database, log }) {
    const forgotten = await forgetHolders(database)
    if (forgotten > 0) log.info({ forgotten }, 'one-time codes that had ended were removed')
  },
}
