import type { Application, Payer, PayerAnswer, PayerConnector } from '../../core/checkout/payer.ts'
import type { HttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'

/** A simulated lender, whose rules follow from the application alone: it has no memory. */
export const sandboxLender: PayerConnector<HttpClient> = {
  name: 'sandbox-lender',
  kind: 'lender',
  description:
    'Simulated credit: declined for a turnover of 0.00, or while the buyer has another order open.',
  settings: {},
  readSettings: () => ({}),
  open(_settings, { environment }) {
    if (environment === 'live')
      throw new Failure('validation_failed', { sentence: 'What a sandbox lender approves, nobody pays.' })
    return lender
  },
}

const lender: Payer = {
  timeoutMs: 5_000,
  apply: async (application) => decide(application),
  inquire: async (application) => decide(application),
  withdraw: async () => ({ state: 'withdrawn' }),
  // Buyers whose address says so pay late; all others on the day.
  collect: async ({ buyer }) => ({ state: buyer?.email.startsWith('late') === true ? 'not_yet' : 'paid' }),
}

function decide({ reference, amount, buyer, openOrders }: Application): PayerAnswer {
  if (buyer === undefined) return { state: 'declined', detail: 'The buyer is not known.' }
  if (buyer.annualTurnover === 0n) return { state: 'declined', detail: 'The annual turnover is 0.00.' }
  if (amount > mostLent) return { state: 'declined', detail: 'It is more than is lent.' }
  if (openOrders > 0) return { state: 'declined', detail: 'The buyer has another order open.' }
  return { state: 'approved', payerReference: `SBX-${reference}` }
}

/** 50,000 pounds. */
const mostLent = 50_000_000_000n
