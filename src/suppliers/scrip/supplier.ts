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
import { openScripClient } from './client.ts'
import type { Reply, ScripClient } from './client.ts'
import { toRefusal, toTroubleAnswer } from './errors.ts'
import { openProductList } from './list-products.ts'
import { toMicros } from './mapping/amounts.ts'
import { toEsimStatus } from './mapping/esim.ts'
import { toAnswer, toOrderBody } from './mapping/orders.ts'
import { readNotice } from './notice.ts'
import { readReply } from './read-reply.ts'
import { readScripSettings, settings } from './settings.ts'
import type { ScripSettings } from './settings.ts'
import { wire } from './wire.ts'

/** Another instance of Scrip, or whoever else speaks its giftapi dialect. */
export const scrip: Connector<HttpClient> = {
  name: 'scrip',
  title: 'Scrip',
  description: 'Another instance of Scrip, over its server-to-server partner API.',
  settings,
  secretSettings: ['token', 'partnerSecret'],
  readSettings: readScripSettings,
  open(given, parts) {
    const account = readScripSettings(given)
    requireSafeBaseUrl(account.baseUrl, parts.environment)
    return openScrip(account, parts, scripProfile)
  },
}

const scripProfile: SupplierProfile = {
  dedupsByReference: true,
  statusByReference: true,
  settleWindowMs: 60_000,
  timeoutMs: 30_000,
}

/** A supplier over this wire; `profile` says what the other side makes of our reference. */
export function openScrip(
  account: ScripSettings,
  { http, now = Date.now }: Pick<ConnectorParts<HttpClient>, 'http' | 'now'>,
  profile: SupplierProfile,
): Supplier {
  const { partnerSecret, currency } = account
  const client = openScripClient(account, http, now)
  const judge = (reply: Reply, purchase: Purchase): SupplierAnswer => {
    const isOrder = reply.status === 200 || reply.status === 201
    if (!isOrder) return toRefusal(reply, purchase, now())
    if (!wire.order.Check(reply.body))
      return { state: 'unknown', detail: `HTTP ${reply.status} with a body that is no order` }
    const answer = toAnswer(reply.body.data, purchase, currency)
    // Only a question can be told that something was taken back; whoever buys has nothing yet.
    return answer.state === 'reversed' ? { ...answer, state: 'refused', reason: 'rejected' } : answer
  }
  const buy = (purchase: Purchase, order: Omit<OrderCall, 'reference'>, terms: CallTerms) =>
    client
      .buy({ ...order, reference: purchase.reference }, terms)
      .then((reply) => judge(reply, purchase))
      .catch(toTroubleAnswer)
  return {
    profile,
    buy: (purchase, terms) => {
      const order = { path: '/orders', subject: purchase.productCode, body: toOrderBody(purchase) }
      return buy(purchase, order, terms)
    },
    ...(profile.statusByReference
      ? { inquire: (purchase, terms) => inquire(client, purchase, currency, terms) }
      : {}),
    topUpEsim: async (purchase, terms) => {
      const { iccid = '' } = purchase.recipient
      if (!/^\d{18,20}$/.test(iccid))
        return { state: 'refused', reason: 'invalid_recipient', detail: 'This is no ICCID.' }
      const path = `/services/esim/${iccid}/topup`
      const body = { external_id: purchase.reference, sku_uuid: purchase.productCode }
      return buy(purchase, { path, subject: iccid, body }, terms)
    },
    esimStatus: async ({ iccid }, terms) => {
      const path = `/services/esim/${encodeURIComponent(iccid)}/status`
      const reply = await readReply(() => client.get(path, terms), wire.esim).catch(toNothing)
      return reply === undefined ? undefined : toEsimStatus(reply.data)
    },
    balance: async (terms) => {
      const { data } = await readReply(() => client.get('/balance', terms), wire.balance)
      const amount = toMicros(data.available_balance)
      if (amount === undefined || data.currency !== currency)
        throw new Failure('unavailable', { internal: `the wallet there is not in ${currency}` })
      return { amount, currency }
    },
    listProducts: openProductList(client, currency),
    readNotice: (notice) => readNotice(partnerSecret, notice),
  }
}

type OrderCall = Parameters<ScripClient['buy']>[0]

/** Whatever is no list with one order of ours, or none, leaves the question open. */
async function inquire(
  client: ScripClient,
  purchase: Purchase,
  currency: ScripSettings['currency'],
  terms: CallTerms,
): Promise<SupplierAnswer> {
  const path = `/orders?external_id=${encodeURIComponent(purchase.reference)}`
  const reply = await client.get(path, terms).catch(toTroubleAnswer)
  if ('state' in reply) return { state: 'unknown', detail: reply.detail }
  if (reply.status !== 200 || !wire.orders.Check(reply.body))
    return { state: 'unknown', detail: `HTTP ${reply.status} with a body that is no list of orders` }
  const [order, ...others] = reply.body.data
  if (order === undefined) return { state: 'not_found', detail: 'There is no order with our reference.' }
  if (others.length > 0)
    return { state: 'unknown', detail: `There are ${others.length + 1} orders with our reference.` }
  return toAnswer(order, purchase, currency)
}

function toNothing(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
}
