import { countWaitingLines } from '../core/funding/count-waiting.ts'
import { countWaitingIdentities } from '../core/identity/count-waiting.ts'
import { countWaitingBankDetails, countWaitingSettlements } from '../core/settlements/count-waiting.ts'
import { countWaitingWithdrawals } from '../core/withdrawals/count-waiting.ts'
import type { Db } from '../platform/database.ts'
import { ok, warn } from './finding.ts'
import type { Finding } from './finding.ts'

/** Whether something waits for a person for longer than a partner should. */
export async function approvalsFinding(db: Db): Promise<Finding> {
  const queues = [
    {
      name: 'withdrawals',
      command: 'scrip withdrawal list --state pending_approval',
      ...(await countWaitingWithdrawals(db)),
    },
    { name: 'lines of bank statements', command: 'scrip bank lines', ...(await countWaitingLines(db)) },
    {
      name: 'proofs of identity',
      command: 'scrip kyc list --state submitted',
      ...(await countWaitingIdentities(db)),
    },
    {
      name: 'payouts to merchants',
      command: 'scrip merchant payout list --state proposed',
      ...(await countWaitingSettlements(db)),
    },
    {
      name: 'bank details of merchants',
      command: 'scrip merchant bank-details list --state entered',
      ...(await countWaitingBankDetails(db)),
    },
  ]
  const detail = queues.map(({ name, count }) => `${count} ${name}`).join(', ')
  const late = queues.filter(({ since }) => since !== undefined && Date.now() - since.getTime() > patienceMs)
  if (late.length === 0) return ok('approvals', `${detail} wait for a person`)
  const advice = late.map(({ command }) => `"${command}"`).join(', ')
  return warn('approvals', `${detail} wait for a person, the oldest since more than a day`, `See ${advice}.`)
}

const patienceMs = 86_400_000
