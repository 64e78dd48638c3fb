import type {
  CallTerms,
  Connector,
  Purchase,
  Supplier,
  SupplierAnswer,
  SupplierProfile,
} from '../../core/fulfilment/supplier.ts'
import { HttpTrouble, requireSafeBaseUrl } from '../../platform/http.ts'
import type { HttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import { openCompanyClient, SignInTrouble } from './client.ts'
import type { CompanyClient } from './client.ts'
import { toRefusal, toTroubleAnswer } from './errors.ts'
import { isOurs, problemOf, readDisbursement, toBody, toProducts, unitsMost } from './mapping.ts'
import { readCompanySettings, settings } from './settings.ts'
import { wire } from './wire.ts'

/** An API that sends vouchers to telephones; any instance of Scrip speaks it, too. */
export const giftpesa: Connector<HttpClient> = {
  name: 'giftpesa',
  title: 'Giftpesa',
  description: 'Vouchers to telephones in Kenyan shillings, over a disbursement API.',
  settings,
  secretSettings: ['apiKey'],
  readSettings: readCompanySettings,
  open(given, { http, environment, now = Date.now }) {
    const account = readCompanySettings(given)
    requireSafeBaseUrl(account.baseUrl, environment)
    const client = openCompanyClient(account, http, now)
    return {
      profile,
      buy: async (purchase, terms) => {
        const deadlineMs = performance.now() + terms.timeoutMs
        const left = (): CallTerms => ({
          ...terms,
          timeoutMs: Math.max(1, Math.floor(deadlineMs - performance.now())),
        })
        return buy(client, purchase, account.notifies, left)
      },
      inquire: (purchase, terms) => inquire(client, purchase, terms),
      listProducts: async (_cursor, terms) => ({
        products: toProducts(await readMerchants(client, terms)),
        nextCursor: undefined,
      }),
    } satisfies Supplier
  },
}

/** The same disbursement again is answered with the first one, and is what it is asked for by. */
const profile: SupplierProfile = {
  dedupsByReference: true,
  statusByReference: true,
  settleWindowMs: 60_000,
  timeoutMs: 30_000,
}

/** Sends it, and looks at once how far it is: the answer to a disbursement says no more than that it is paid for. */
async function buy(
  client: CompanyClient,
  purchase: Purchase,
  notifies: 'yes' | 'no',
  left: () => CallTerms,
): Promise<SupplierAnswer> {
  const problem = problemOf(purchase)
  if (problem !== undefined) return problem
  const reply = await client.post('/disburse', toBody(purchase, notifies), left()).catch(toTroubleAnswer)
  if ('state' in reply) return reply
  if (reply.status !== 200) return judgeRefusal(client, toRefusal(reply), purchase, left)
  if (!wire.booked.Check(reply.body) || !isOurs(reply.body, purchase))
    return { state: 'unknown', detail: 'HTTP 200 with a body that is not our disbursement' }
  const answer = await inquire(client, purchase, left())
  if (answer.state === 'delivered' || answer.state === 'refused') return answer
  return { state: 'pending', detail: 'The disbursement is accepted.' }
}

/**
 * The account and what was asked for may be looked at before the reference is: a later try's refusal holds only where the
 * other side has nothing under our reference.
 */
async function judgeRefusal(
  client: CompanyClient,
  answer: SupplierAnswer,
  purchase: Purchase,
  left: () => CallTerms,
): Promise<SupplierAnswer> {
  if (answer.state !== 'refused' || purchase.tries === 1) return answer
  const found = await inquire(client, purchase, left())
  return found.state === 'not_found' ? answer : found
}

async function inquire(client: CompanyClient, purchase: Purchase, terms: CallTerms): Promise<SupplierAnswer> {
  if (problemOf(purchase) !== undefined)
    return { state: 'not_found', detail: 'This wire has no such purchase, so that none was sent.' }
  const path = `/query/${encodeURIComponent(purchase.reference)}?page=1&limit=${unitsMost}`
  const reply = await client.get(path, terms).catch(toTroubleAnswer)
  if ('state' in reply) return { state: 'unknown', detail: reply.detail }
  const { status, body } = reply
  if (status === 200 && wire.disbursement.Check(body)) return readDisbursement(body, purchase)
  if (status === 404 && wire.refusal.Check(body) && body.Error.Code === 404)
    return { state: 'not_found', detail: 'There is no disbursement with our reference.' }
  return { state: 'unknown', detail: `HTTP ${status} with a body that is no disbursement` }
}

/** Throws Failure unavailable. */
async function readMerchants(client: CompanyClient, terms: CallTerms) {
  const { status, body } = await client.get('/merchants', terms).catch((cause: unknown) => {
    if (!(cause instanceof HttpTrouble || cause instanceof SignInTrouble)) throw cause
    throw new Failure('unavailable', { internal: cause.message, cause })
  })
  if (status === 200 && wire.merchants.Check(body)) return body
  throw new Failure('unavailable', { internal: `the supplier answers HTTP ${status} in a way we cannot use` })
}
