import { buildExports } from '../core/exports/build-exports.ts'
import type { Job } from './job.ts'

export const buildReportsJob: Job<'build-reports'> = {
  name: 'build-reports',
  schedule: '* * * * *',
  attempts: 1,
  async run({ database, keyRing, reportWriters: writers, log }) {
    const made = await buildExports({ database, keyRing, writers })
    if (made > 0) log.info({ reports: made }, 'reports were made, and their links are mailed')
  },
}
