import { expireCodes } from '../core/stock/expire-codes.ts'
import type { Job } from './job.ts'

export const expireCodesJob: Job<'expire-codes'> = {
  name: 'expire-codes',
  schedule: '7 * * * *',
  attempts: 3,
  async run({ database, log }) {
    const expired = await expireCodes(database, 'system')
    if (expired > 0) log.info({ codes: expired }, 'expired codes were taken out of the stock')
  },
}
