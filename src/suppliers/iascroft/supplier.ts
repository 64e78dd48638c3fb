import type {
  CallTerms,
  Connector,
  Purchase,
  Supplier,
  SupplierAnswer,
  SupplierProfile,
} from '../../core/fulfilment/supplier.ts'
import { requireSafeBaseUrl } from '../../platform/http.ts'
import type { HttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import { openMerchantClient } from './client.ts'
import type { MerchantClient, Reply } from './client.ts'
import { toRefusal, toTroubleAnswer } from './errors.ts'
import { listProducts, readReply } from './list-products.ts'
import { join, readGoods, readProductCode, readTopUp, toCalls, toMicros } from './mapping.ts'
import type { Call } from './mapping.ts'
import { readMerchantSettings, settings } from './settings.ts'
import { wire } from './wire.ts'

/** A merchant API with idempotency keys; any instance of Scrip speaks it, too. */
export const iascroft: Connector<HttpClient> = {
  name: 'iascroft',
  title: 'Merchant API',
  description: 'Gift cards, airtime and licence keys over a merchant API with idempotency keys.',
  settings,
  secretSettings: ['secretKey'],
  readSettings: readMerchantSettings,
  open(given, { http, environment }) {
    const account = readMerchantSettings(given)
    requireSafeBaseUrl(account.baseUrl, environment)
    const client = openMerchantClient(account, http)
    const { currency } = account
    return {
      profile,
      buy: (purchase, terms) =>
        inTurn(purchase, (call) =>
          client
            .post(call.path, call.reference, call.body, terms)
            .then((reply) => judge(reply, 201, call, purchase) ?? toRefusal(reply, purchase))
            .catch(toTroubleAnswer),
        ),
      inquire: (purchase, terms) => inTurn(purchase, (call) => inquire(client, call, purchase, terms)),
      balance: async (terms) => {
        const path = `/wallet/balance?currency=${currency}`
        const { data } = await readReply(() => client.get(path, terms), wire.balance)
        const amount = toMicros(data.available)
        if (amount === undefined || data.currency !== currency)
          throw new Failure('unavailable', { internal: `there is no wallet in ${currency}` })
        return { amount, currency }
      },
      listProducts: (cursor, terms) => listProducts(client, cursor, terms),
    } satisfies Supplier
  },
}

/** The key makes repeats harmless, and the same reference is what a purchase is asked for by. */
const profile: SupplierProfile = {
  dedupsByReference: true,
  statusByReference: true,
  settleWindowMs: 60_000,
  timeoutMs: 30_000,
}

/** The calls of a purchase, one after the other, up to the first that is not delivered. */
async function inTurn(
  purchase: Purchase,
  ask: (call: Call) => Promise<SupplierAnswer>,
): Promise<SupplierAnswer> {
  const product = readProductCode(purchase.productCode)
  if (product === undefined)
    return { state: 'refused', reason: 'product_unavailable', detail: 'The product code has no kind.' }
  const answers: SupplierAnswer[] = []
  for (const call of toCalls(purchase, product)) {
    const answer = await ask(call)
    answers.push(answer)
    if (answer.state !== 'delivered') break
  }
  return join(answers)
}

async function inquire(
  client: MerchantClient,
  call: Call,
  purchase: Purchase,
  terms: CallTerms,
): Promise<SupplierAnswer> {
  const path = `/giftcard/status/${encodeURIComponent(call.reference)}`
  const reply = await client.get(path, terms).catch(toTroubleAnswer)
  if ('state' in reply) return { state: 'unknown', detail: reply.detail }
  const answer = judge(reply, 200, call, purchase)
  if (answer !== undefined) return answer
  const isUnknownThere =
    reply.status === 404 && wire.refusal.Check(reply.body) && reply.body.error.code === 'NOT_FOUND'
  if (isUnknownThere) return { state: 'not_found', detail: 'There is no purchase with our reference.' }
  return { state: 'unknown', detail: `HTTP ${reply.status} with a body that is no purchase` }
}

/** What a good answer says; undefined for any other. */
function judge(
  { status, body }: Reply,
  good: 200 | 201,
  call: Call,
  purchase: Purchase,
): SupplierAnswer | undefined {
  if (status !== good) return undefined
  if (call.product.kind === 'airtime' && wire.topUp.Check(body)) return readTopUp(body.data, call, purchase)
  if (call.product.kind !== 'airtime' && wire.goods.Check(body)) return readGoods(body.data, call, purchase)
  return { state: 'unknown', detail: `HTTP ${status} with a body that is no purchase` }
}
