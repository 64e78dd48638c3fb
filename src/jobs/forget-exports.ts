import { forgetExports } from '../core/exports/forget-exports.ts'
import type { Job } from './job.ts'

export const forgetExportsJob: Job<'forget-exports'> = {
  name: 'forget-exports',
  schedule: '11 4 * * *',
  attempts: 3,
  run: ({ database }) => forgetExports(database),
}
