import type {
  Connector,
  ConnectorParts,
  Goods,
  Purchase,
  Supplier,
  SupplierAnswer,
  SupplierProduct,
  SupplierProfile,
} from '../../core/fulfilment/supplier.ts'
import type { HttpClient } from '../../platform/http.ts'
import { divideHalfEven } from '../../values/decimal.ts'
import { Failure } from '../../values/failure.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { isOwnIccid, makeIccid, makeLpa } from './iccid.ts'
import { outcomeOf, outcomes, stepOf } from './outcomes.ts'
import { statusAt } from './usage.ts'

/** The simulated supplier of eSIMs and of packages for them. */
export const esimSandbox: Connector<HttpClient> = {
  name: 'esim-sandbox',
  title: 'eSIM sandbox',
  description: 'Simulated eSIMs that are installed, used up and topped up as time goes by.',
  settings: [],
  secretSettings: [],
  readSettings: () => ({}),
  open(_settings, parts) {
    if (parts.environment === 'live')
      throw new Failure('validation_failed', { sentence: 'What a sandbox supplier delivers has no value.' })
    return openEsimSandbox(parts)
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

function openEsimSandbox({
  sandboxDelayMs,
  now = Date.now,
}: Pick<ConnectorParts<HttpClient>, 'sandboxDelayMs' | 'now'>): Supplier {
  const answer = (purchase: Purchase, isQuestion: boolean): SupplierAnswer => {
    const { iccid } = purchase.recipient
    if (iccid !== undefined && !isOwnIccid(iccid))
      return { state: 'refused', reason: 'invalid_recipient', detail: 'There is no such eSIM.' }
    const isLater = now() >= purchase.firstSentAtMs + sandboxDelayMs
    return toAnswer(purchase, stepOf(purchase, isQuestion, isLater))
  }
  const buy: Supplier['buy'] = async (purchase, terms) =>
    terms.mayStillSend()
      ? answer(purchase, false)
      : { state: 'busy', detail: 'It was withdrawn before it was sent.' }
  return {
    profile,
    buy,
    inquire: async (purchase) => answer(purchase, true),
    topUpEsim: buy,
    esimStatus: async (esim) => (isOwnIccid(esim.iccid) ? statusAt(esim, now()) : undefined),
    listProducts: async () => ({ products, nextCursor: undefined }),
    balance: async () => ({ amount: 1_000_000_000_000n, currency: usDollar }),
  }
}

function toAnswer(purchase: Purchase, step: ReturnType<typeof stepOf>): SupplierAnswer {
  const supplierReference = `ESX-${purchase.reference}`
  switch (step) {
    case 'deliver': {
      const goods = makeGoods(purchase)
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

/** New eSIMs, or the receipt of a package for the one that the recipient has. */
function makeGoods({ productCode, quantity, reference, recipient: { iccid } }: Purchase): Goods[] {
  const message = 'Package successfully added to existing eSIM'
  if (iccid !== undefined) return [{ kind: 'receipt', status: 'recharged', message, iccid }]
  // Two of three, but at least one: an answer without goods would be no delivery.
  const count = outcomeOf(productCode) === 'partial' ? Math.max(1, Math.floor((quantity * 2) / 3)) : quantity
  return Array.from({ length: count }, (_, position) => ({
    kind: 'esim',
    iccid: makeIccid(reference, position),
    lpa: makeLpa(reference, position),
  }))
}

/** 90 % of the face value. */
function costOf(faceValue: Micros, count: number): Micros {
  return divideHalfEven(faceValue * BigInt(count) * 9n, 10n)
}

const usDollar: Currency = findUsDollar()

const products: readonly SupplierProduct[] = outcomes.map((outcome) => ({
  productCode: `SANDBOX-ESIM-${outcome.toUpperCase()}`,
  name: `Sandbox eSIM: ${outcome.replaceAll('-', ' ')}`,
  cost: costOf(1_000_000n, 1),
  costRate: undefined,
  currency: usDollar,
  // Also of what it will turn out not to have: that is said when it is bought.
  stock: undefined,
}))

function findUsDollar(): Currency {
  const currency = parseCurrency('USD')
  if (currency === undefined) throw new Error('USD is a currency.')
  return currency
}
