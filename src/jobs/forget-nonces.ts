import { forgetNonces } from '../core/nonces/forget-nonces.ts'
import type { Job } from './job.ts'

export const forgetNoncesJob: Job<'forget-nonces'> = {
  name: 'forget-nonces',
  schedule: '23 3 * * *',
  attempts: 3,
  async run({ database, log }) {
    const forgotten = await forgetNonces(database)
    if (forgotten > 0) log.info({ nonces: forgotten }, 'old nonces without an order were forgotten')
  },
}
