import { keepPartitions } from '../core/retention/keep-partitions.ts'
import type { Job } from './job.ts'

/** Every hour, although a day would do: a worker that was down at midnight is not waited for until the next one. */
export const keepPartitionsJob: Job<'keep-partitions'> = {
  name: 'keep-partitions',
  schedule: '27 * * * *',
  atStart: true,
  attempts: 3,
  async run({ database, log }) {
    const { made, dropped, removed, held } = await keepPartitions(database, { keepDays: 90, aheadDays: 3 })
    if (held !== undefined)
      log.warn(
        { table: held },
        'a table is in use for long, by a dump perhaps: the next run keeps its partitions',
      )
    if (made.length + dropped.length + removed > 0)
      log.info({ made, dropped, removed }, 'the partitions of what is kept for a while were made and dropped')
  },
}
