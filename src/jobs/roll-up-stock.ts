import { rollUpStock } from '../core/stock/roll-up-stock.ts'
import type { Job } from './job.ts'

export const rollUpStockJob: Job<'roll-up-stock'> = {
  name: 'roll-up-stock',
  schedule: '* * * * *',
  attempts: 1,
  async run({ database }) {
    await rollUpStock(database)
  },
}
