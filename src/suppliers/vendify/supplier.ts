import type {
  CallTerms,
  Connector,
  ConnectorParts,
  Purchase,
  Supplier,
  SupplierAnswer,
  SupplierProfile,
} from '../../core/fulfilment/supplier.ts'
import { requireSafeBaseUrl } from '../../platform/http.ts'
import type { HttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import { openVendifyClient } from './client.ts'
import type { Reply, VendifyClient } from './client.ts'
import { toRefusal, toTroubleAnswer } from './errors.ts'
import { openProductList } from './list-products.ts'
import { toMicros } from './mapping/amounts.ts'
import { toEsimStatus } from './mapping/esim.ts'
import { toNonce, toOrderBody, toUnitAnswer } from './mapping/orders.ts'
import type { Unit } from './mapping/orders.ts'
import { readProductCode } from './mapping/product-codes.ts'
import { joinUnits } from './mapping/units.ts'
import { readReply } from './read-reply.ts'
import { readVendifySettings, settings } from './settings.ts'
import type { VendifySettings } from './settings.ts'
import { wire } from './wire.ts'

/** Whoever speaks the reseller API that this repository offers as its dialect of the same name. */
export const vendify: Connector<HttpClient> = {
  name: 'vendify',
  title: 'Vendify',
  description: 'A reseller API with signed nonces: gift cards, airtime, data, eSIMs, bills.',
  settings,
  secretSettings: ['apiKey', 'privateKey'],
  readSettings: readVendifySettings,
  open(given, parts) {
    const account = readVendifySettings(given)
    requireSafeBaseUrl(account.baseUrl, parts.environment)
    return openVendify(account, parts)
  },
}

const profile: SupplierProfile = {
  dedupsByReference: true,
  statusByReference: true,
  settleWindowMs: 60_000,
  timeoutMs: 30_000,
}

/** How many tries of one purchase are asked for: the first ones and the last ones. */
const triesAsked = 10

function openVendify(
  account: VendifySettings,
  { http, now = Date.now }: Pick<ConnectorParts<HttpClient>, 'http' | 'now'>,
): Supplier {
  const { walletId, currency } = account
  const client = openVendifyClient(account, http)
  const parts: Parts = { client, account, now }
  const validate: NonNullable<Supplier['validate']> = async ({ productCode, recipient }, terms) => {
    const code = readProductCode(productCode)
    if (code === undefined) return { state: 'unknown', detail: 'This is no product code.' }
    return askAccount(client, code.productId, recipient, terms)
  }
  return {
    profile,
    buy: (purchase, terms) => buyUnits(parts, purchase, terms),
    inquire: (purchase, terms) => inquireUnits(parts, purchase, terms),
    validate,
    esimStatus: async ({ iccid }, terms) => {
      const path = `/Report/Esim/Details/${encodeURIComponent(iccid)}`
      const reply = await readReply(() => client.get(path, terms), wire.esim).catch(toNothing)
      return reply?.response.iccid === iccid ? toEsimStatus(reply.response) : undefined
    },
    balance: async (terms) => {
      const { response } = await readReply(() => client.get('/Report/AccountBalance', terms), wire.balances)
      const own = response.find((wallet) => wallet.walletId.toUpperCase() === walletId)
      const amount = toMicros(own?.availableBalance)
      if (amount === undefined || own?.currencyCode !== currency)
        throw new Failure('unavailable', { internal: `there is no wallet ${walletId} in ${currency}` })
      return { amount, currency }
    },
    listProducts: openProductList(client, currency),
  }
}

type Parts = {
  readonly client: VendifyClient
  readonly account: VendifySettings
  readonly now: () => number
}

/** One order after the other; the first that is not delivered ends it, for the others would fare no better. */
async function buyUnits({ client, account, now }: Parts, purchase: Purchase, terms: CallTerms) {
  const units = unitsOf(purchase)
  if (units === undefined) return wrongCode
  const deadlineMs = performance.now() + terms.timeoutMs
  const answers: SupplierAnswer[] = []
  for (const unit of units) {
    const left = { ...terms, timeoutMs: leftUntil(deadlineMs) }
    const answer = await buyUnit({ client, account, now }, unit, left)
    answers.push(answer)
    if (answer.state !== 'delivered' && answer.state !== 'pending') break
  }
  const sinceFirstMs = purchase.askedAtMs - purchase.firstSentAtMs
  const mayStillCome = purchase.tries > 1 && sinceFirstMs < profile.settleWindowMs
  return joinUnits(answers, mayStillCome)
}

/** Whole milliseconds, at least one, until an instant of the process's own monotonic clock. */
function leftUntil(deadlineMs: number): number {
  return Math.max(1, Math.floor(deadlineMs - performance.now()))
}

async function buyUnit(
  { client, account, now }: Parts,
  unit: Unit,
  terms: CallTerms,
): Promise<SupplierAnswer> {
  const { purchase, code } = unit
  if (code.named !== undefined) {
    const answer = await askAccount(client, code.productId, purchase.recipient, terms)
    // A repeat is answered from its first order, whatever has become of the account.
    if (answer.state === 'invalid' && purchase.tries === 1)
      return { state: 'refused', reason: 'invalid_recipient', detail: answer.detail }
  }
  const nonce = toNonce(unit, purchase.tries)
  const reply = await client
    .post('/orders', toOrderBody(unit, account.walletId), terms, nonce)
    .catch(toTroubleAnswer)
  if ('state' in reply) return reply
  if (reply.status === 401) return judgeStranger(client, reply, nonce, unit, account, terms)
  if (reply.status !== 200) return toRefusal(reply, purchase, now())
  return judge(reply, unit, account)
}

function judge({ status, body }: Reply, unit: Unit, { currency }: VendifySettings): SupplierAnswer {
  if (wire.order.Check(body)) return toUnitAnswer(body.response, unit, currency)
  return { state: 'unknown', detail: `HTTP ${status} with a body that is no order` }
}

/**
 * A nonce that was used says 401, as a wrong key does: a network that sends a request twice answers the second one so, while the first may have
 * bought. Whether it is the key, a question with another nonce tells.
 */
async function judgeStranger(
  client: VendifyClient,
  reply: Reply,
  nonce: string,
  unit: Unit,
  account: VendifySettings,
  terms: CallTerms,
): Promise<SupplierAnswer> {
  const detail = `401 ${wire.refusal.Check(reply.body) ? reply.body.message : ''}`.trim()
  const question = await client.post('/order/status', { 'x-nonce': nonce }, terms).catch(toTroubleAnswer)
  if ('state' in question) return { state: 'unknown', detail }
  if (question.status === 401 && wire.refusal.Check(question.body))
    return { state: 'busy', detail: `An operator must look at this account: ${detail}` }
  return question.status === 200 ? judge(question, unit, account) : { state: 'unknown', detail }
}

async function inquireUnits({ client, account }: Parts, purchase: Purchase, terms: CallTerms) {
  const units = unitsOf(purchase)
  if (units === undefined) return wrongCode
  const deadlineMs = performance.now() + terms.timeoutMs
  const left = (): CallTerms => ({ ...terms, timeoutMs: leftUntil(deadlineMs) })
  const answers: SupplierAnswer[] = []
  for (const unit of units) {
    const answer = await inquireUnit(client, unit, account, left)
    answers.push(answer)
    if (answer.state === 'unknown') break
  }
  return joinUnits(answers, false)
}

/** An order is found by the nonce of any try that reached the other side; a refused one by none. */
async function inquireUnit(
  client: VendifyClient,
  unit: Unit,
  account: VendifySettings,
  left: () => CallTerms,
): Promise<SupplierAnswer> {
  for (const tries of triesToAsk(unit.purchase.tries)) {
    const question = { 'x-nonce': toNonce(unit, tries) }
    const reply = await client.post('/order/status', question, left()).catch(toTroubleAnswer)
    if ('state' in reply) return { state: 'unknown', detail: reply.detail }
    if (reply.status === 200) return judge(reply, unit, account)
    const isMissing =
      reply.status === 404 && wire.refusal.Check(reply.body) && reply.body.response.errorCode === 'NOT_FOUND'
    if (!isMissing) return { state: 'unknown', detail: `HTTP ${reply.status} with a body that is no order` }
  }
  return { state: 'not_found', detail: 'There is no order with our nonce.' }
}

function triesToAsk(count: number): number[] {
  const all = Array.from({ length: Math.min(count, 10_000) }, (_, place) => place + 1)
  return all.length <= triesAsked ? all : [...all.slice(0, triesAsked / 2), ...all.slice(-triesAsked / 2)]
}

const wrongCode: SupplierAnswer = {
  state: 'refused',
  reason: 'product_unavailable',
  detail: 'The product code of this source must be an id and the currency of the face value: 4299:GBP.',
}

/** Undefined where what is bought has another currency than the product. */
function unitsOf(purchase: Purchase): Unit[] | undefined {
  const code = readProductCode(purchase.productCode)
  if (code === undefined || code.currency !== purchase.currency) return undefined
  return Array.from({ length: purchase.quantity }, (_, place) => ({ purchase, place, code }))
}

async function askAccount(
  client: VendifyClient,
  productId: number,
  recipient: Purchase['recipient'],
  terms: CallTerms,
): ReturnType<NonNullable<Supplier['validate']>> {
  const uniqueAccountId = recipient['account'] ?? recipient['phone'] ?? ''
  const reply = await client
    .post('/validations', { productId, uniqueAccountId }, terms)
    .catch(toTroubleAnswer)
  if ('state' in reply) return { state: 'unknown', detail: reply.detail }
  if (reply.status === 200 && wire.validation.Check(reply.body)) {
    const { validated, accountName, message } = reply.body.response
    return validated
      ? { state: 'valid', name: accountName?.trim() || undefined }
      : { state: 'invalid', detail: message ?? 'There is no such account.' }
  }
  const fields = wire.refusal.Check(reply.body) ? (reply.body.response.fields ?? {}) : {}
  if (reply.status === 400 && fields['uniqueAccountId'] !== undefined)
    return { state: 'invalid', detail: fields['uniqueAccountId'] }
  return { state: 'unknown', detail: `HTTP ${reply.status}` }
}

function toNothing(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
  return undefined
}
