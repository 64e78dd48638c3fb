import type { Application, CallTerms, Payer, PayerAnswer, PayerConnector } from '../../core/checkout/payer.ts'
import { HttpTrouble, requireSafeBaseUrl } from '../../platform/http.ts'
import type { HttpClient } from '../../platform/http.ts'
import { exactNumber, parseJsonOrNothing } from '../../values/json.ts'
import type { RawNumber } from '../../values/json.ts'
import { printAmount } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { readLenderSettings, settings } from './settings.ts'
import type { LenderSettings } from './settings.ts'
import { isAuthentic, signatureOf } from './signature.ts'
import { readReply } from './wire.ts'
import type { ApplicationBody, ApplicationReply } from './wire.ts'

/** A lender behind three signed calls; the README beside this file is what a lender implements. */
export const httpLender: PayerConnector<HttpClient> = {
  name: 'http-lender',
  kind: 'lender',
  description: 'A lender behind three signed HTTP calls.',
  settings,
  readSettings: readLenderSettings,
  open(stored, { http, environment }) {
    const own = readLenderSettings(stored)
    requireSafeBaseUrl(own.baseUrl, environment)
    return openLender(own, http)
  },
}

function openLender(own: LenderSettings, http: HttpClient): Payer {
  const call = async (
    method: 'PUT' | 'GET' | 'DELETE',
    application: Application,
    terms: CallTerms,
  ): Promise<Answered> => {
    const path = `/applications/${application.reference}`
    const body = method === 'PUT' ? JSON.stringify(toBody(application)) : ''
    const subject = `${method} ${path}`
    const timestamp = String(Math.floor(Date.now() / 1_000))
    try {
      const reply = await http.send({
        method,
        url: own.baseUrl + path,
        headers: {
          accept: 'application/json',
          'x-key-id': own.keyId,
          'x-timestamp': timestamp,
          'x-signature': signatureOf({ secret: own.secret, timestamp, subject, body }),
          ...(method === 'PUT' ? { 'content-type': 'application/json' } : {}),
        },
        ...(method === 'PUT' ? { body } : {}),
        ...terms,
        bytesMost: 65_536,
      })
      const message = {
        secret: own.secret,
        timestamp: reply.headers['x-timestamp'] ?? '',
        subject: `${reply.status} ${subject}`,
        body: reply.body,
      }
      if (!isAuthentic(message, reply.headers['x-signature'], Date.now()))
        return { detail: `The answer (${reply.status}) is not signed as it must be.` }
      if (reply.status === 404) return { isUnknown: true, detail: 'The lender does not know the reference.' }
      const read = reply.status === 200 ? readReply(parseJsonOrNothing(reply.body)) : undefined
      if (read?.reference !== application.reference)
        return { detail: `The answer (${reply.status}) makes no sense.` }
      return { reply: read, detail: read.detail ?? '' }
    } catch (error) {
      if (error instanceof HttpTrouble) return { detail: error.message }
      throw error
    }
  }
  return {
    timeoutMs: 20_000,
    apply: async (application, terms) => toAnswer(await call('PUT', application, terms)),
    inquire: async (application, terms) => toAnswer(await call('GET', application, terms)),
    async withdraw(application, terms) {
      const { reply, isUnknown, detail } = await call('DELETE', application, terms)
      // Of what never arrived, nothing is left to take back; and what was declined is as good.
      const isOver = isUnknown === true || reply?.state === 'withdrawn' || reply?.state === 'declined'
      return isOver ? { state: 'withdrawn' } : { state: 'unknown', detail }
    },
  }
}

/** An authentic reply, or word that the reference is not known, or neither. */
type Answered = {
  readonly reply?: ApplicationReply
  readonly isUnknown?: true
  readonly detail: string
}

function toAnswer({ reply, isUnknown, detail }: Answered): PayerAnswer {
  if (isUnknown === true) return { state: 'not_found', detail }
  switch (reply?.state) {
    case 'approved':
      return { state: 'approved', payerReference: reply.lender_reference }
    case 'declined':
      return { state: 'declined', detail }
    case 'pending':
      return { state: 'pending', detail, continueUrl: webAddress(reply.continue_url) }
    // We withdraw only what nobody waits for: in answer to anything else the word makes no sense.
    case 'withdrawn':
    case undefined:
      return { state: 'unknown', detail }
  }
}

/** Where a buyer may be sent. */
function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
    ? text
    : undefined
}

function toBody(application: Application): ApplicationBody {
  const { reference, currency, buyer } = application
  return {
    reference,
    amount: toAmount(application.amount),
    currency,
    seller: application.sellerName,
    order: application.orderReference,
    buyer: {
      company: buyer?.company ?? '',
      email: buyer?.email ?? '',
      annual_turnover: toAmount(buyer?.annualTurnover ?? 0n),
    },
    open_orders: application.openOrders,
    instalments: application.instalments.map(({ dueOn, principal, interest }) => ({
      due_on: dueOn,
      principal: toAmount(principal),
      interest: toAmount(interest),
    })),
    return_url: application.returnUrl,
  }
}

function toAmount(amount: Micros): RawNumber {
  return exactNumber(printAmount(amount))
}
