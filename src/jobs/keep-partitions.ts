import { keepPartitions } from '../core/calls/keep-partitions.ts'
import type { Job } from './job.ts'

/** Every hour, although a day would do: a worker that was down at midnight is not waited for until the next one. */
export const keepPartitionsJob: Job<'keep-partitions'> = {
  name: 'keep-partitions',
  schedule: '27 * * * *',
  atStart: true,
  attempts: 3,
  async run({ database, log }) {
    const { made, dropped } = await keepPartitions(database, { keepDays: 90, aheadDays: 3 })
    if (made.length + dropped.length > 0) log.info({ made, dropped }, "the API log's partitions were kept")
  },
}
