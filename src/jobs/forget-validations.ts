import { forgetValidations } from '../core/validations/forget-validations.ts'
import type { Job } from './job.ts'

export const forgetValidationsJob: Job<'forget-validations'> = {
  name: 'forget-validations',
  schedule: '41 * * * *',
  attempts: 3,
  async run({ database }) {
    await forgetValidations(database)
  },
}
