import type {
  Connector,
  ConnectorParts,
  Purchase,
  Supplier,
  SupplierAnswer,
  SupplierProfile,
} from '../../core/fulfilment/supplier.ts'
import type { HttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import { makeGoods } from './goods.ts'
import { accountOf, outcomeOf, stepOf } from './outcomes.ts'
import type { Step } from './outcomes.ts'
import { listPage, ownCurrency } from './products.ts'

/** The simulated supplier of codes and recharges. */
export const sandbox: Connector<HttpClient> = {
  name: 'sandbox',
  title: 'Sandbox',
  description: 'Simulated codes, airtime, data and bills; the last digits of the account choose the outcome.',
  settings: [],
  secretSettings: [],
  readSettings: () => ({}),
  open(_settings, parts) {
    if (parts.environment === 'live')
      throw new Failure('validation_failed', { sentence: 'What a sandbox supplier delivers has no value.' })
    return openSandbox(parts)
  },
}

/** It has no memory: whatever it says follows from the purchase, the number of tries and the clock. */
const profile: SupplierProfile = {
  dedupsByReference: true,
  statusByReference: true,
  settleWindowMs: 0,
  timeoutMs: 30_000,
  // Whatever a sandbox sells, it fills.
  sellsUnlisted: true,
}

function openSandbox({
  sandboxDelayMs,
  now = Date.now,
}: Pick<ConnectorParts<HttpClient>, 'sandboxDelayMs' | 'now'>): Supplier {
  const answer = (purchase: Purchase, isQuestion: boolean): SupplierAnswer => {
    const outcome = outcomeOf(purchase.productCode, accountOf(purchase.recipient))
    const isLater = now() >= purchase.firstSentAtMs + sandboxDelayMs
    const step = stepOf(outcome, { isQuestion, isLater, tries: purchase.tries })
    return toAnswer(step, purchase, outcome === 'partial')
  }
  return {
    profile,
    buy: async (purchase, terms) =>
      terms.mayStillSend()
        ? answer(purchase, false)
        : { state: 'busy', detail: 'It was withdrawn before it was sent.' },
    inquire: async (purchase) => answer(purchase, true),
    validate: async ({ productCode, recipient }) => {
      const account = accountOf(recipient)
      if (account === undefined) return { state: 'unknown', detail: 'There is no account to look for.' }
      return outcomeOf(productCode, account) === 'account-not-found'
        ? { state: 'invalid', detail: 'There is no such account.' }
        : { state: 'valid', name: `Sandbox Customer ${account.replaceAll(/\D/g, '').slice(-4)}` }
    },
    listProducts: async (cursor) => listPage(cursor),
    balance: async () => ({ amount: 1_000_000_000_000n, currency: ownCurrency }),
  }
}

function toAnswer(step: Step, purchase: Purchase, isPartial: boolean): SupplierAnswer {
  const supplierReference = `SBX-${purchase.reference}`
  switch (step) {
    case 'deliver': {
      const goods = makeGoods(purchase, isPartial ? partOf(purchase.quantity) : purchase.quantity)
      return { state: 'delivered', goods, supplierReference }
    }
    case 'work':
      return { state: 'pending', detail: 'It is being worked on.', supplierReference }
    case 'say_nothing':
      return { state: 'unknown', detail: 'The simulated supplier did not answer in time.' }
    case 'know_nothing':
      return { state: 'not_found', detail: 'The reference is not known.' }
    default:
      return { state: 'refused', reason: step, detail: `The simulated supplier refuses: ${step}.` }
  }
}

/** Two of three, but at least one: an answer without goods would be no delivery. */
function partOf(quantity: number): number {
  return Math.max(1, Math.floor((quantity * 2) / 3))
}
