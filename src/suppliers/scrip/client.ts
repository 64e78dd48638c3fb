import { createHmac } from 'node:crypto'
import type { CallTerms } from '../../core/fulfilment/supplier.ts'
import type { HttpClient, HttpReply, HttpRequest } from '../../platform/http.ts'
import { parseJsonOrNothing } from '../../values/json.ts'
import type { ScripSettings } from './settings.ts'

export type Reply = Omit<HttpReply, 'body'> & {
  /** Parsed, with the digits of its numbers kept; undefined if it is no JSON. */
  readonly body: unknown
}

/** The two kinds of calls that the other side knows. Both throw HttpTrouble. */
export type ScripClient = {
  get(path: string, terms: CallTerms): Promise<Reply>
  /** Signed over `subject` (the SKU, or the eSIM) and the reference, which names the call in the other side's log too. */
  buy(
    order: {
      readonly path: string
      readonly subject: string
      readonly reference: string
      readonly body: object
    },
    terms: CallTerms,
  ): Promise<Reply>
}

export function openScripClient(
  { baseUrl, token, partnerSecret }: ScripSettings,
  http: HttpClient,
  now: () => number,
): ScripClient {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const send = async (request: HttpRequest): Promise<Reply> => {
    const { status, headers: replyHeaders, body } = await http.send({ ...request, bytesMost })
    return { status, headers: replyHeaders, body: parseJsonOrNothing(body) }
  }
  return {
    get: (path, { timeoutMs, mayStillSend }) =>
      send({ method: 'GET', url: baseUrl + path, headers, timeoutMs, mayStillSend }),
    buy: ({ path, subject, reference, body }, { timeoutMs, mayStillSend }) => {
      const timestamp = String(Math.floor(now() / 1_000))
      const signed = {
        ...headers,
        'content-type': 'application/json',
        'x-request-id': reference,
        'x-timestamp': timestamp,
        'x-signature': signatureOf(partnerSecret, timestamp + subject + reference),
      }
      const text = JSON.stringify(body)
      return send({
        method: 'POST',
        url: baseUrl + path,
        headers: signed,
        body: text,
        timeoutMs,
        mayStillSend,
      })
    },
  }
}

/** Lowercase hex HMAC-SHA-256. */
export function signatureOf(partnerSecret: string, message: string): string {
  return createHmac('sha256', partnerSecret).update(message).digest('hex')
}

/** A page of two hundred products with their SKUs is long. */
const bytesMost = 8 * 1_048_576
