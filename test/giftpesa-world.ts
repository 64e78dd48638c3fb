import { afterAll } from 'vitest'
import { openIssuing } from '../src/core/disbursements/open-issuing.ts'
import { createMerchantKey } from '../src/core/merchants/merchant-keys.ts'
import { saveMerchant } from '../src/core/merchants/save-merchant.ts'
import { saveTill } from '../src/core/merchants/save-till.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import type { IssuedCredential } from '../src/core/partners/credential.ts'
import { openLog } from '../src/platform/log.ts'
import { openRenderer } from '../src/platform/templates.ts'
import type { PartnerId } from '../src/values/ids.ts'
import { startTestApp } from './app.ts'
import type { TestApp, TestAppOptions } from './app.ts'
import { encryptFor, signInTo, stampOf } from './giftpesa-sign-in.ts'
import { createVoucherWorld } from './voucher-world.ts'
import type { VoucherWorld } from './voucher-world.ts'

export type GiftpesaAnswer = { readonly status: number; readonly headers: Headers; readonly json: unknown }

/** A company with a key, as its own program would call. */
export type GiftpesaClient = {
  readonly partnerId: PartnerId
  readonly credential: IssuedCredential
  readonly token: string
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<GiftpesaAnswer>
  get(path: string): Promise<GiftpesaAnswer>
  post(path: string, body: unknown): Promise<GiftpesaAnswer>
  /** GET /authorize with what is given instead of what is right. */
  authorize(changes?: {
    username?: string
    text?: string
    basic?: string
    key?: string
  }): Promise<GiftpesaAnswer>
}

export type GiftpesaWorld = {
  readonly app: TestApp
  readonly vouchers: VoucherWorld
  company(shillings: bigint, scopes?: readonly string[]): Promise<GiftpesaClient>
  /** A merchant's own key. */
  merchantKey(merchant: string): Promise<string>
}

/** A server with two merchants that have a till each (naivas 123456, quickmart 654321) and a worker that issues vouchers. */
export async function createGiftpesaWorld(options: TestAppOptions = {}): Promise<GiftpesaWorld> {
  const app = await startTestApp(options)
  const { database, keyRing } = app.services
  const vouchers = await createVoucherWorld(database, keyRing)
  await database.inTransaction(async (tx) => {
    const category = { code: 'supermarkets', name: 'Supermarkets' }
    for (const [code, name, number, till] of [
      ['naivas', 'Naivas', '123456', 'Eastgate'],
      ['quickmart', 'Quickmart', '654321', 'Kilimani'],
    ] as const) {
      await saveMerchant(tx, { code, name, category, status: 'active', actor: 'test' })
      await saveTill(tx, { number, merchant: code, name: till, status: 'active', actor: 'test' })
    }
  })
  const issuing = openIssuing({
    database,
    keyRing,
    renderer: openRenderer(),
    log: openLog('silent'),
    pollMs: 50,
  })
  afterAll(() => issuing.stop())
  return {
    app,
    vouchers,
    async company(shillings, scopes = []) {
      const { partnerId } = await vouchers.company(shillings)
      const order = {
        partnerId,
        dialect: 'giftpesa',
        label: 'test',
        withSecret: false,
        withEncryption: true,
        scopes,
      }
      const credential = await database.inTransaction((tx) => createCredential(tx, keyRing, order))
      const { token } = await signInTo(app.services, credential)
      return client(app, partnerId, credential, token)
    },
    async merchantKey(merchant) {
      const order = { merchant, label: 'test', actor: 'test' }
      return (await database.inTransaction((tx) => createMerchantKey(tx, order))).token
    },
  }
}

function client(
  app: TestApp,
  partnerId: PartnerId,
  credential: IssuedCredential,
  token: string,
): GiftpesaClient {
  const call: GiftpesaClient['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${app.baseUrl}/giftpesa${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, json: await response.json() }
  }
  return {
    partnerId,
    credential,
    token,
    call,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    authorize({ username = credential.username ?? '', text, basic, key } = {}) {
      const plain = text ?? `${credential.token}:${stampOf(new Date())}`
      const encrypted = basic ?? encryptFor(key ?? credential.encryptionKey ?? '', plain)
      return call('GET', '/authorize', undefined, { authorization: `Basic ${encrypted}`, username })
    },
  }
}
