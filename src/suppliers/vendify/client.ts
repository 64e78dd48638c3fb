import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import type { CallTerms } from '../../core/fulfilment/supplier.ts'
import type { HttpClient, HttpReply } from '../../platform/http.ts'
import { parseJsonOrNothing } from '../../values/json.ts'
import type { VendifySettings } from './settings.ts'

export type Reply = Omit<HttpReply, 'body'> & {
  /** Parsed, with the digits of its numbers kept; undefined if it is no JSON. */
  readonly body: unknown
}

/** Calls of the other side, each signed over a nonce of its own. Both throw HttpTrouble. */
export type VendifyClient = {
  get(path: string, terms: CallTerms): Promise<Reply>
  /** @param nonce what the call is found by later; by default one that nobody will ask for */
  post(path: string, body: object, terms: CallTerms, nonce?: string): Promise<Reply>
}

export function openVendifyClient(
  { baseUrl, apiKey, privateKey, walletId }: VendifySettings,
  http: HttpClient,
): VendifyClient {
  const key = createPrivateKey(privateKey)
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    { timeoutMs, mayStillSend }: CallTerms,
    { nonce = newNonce(), body }: { readonly nonce?: string | undefined; readonly body?: object },
  ): Promise<Reply> => {
    const reply = await http.send({
      method,
      url: `${baseUrl}/api/v1${path}`,
      headers: {
        accept: 'application/json',
        'x-api-key': apiKey,
        'x-nonce': nonce,
        'x-signature': sign('sha256', Buffer.from(apiKey + nonce), key).toString('base64'),
        'x-wallet-id': walletId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs,
      mayStillSend,
      bytesMost,
    })
    return { ...reply, body: parseJsonOrNothing(reply.body) }
  }
  return {
    get: (path, terms) => send('GET', path, terms, {}),
    post: (path, body, terms, nonce) => send('POST', path, terms, { nonce, body }),
  }
}

/** A category comes whole, and the largest have thousands of products. */
const bytesMost = 32 * 1_048_576

function newNonce(): string {
  return randomBytes(20).toString('hex')
}
