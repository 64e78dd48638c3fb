import { collectDue } from '../core/checkout/collect-instalment.ts'
import { remindBuyers } from '../core/checkout/remind-buyers.ts'
import { openRenderer } from '../platform/templates.ts'
import type { Job } from './job.ts'

/** Books instalments that payers say were paid, then reminds buyers of those that fall due, and marks the ones that are late. */
export const collectInstalmentsJob: Job<'collect-instalments'> = {
  name: 'collect-instalments',
  schedule: '41 * * * *',
  attempts: 3,
  async run({ database, keyRing, openPayer, log }) {
    const booked = await collectDue({ database, keyRing, open: openPayer, log })
    const { reminded, late } = await remindBuyers(database, { keyRing, renderer: openRenderer() })
    if (booked + reminded + late > 0) log.info({ booked, reminded, late }, 'instalments were looked after')
  },
}
