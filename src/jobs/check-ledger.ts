import { checkCheckouts } from '../core/checkout/check-checkouts.ts'
import { checkLedger } from '../core/ledger/check-ledger.ts'
import type { Job } from './job.ts'

/** Proves the ledger at night, and that orders which buyers owe for agree with it. A check that fails is an error in the log and a figure to raise an alarm by. */
export const checkLedgerJob: Job<'check-ledger'> = {
  name: 'check-ledger',
  schedule: '17 3 * * *',
  attempts: 3,
  async run({ database, log, report }) {
    const [books, orders] = [await checkLedger(database), await checkCheckouts(database)]
    const checks = [...books.checks, ...orders.checks]
    const ok = books.ok && orders.ok
    report('scrip_ledger_ok', ok ? 1 : 0)
    report('scrip_ledger_checked_at_seconds', Math.floor(Date.now() / 1_000))
    for (const check of checks.filter((one) => !one.ok))
      log.error({ check: check.name, detail: check.detail }, 'the ledger does not hold')
    if (ok) log.info({ checks: checks.length }, 'the ledger holds')
  },
}
