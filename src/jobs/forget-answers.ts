import { forgetAnswers } from '../core/idempotency/forget-answers.ts'
import type { Job } from './job.ts'

export const forgetAnswersJob: Job<'forget-answers'> = {
  name: 'forget-answers',
  schedule: '41 3 * * *',
  attempts: 3,
  async run({ database, log }) {
    const forgotten = await forgetAnswers(database)
    if (forgotten > 0) log.info({ answers: forgotten }, 'old answers under idempotency keys were forgotten')
  },
}
