import { syncSupplier } from '../core/fulfilment/sync-supplier.ts'
import type { Job } from './job.ts'

/** Looks at the lists of all active suppliers that have one, each by itself: one that does not answer keeps nobody from the others. */
export const syncSuppliersJob: Job<'sync-suppliers'> = {
  name: 'sync-suppliers',
  schedule: '41 * * * *',
  attempts: 1,
  async run({ database, log, suppliers }) {
    const active = suppliers
      .all()
      .filter(({ account, supplier }) => account.active && supplier.listProducts !== undefined)
    for (const booked of active) {
      const { code } = booked.account
      try {
        const { products, counts } = await syncSupplier(database, booked, { actor: 'system' })
        log.info({ supplier: code, products, counts }, "a supplier's list was read")
      } catch (error) {
        log.warn({ err: error, supplier: code }, "a supplier's list could not be read")
      }
    }
  },
}
