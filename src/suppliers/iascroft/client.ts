import type { CallTerms } from '../../core/fulfilment/supplier.ts'
import type { HttpClient, HttpReply } from '../../platform/http.ts'
import { parseJsonOrNothing } from '../../values/json.ts'
import type { MerchantSettings } from './settings.ts'

export type Reply = Omit<HttpReply, 'body'> & {
  /** Parsed, with the digits of its numbers kept; undefined if it is no JSON. */
  readonly body: unknown
}

/** Both throw HttpTrouble. */
export type MerchantClient = {
  get(path: string, terms: CallTerms): Promise<Reply>
  /** The key makes the other side answer a repeat with what it answered first. */
  post(path: string, key: string, body: object, terms: CallTerms): Promise<Reply>
}

export function openMerchantClient(
  { baseUrl, secretKey }: MerchantSettings,
  http: HttpClient,
): MerchantClient {
  const headers = { authorization: `Bearer ${secretKey}`, accept: 'application/json' }
  const read = ({ status, headers: replyHeaders, body }: HttpReply): Reply => ({
    status,
    headers: replyHeaders,
    body: parseJsonOrNothing(body),
  })
  return {
    get: async (path, { timeoutMs, mayStillSend }) =>
      read(
        await http.send({ method: 'GET', url: baseUrl + path, headers, timeoutMs, mayStillSend, bytesMost }),
      ),
    post: async (path, key, body, { timeoutMs, mayStillSend }) =>
      read(
        await http.send({
          method: 'POST',
          url: baseUrl + path,
          headers: {
            ...headers,
            'content-type': 'application/json',
            'x-idempotency-key': key,
            'x-request-id': key,
          },
          body: JSON.stringify(body),
          timeoutMs,
          mayStillSend,
          bytesMost,
        }),
      ),
  }
}

/** A page of a hundred products with their descriptions is long. */
const bytesMost = 8 * 1_048_576
