import { forgetSessions } from '../core/users/forget-sessions.ts'
import type { Job } from './job.ts'

export const forgetSessionsJob: Job<'forget-sessions'> = {
  name: 'forget-sessions',
  schedule: '48 3 * * *',
  attempts: 1,
  async run({ database, log }) {
    const forgotten = await forgetSessions(database)
    if (forgotten > 0) log.info({ sessions: forgotten }, 'sessions that had ended were removed')
  },
}
