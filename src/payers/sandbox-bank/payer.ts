import type { Application, Payer, PayerAnswer, PayerConnector } from '../../core/checkout/payer.ts'
import type { HttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'

/**
 * A simulated bank: the buyer approves or declines on a page of ours, and what he said comes with the question. A real one has its own page
 * and its own memory, and answers `pending` with its page's address until the buyer has decided there.
 */
export const sandboxBank: PayerConnector<HttpClient> = {
  name: 'sandbox-bank',
  kind: 'bank',
  description: 'Simulated payments at once: the buyer approves or declines on a page.',
  settings: {},
  readSettings: () => ({}),
  open(_settings, { environment }) {
    if (environment === 'live')
      throw new Failure('validation_failed', { sentence: 'What a sandbox bank approves, nobody pays.' })
    return bank
  },
}

const bank: Payer = {
  timeoutMs: 5_000,
  apply: async (application) => decide(application),
  inquire: async (application) => decide(application),
  withdraw: async () => ({ state: 'withdrawn' }),
  collect: async () => ({ state: 'paid' }),
}

function decide({ reference, returnUrl, word }: Application): PayerAnswer {
  switch (word) {
    case 'approve':
      return { state: 'approved', payerReference: `SBX-${reference}` }
    case 'decline':
      return { state: 'declined', detail: 'The buyer declined at the bank.' }
    case undefined: {
      const page = new URL(returnUrl)
      page.searchParams.set('step', 'bank')
      return { state: 'pending', detail: 'The buyer is at the bank.', continueUrl: page.href }
    }
  }
}
