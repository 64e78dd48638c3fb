import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { setPartnerPlan } from '../src/core/partners/set-partner-plan.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { parseJson } from '../src/values/json.ts'
import type { CredentialId, PartnerId, WalletId } from '../src/values/ids.ts'
import type { TestApp, TestAppOptions } from './app.ts'
import { createVendifyWorld } from './vendify-world.ts'
import type { VendifyWorld } from './vendify-world.ts'
import { currency, unit } from './world.ts'

export type IascroftAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Numbers that a float cannot hold keep their digits. */
  readonly json: unknown
}

type Extra = {
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** A merchant with its secret key, as its own program would call. */
export type Merchant = {
  readonly partnerId: PartnerId
  readonly credentialId: CredentialId
  readonly secretKey: string
  /** By code. */
  readonly wallets: ReadonlyMap<string, WalletId>
  call(method: string, path: string, body?: unknown, extra?: Extra): Promise<IascroftAnswer>
  get(path: string, extra?: Extra): Promise<IascroftAnswer>
  post(path: string, body: unknown, extra?: Extra): Promise<IascroftAnswer>
  /** The same merchant at another server of the same database. */
  at(baseUrl: string): Merchant
}

type MerchantOptions = {
  /** The first is the default wallet's. */
  readonly currencies?: readonly string[]
  /** In each wallet, or by currency. */
  readonly funds?: bigint | Readonly<Record<string, bigint>>
  /** Absent: none, so nothing is limited. */
  readonly plan?: string
}

export type IascroftWorld = Pick<VendifyWorld, 'app' | 'stock' | 'supply'> & {
  merchant(options?: MerchantOptions): Promise<Merchant>
}

/** A server with the catalogue of vendify-catalogue.ts: a dollar is 1,500 naira, a pound 1.25 dollars; there is no rate for KES. */
export async function createIascroftWorld(options: TestAppOptions = {}): Promise<IascroftWorld> {
  const { app, stock, supply } = await createVendifyWorld(options)
  return { app, stock, supply, merchant: (more) => makeMerchant(app, more) }
}

let merchants = 0

/** A merchant with a funded wallet in each currency. */
async function makeMerchant(
  { services, baseUrl }: Pick<TestApp, 'services' | 'baseUrl'>,
  options: MerchantOptions = {},
): Promise<Merchant> {
  const { currencies = ['USD', 'NGN', 'GBP'], funds = 1_000_000n * unit, plan } = options
  const { database, keyRing } = services
  merchants += 1
  const parts = await database.inTransaction(async (tx) => {
    const { id: partnerId } = await createPartner(tx, {
      name: `Merchant ${merchants}`,
      email: `merchant-${merchants}@example.com`,
    })
    const wallets = new Map<string, WalletId>()
    for (const [place, code] of currencies.entries()) {
      const wallet = await openWallet(tx, { partnerId, currency: currency(code), isDefault: place === 0 })
      wallets.set(wallet.code, wallet.id)
      const amount = typeof funds === 'bigint' ? funds : (funds[code] ?? 0n)
      if (amount === 0n) continue
      const opening = { kind: 'topup', amount, reference: `opening-${code}`, actor: 'test' } as const
      await postTransfer(tx, { partnerId, walletId: wallet.id, ...opening, paymentMethod: 'bank_transfer' })
    }
    if (plan !== undefined) await setPartnerPlan(tx, { partnerId, plan, actor: 'test' })
    const { credentialId, token: secretKey } = await createCredential(tx, keyRing, {
      partnerId,
      dialect: 'iascroft',
      label: 'test',
      withSecret: false,
      tokenPrefix: 'sk_test_',
    })
    return { partnerId, credentialId, secretKey, wallets }
  })
  return merchantAt(baseUrl, parts)
}

function merchantAt(
  baseUrl: string,
  parts: Pick<Merchant, 'partnerId' | 'credentialId' | 'secretKey' | 'wallets'>,
): Merchant {
  const merchant: Merchant = {
    ...parts,
    async call(method, path, body, { key, headers = {} } = {}) {
      const response = await fetch(`${baseUrl}/iascroft/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${parts.secretKey}`,
          ...(key === undefined ? {} : { 'x-idempotency-key': key }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parseJson(text) }
    },
    get: (path, extra) => merchant.call('GET', path, undefined, extra),
    post: (path, body, extra) => merchant.call('POST', path, body, extra),
    at: (other) => merchantAt(other, parts),
  }
  return merchant
}

/** The value at a place of an answer: `at(answer, 'data.0.id')`. */
export function at({ json }: IascroftAnswer, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      json,
    )
}

/** Status and code of a refusal. */
export function refusalOf(answer: IascroftAnswer): unknown {
  return [answer.status, at(answer, 'error.code')]
}
