import { forgetTokens } from '../core/partners/forget-tokens.ts'
import type { Job } from './job.ts'

export const forgetTokensJob: Job<'forget-tokens'> = {
  name: 'forget-tokens',
  schedule: '43 3 * * *',
  attempts: 1,
  async run({ database, log }) {
    const forgotten = await forgetTokens(database)
    if (forgotten > 0) log.info({ tokens: forgotten }, 'tokens that had ended were removed')
  },
}
