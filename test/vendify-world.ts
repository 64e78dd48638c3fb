import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { parseJson } from '../src/values/json.ts'
import type { CredentialId, PartnerId, WalletId } from '../src/values/ids.ts'
import type { TestApp } from './app.ts'
import { signedHeaders } from './signed-call.ts'
import { currency, unit } from './world.ts'

/** One answer; numbers that a float cannot hold keep their digits. */
export type VendifyAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

type Extra = {
  readonly headers?: Readonly<Record<string, string>>
  readonly nonce?: string | undefined
  readonly wallet?: string | undefined
}

/** A reseller with its key pair, as its own program would call. */
export type VendifyClient = {
  readonly partnerId: PartnerId
  readonly credentialId: CredentialId
  readonly apiKey: string
  readonly privateKey: string
  readonly wallets: ReadonlyMap<string, WalletId>
  call(method: string, path: string, body?: unknown, extra?: Extra): Promise<VendifyAnswer>
  get(path: string, extra?: Extra): Promise<VendifyAnswer>
  post(path: string, body: unknown, extra?: Extra): Promise<VendifyAnswer>
  /** The same partner at another server of the same database. */
  at(baseUrl: string): VendifyClient
}

let resellers = 0

/** A reseller with a funded wallet in each currency, the first of them its default. */
export async function makeReseller(
  { services, baseUrl }: TestApp,
  options: {
    readonly currencies?: readonly string[]
    readonly funds?: bigint
    readonly scopes?: readonly string[]
  } = {},
): Promise<VendifyClient> {
  const { currencies = ['USD', 'NGN', 'GBP'], funds = 1_000_000n * unit, scopes = [] } = options
  const { database, keyRing } = services
  resellers += 1
  const parts = await database.inTransaction(async (tx) => {
    const { id: partnerId } = await createPartner(tx, {
      name: `Reseller ${resellers}`,
      email: `reseller-${resellers}@example.com`,
    })
    const wallets = new Map<string, WalletId>()
    for (const [place, code] of currencies.entries()) {
      const wallet = await openWallet(tx, { partnerId, currency: currency(code), isDefault: place === 0 })
      wallets.set(wallet.code, wallet.id)
      if (funds === 0n) continue
      const opening = { kind: 'topup', amount: funds, reference: `opening-${code}`, actor: 'test' } as const
      await postTransfer(tx, { partnerId, walletId: wallet.id, ...opening, paymentMethod: 'bank_transfer' })
    }
    const issued = await createCredential(tx, keyRing, {
      partnerId,
      dialect: 'vendify',
      label: 'test',
      withSecret: false,
      withKeyPair: true,
      scopes,
    })
    const { credentialId, token: apiKey, privateKey = '' } = issued
    return { partnerId, credentialId, apiKey, privateKey, wallets }
  })
  return clientAt(baseUrl, parts)
}

function clientAt(
  baseUrl: string,
  parts: Pick<VendifyClient, 'partnerId' | 'credentialId' | 'apiKey' | 'privateKey' | 'wallets'>,
): VendifyClient {
  const client: VendifyClient = {
    ...parts,
    async call(method, path, body, { headers = {}, nonce, wallet } = {}) {
      const response = await fetch(`${baseUrl}/vendify/api/v1${path}`, {
        method,
        headers: {
          ...signedHeaders(parts.apiKey, parts.privateKey, nonce),
          ...(wallet === undefined ? {} : { 'x-wallet-id': wallet }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parseJson(text) }
    },
    get: (path, extra) => client.call('GET', path, undefined, extra),
    post: (path, body, extra) => client.call('POST', path, body, extra),
    at: (other) => clientAt(other, parts),
  }
  return client
}

/** The value at a place of an answer: `at(answer, 'response.0.walletId')`. */
export function at({ json }: VendifyAnswer, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      json,
    )
}
