import { expireVouchers } from '../core/vouchers/expire-vouchers.ts'
import type { Job } from './job.ts'

/** Every night, shortly after midnight where most vouchers end; it runs again after whatever kept it from finishing. */
export const expireVouchersJob: Job<'expire-vouchers'> = {
  name: 'expire-vouchers',
  schedule: '10 0,21 * * *',
  atStart: true,
  attempts: 5,
  async run({ database, log }) {
    const ended = await expireVouchers(database)
    if (ended > 0) log.info({ ended }, 'unspent vouchers ended, and their value went back')
  },
}
