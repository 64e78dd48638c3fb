import { purgeTexts } from '../core/messages/purge-texts.ts'
import type { Job } from './job.ts'

export const purgeMessagesJob: Job<'purge-messages'> = {
  name: 'purge-messages',
  schedule: '37 * * * *',
  attempts: 3,
  async run({ database, log }) {
    const purged = await purgeTexts(database)
    if (purged > 0) log.info({ messages: purged }, 'the texts of old messages were deleted')
  },
}
