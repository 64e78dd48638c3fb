import { expect, vi } from 'vitest'
import { setPartnerTerms } from '../src/core/catalogue/set-partner-terms.ts'
import { storeCatalogue } from '../src/core/catalogue/store-catalogue.ts'
import { storeRates } from '../src/core/catalogue/store-rates.ts'
import { createSupplier } from '../src/core/fulfilment/create-supplier.ts'
import { setSources } from '../src/core/fulfilment/set-sources.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { addCodes } from '../src/core/stock/add-codes.ts'
import type { NewCode } from '../src/core/stock/stock.ts'
import { sql } from '../src/platform/database.ts'
import { parseJson } from '../src/values/json.ts'
import type { CredentialId, PartnerId, SkuId, WalletId } from '../src/values/ids.ts'
import { startTestApp } from './app.ts'
import type { TestApp, TestAppOptions } from './app.ts'
import { signedHeaders } from './signed-call.ts'
import { vendifyCatalogue } from './vendify-catalogue.ts'
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

export type VendifyWorld = {
  readonly app: TestApp
  /** The number of a SKU, which is the id of its product on this wire. */
  id(skuCode: string): number
  reseller(options?: ResellerOptions): Promise<VendifyClient>
  /** Puts codes into stock. */
  stock(skuCode: string, codes: number | readonly NewCode[]): Promise<void>
  /** Has a simulated supplier fill a SKU; it costs next to nothing. */
  supply(skuCode: string, connector: 'sandbox' | 'esim-sandbox', productCode?: string): Promise<void>
}

type ResellerOptions = {
  readonly currencies?: readonly string[]
  readonly funds?: bigint
  readonly scopes?: readonly string[]
  /** Percent, on rates and off prices. */
  readonly terms?: { readonly margin: bigint; readonly discount: bigint }
}

/** A server with the catalogue of vendify-catalogue.ts: a dollar is 1,500 naira, a pound 1.25 dollars; there is no rate for KES. */
export async function createVendifyWorld(options: TestAppOptions = {}): Promise<VendifyWorld> {
  const app = await startTestApp(options)
  const { database, keyRing, catalogue } = app.services
  await database.inTransaction(async (tx) => {
    await storeCatalogue(tx, vendifyCatalogue)
    const source = 'test'
    await storeRates(tx, [
      { base: currency('USD'), quote: currency('NGN'), rate: 1_500n * 10n ** 10n, source },
      { base: currency('GBP'), quote: currency('USD'), rate: 12_500_000_000n, source },
    ])
  })
  await catalogue.refresh()
  const rows = await database.query<{ code: string; id: SkuId; number: bigint }>(
    sql`select code, id, number from skus`,
  )
  const skus = new Map(rows.map((row) => [row.code, row]))
  const skuOf = (code: string) => {
    const found = skus.get(code)
    if (found === undefined) throw new Error(`There is no ${code}.`)
    return found
  }
  let codes = 0
  let suppliers = 0
  return {
    app,
    id: (code) => Number(skuOf(code).number),
    async reseller({ terms, ...rest } = {}) {
      const client = await makeReseller(app, rest)
      if (terms === undefined) return client
      const { partnerId } = client
      const percents = { fxMarginPercent: terms.margin * unit, discountPercent: terms.discount * unit }
      await database.inTransaction((tx) => setPartnerTerms(tx, { partnerId, ...percents, actor: 'test' }))
      await catalogue.refresh()
      return client
    },
    async stock(skuCode, given) {
      const lot =
        typeof given === 'number'
          ? Array.from({ length: given }, () => ({ code: `CODE${String((codes += 1)).padStart(12, '0')}` }))
          : given
      const stocked = { skuId: skuOf(skuCode).id, codes: lot, actor: 'test' }
      await database.inTransaction((tx) => addCodes(tx, keyRing, stocked))
      await catalogue.refresh()
    },
    async supply(skuCode, connector, productCode = skuCode) {
      suppliers += 1
      const account = { code: `s${suppliers}`, name: connector, connector, settings: {}, actor: 'test' }
      await database.inTransaction(async (tx) => {
        const supplierId = await createSupplier(tx, keyRing, { ...account, currency: currency('USD') })
        await setSources(tx, [{ skuId: skuOf(skuCode).id, supplierId, productCode, cost: 1_000n }])
      })
      await catalogue.refresh()
      await vi.waitFor(() => expect(app.services.suppliers.all()).toHaveLength(suppliers), {
        timeout: 10_000,
      })
    },
  }
}

let resellers = 0

/** A reseller with a funded wallet in each currency, the first of them its default. */
export async function makeReseller(
  { services, baseUrl }: TestApp,
  options: Omit<ResellerOptions, 'terms'> = {},
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
