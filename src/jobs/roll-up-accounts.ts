import { rollUpAccounts } from '../core/ledger/roll-up-accounts.ts'
import type { Job } from './job.ts'

export const rollUpAccountsJob: Job<'roll-up-accounts'> = {
  name: 'roll-up-accounts',
  schedule: '* * * * *',
  attempts: 1,
  async run({ database }) {
    await rollUpAccounts(database)
  },
}
