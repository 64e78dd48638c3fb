import { expireCheckouts } from '../core/checkout/expire-checkouts.ts'
import type { Job } from './job.ts'

/** Ends shops' orders that nobody has paid for in time. */
export const expireCheckoutsJob: Job<'expire-checkouts'> = {
  name: 'expire-checkouts',
  schedule: '*/5 * * * *',
  attempts: 1,
  async run({ database, keyRing, log }) {
    const expired = await expireCheckouts(database, keyRing)
    if (expired > 0) log.info({ orders: expired }, 'orders were not paid for in time')
  },
}
