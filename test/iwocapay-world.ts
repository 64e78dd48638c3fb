import type { CreateSeller } from '../src/core/checkout/create-seller.ts'
import type { Decisions } from '../src/core/checkout/open-decisions.ts'
import type { Seller } from '../src/core/checkout/seller.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { parseJson } from '../src/values/json.ts'
import type { CheckoutId, CredentialId } from '../src/values/ids.ts'
import { startTestApp } from './app.ts'
import type { TestApp, TestAppOptions } from './app.ts'
import { createCheckoutWorld } from './checkout-world.ts'
import type { CheckoutWorld } from './checkout-world.ts'

type IwocapayAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

type Extra = {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, with this type, instead of JSON. */
  readonly form?: string
}

/** A shop with its access token, as its own program would call. */
export type IwocapayClient = {
  readonly seller: Seller
  readonly accessToken: string
  readonly credentialId: CredentialId
  call(method: string, path: string, body?: unknown, extra?: Extra): Promise<IwocapayAnswer>
  get(path: string): Promise<IwocapayAnswer>
  /** A new order of £4,200, or what the changes make of it. */
  create(changes?: Readonly<Record<string, unknown>>, extra?: Extra): Promise<IwocapayAnswer>
  /** The same, that must be taken: its id and its page. */
  order(
    changes?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly id: CheckoutId; readonly url: string }>
  status(id: CheckoutId): Promise<unknown>
}

export type IwocapayWorld = {
  readonly app: TestApp
  readonly checkouts: CheckoutWorld
  shop(changes?: Partial<CreateSeller>): Promise<IwocapayClient>
  /** A worker that asks payers, until it is stopped. */
  startDeciding(): Decisions
}

/** A server with shops whose buyers pay by the simulated lender and bank. */
export async function createIwocapayWorld(options: TestAppOptions = {}): Promise<IwocapayWorld> {
  const app = await startTestApp(options)
  const { database, keyRing } = app.services
  const checkouts = await createCheckoutWorld(database, new Map(), keyRing)
  return {
    app,
    checkouts,
    startDeciding: () => checkouts.start(),
    async shop(changes = {}) {
      const seller = await checkouts.seller(changes)
      const { token, credentialId } = await database.inTransaction((tx) =>
        createCredential(tx, keyRing, {
          partnerId: seller.partnerId,
          dialect: 'iwocapay',
          label: 'test',
          withSecret: false,
          keepToken: true,
        }),
      )
      return clientOf(app, seller, token, credentialId)
    },
  }
}

function clientOf(
  { baseUrl }: TestApp,
  seller: Seller,
  accessToken: string,
  credentialId: CredentialId,
): IwocapayClient {
  const client: IwocapayClient = {
    seller,
    accessToken,
    credentialId,
    async call(method, path, body, { headers = {}, form } = {}) {
      const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded'
      const sent = form ?? (body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
      const response = await fetch(`${baseUrl}/iwocapay${path}`, {
        method,
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(sent === undefined ? {} : { 'content-type': type }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parseJson(text) }
    },
    get: (path) => client.call('GET', path),
    create: (changes = {}, extra = {}) =>
      client.call(
        'POST',
        `/api/lending/edge/ecommerce/seller/${seller.id}/order/`,
        { data: { amount: 4_200, reference: '#order1', ...changes } },
        extra,
      ),
    async order(changes) {
      const answer = await client.create(changes)
      if (answer.status !== 201) throw new Error(answer.text)
      const { data } = answer.json as { data: { id: CheckoutId; order_url: string } } // As the contract says.
      return { id: data.id, url: data.order_url }
    },
    async status(id) {
      const { json } = await client.get(`/api/lending/edge/ecommerce/order/${id}/`)
      return (json as { data: { status: string } }).data.status // As the contract says.
    },
  }
  return client
}
