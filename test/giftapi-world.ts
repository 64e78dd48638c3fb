import { createHmac } from 'node:crypto'
import { expect, vi } from 'vitest'
import type { CatalogueInput, ProductInput, SkuInput } from '../src/core/catalogue/input.ts'
import { setPriceRule } from '../src/core/catalogue/set-price-rule.ts'
import { storeCatalogue } from '../src/core/catalogue/store-catalogue.ts'
import { storeRates } from '../src/core/catalogue/store-rates.ts'
import { createSupplier } from '../src/core/fulfilment/create-supplier.ts'
import { setSources } from '../src/core/fulfilment/set-sources.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { addCodes } from '../src/core/stock/add-codes.ts'
import type { NewCode } from '../src/core/stock/stock.ts'
import { sql } from '../src/platform/database.ts'
import type { PartnerId, ProductId, SkuId, WalletId } from '../src/values/ids.ts'
import type { Locale } from '../src/values/locale.ts'
import { startTestApp } from './app.ts'
import type { TestApp, TestAppOptions } from './app.ts'
import { currency, unit } from './world.ts'

/** One answer, with its bytes: what is compared is often what a parser would hide. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

/** A partner with its credential, as its own program would call. */
export type GiftapiClient = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly token: string
  readonly secret: string
  call(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Answer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Signs and sends POST /orders; `more` stands beside external_id and item. */
  order(
    externalId: string,
    skuId: string,
    fields?: unknown,
    more?: Readonly<Record<string, unknown>>,
  ): Promise<Answer>
  /** Signs `externalId` and `skuId` (or what stands for it there) at a time (seconds, by default now) and posts the body, whatever it is. */
  send(
    signed: {
      externalId: string
      skuId: string
      timestamp?: number | undefined
      secret?: string | undefined
    },
    body: unknown,
    path?: string,
  ): Promise<Answer>
}

type PartnerOptions = {
  readonly funds?: bigint
  readonly overdraft?: bigint
  readonly locale?: Locale
  readonly currency?: string
}

export type GiftapiWorld = {
  readonly app: TestApp
  sku(code: string): SkuId
  product(code: string): ProductId
  partner(options?: PartnerOptions): Promise<GiftapiClient>
  /** Puts codes into stock and lets the catalogue see them. */
  stock(skuCode: string, codes: number | readonly NewCode[]): Promise<void>
  /** Has a simulated supplier fill a SKU under a product code; it costs a tenth of a dollar. */
  supply(skuCode: string, connector: 'sandbox' | 'esim-sandbox', productCode: string): Promise<void>
  /** Stores more of the catalogue, or changes it, and lets the process see it. */
  store(input: CatalogueInput): Promise<void>
}

/** A server with the catalogue below and no partner yet. Prices are in USD: face value and 10 %. There is no rate for KES. */
export async function createGiftapiWorld(options: TestAppOptions = {}): Promise<GiftapiWorld> {
  const app = await startTestApp(options)
  const { database, keyRing, catalogue } = app.services
  const skus = new Map<string, SkuId>()
  const products = new Map<string, ProductId>()

  async function store(input: CatalogueInput): Promise<void> {
    await database.inTransaction((tx) => storeCatalogue(tx, input))
    for (const { code, id } of await database.query<{ code: string; id: SkuId }>(
      sql`select code, id from skus`,
    ))
      skus.set(code, id)
    for (const { code, id } of await database.query<{ code: string; id: ProductId }>(
      sql`select code, id from products`,
    ))
      products.set(code, id)
    await catalogue.refresh()
  }

  await store(smallCatalogue)
  await database.inTransaction(async (tx) => {
    await storeRates(tx, [
      { base: currency('AED'), quote: currency('USD'), rate: 2_720_000_000n, source: 'test' },
    ])
    const everyone = { partnerId: undefined, markupFixed: 0n, fixedPrice: undefined }
    await setPriceRule(tx, { ...everyone, scope: { kind: 'all' }, markupPercent: 10n * unit })
    await setPriceRule(tx, {
      ...everyone,
      scope: { kind: 'product', code: 'OPEN' },
      markupPercent: -2n * unit,
    })
    // 0.1 + 0.2: the sum that floats get wrong.
    await setPriceRule(tx, {
      ...everyone,
      scope: { kind: 'sku', code: 'TENTH' },
      markupPercent: 0n,
      markupFixed: 200_000n,
    })
  })
  await catalogue.refresh()

  let codes = 0
  let suppliers = 0
  return {
    app,
    store,
    sku: (code) => known(skus, code),
    product: (code) => known(products, code),
    partner: (wanted = {}) => makePartner(app, wanted),
    async supply(skuCode, connector, productCode) {
      await database.inTransaction(async (tx) => {
        suppliers += 1
        const account = {
          code: `s${suppliers}`,
          name: connector,
          connector,
          settings: {},
          currency: currency('USD'),
        }
        const supplierId = await createSupplier(tx, keyRing, { ...account, actor: 'test' })
        await setSources(tx, [{ skuId: known(skus, skuCode), supplierId, productCode, cost: 100_000n }])
      })
      await catalogue.refresh()
      await vi.waitFor(() => expect(app.services.suppliers.all()).toHaveLength(suppliers), {
        timeout: 10_000,
      })
    },
    async stock(skuCode, given) {
      const lot =
        typeof given === 'number'
          ? Array.from({ length: given }, () => ({ code: `CODE-${String((codes += 1)).padStart(6, '0')}` }))
          : given
      await database.inTransaction((tx) =>
        addCodes(tx, keyRing, { skuId: known(skus, skuCode), codes: lot, actor: 'test' }),
      )
      await catalogue.refresh()
    },
  }
}

/** A client for a partner's credential at any server of the same database. */
export function clientAt(
  baseUrl: string,
  parts: Pick<GiftapiClient, 'partnerId' | 'walletId' | 'token' | 'secret'>,
): GiftapiClient {
  const client: GiftapiClient = {
    ...parts,
    async call(method, path, headers = {}, body) {
      const response = await fetch(`${baseUrl}/giftapi/v1/partner${path}`, {
        method,
        headers: { authorization: `Bearer ${parts.token}`, ...headers },
        ...(body === undefined ? {} : { body }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson ? (JSON.parse(text) as unknown) : undefined,
      }
    },
    get: (path, headers) => client.call('GET', path, headers),
    order: (externalId, skuId, fields = { quantity: 1 }, more = {}) =>
      client.send(
        { externalId, skuId },
        { external_id: externalId, item: { sku_id: skuId, fields }, ...more },
      ),
    send(
      { externalId, skuId, timestamp = Math.floor(Date.now() / 1000), secret = parts.secret },
      body,
      path = '/orders',
    ) {
      const signature = createHmac('sha256', secret).update(`${timestamp}${skuId}${externalId}`).digest('hex')
      const headers = {
        'Content-Type': 'application/json',
        'X-Timestamp': String(timestamp),
        'X-Signature': signature,
      }
      return client.call('POST', path, headers, typeof body === 'string' ? body : JSON.stringify(body))
    },
  }
  return client
}

/** The value at a place of an answer: `at(answer, 'data.items.0.sku_id')`. */
export function at(answer: Answer, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      answer.json,
    )
}

let partners = 0

async function makePartner({ baseUrl, services }: TestApp, options: PartnerOptions): Promise<GiftapiClient> {
  const { database, keyRing } = services
  const { funds = 1_000n * unit, overdraft = 0n, locale = 'en' } = options
  partners += 1
  const parts = await database.inTransaction(async (tx) => {
    const partner = await createPartner(tx, {
      name: `Partner ${partners}`,
      email: `partner-${partners}@example.com`,
      locale,
    })
    const money = {
      currency: currency(options.currency ?? 'USD'),
      isDefault: true,
      allowOverdraft: overdraft > 0n,
      overdraftLimit: overdraft,
    }
    const wallet = await openWallet(tx, { partnerId: partner.id, ...money })
    if (funds > 0n) {
      const opening = {
        kind: 'topup',
        amount: funds,
        reference: 'opening',
        paymentMethod: 'bank_transfer',
        actor: 'test',
      } as const
      await postTransfer(tx, { partnerId: partner.id, walletId: wallet.id, ...opening })
    }
    const { token, secret } = await createCredential(tx, keyRing, {
      partnerId: partner.id,
      dialect: 'giftapi',
      label: 'test',
      withSecret: true,
    })
    return { partnerId: partner.id, walletId: wallet.id, token, secret: secret ?? '' }
  })
  return clientAt(baseUrl, parts)
}

function known<T>(ids: ReadonlyMap<string, T>, code: string): T {
  const id = ids.get(code)
  if (id === undefined) throw new Error(`There is no ${code}.`)
  return id
}

function fixed(code: string, product: string, value: bigint, more: Partial<SkuInput> = {}): SkuInput {
  const names = { en: `$${String(value / unit)} Apple Gift Card` }
  const attributes = { denomination: String(value / unit), denomination_currency: 'USD' }
  return {
    code,
    product,
    names,
    currency: 'USD',
    denomination: { kind: 'fixed', value },
    maxPerOrder: 10,
    attributes,
    ...more,
  }
}

function product(code: string, more: Partial<ProductInput> = {}): ProductInput {
  return { code, category: 'cards', brand: 'plain', type: 'voucher', names: { en: code }, ...more }
}

const smallCatalogue: CatalogueInput = {
  currencies: [
    { code: 'USD', numericCode: 840, decimals: 2, names: { en: 'US dollar' } },
    { code: 'AED', numericCode: 784, decimals: 2, names: { en: 'UAE dirham' } },
    { code: 'KES', numericCode: 404, decimals: 2, names: { en: 'Kenyan shilling' } },
  ],
  categories: [
    {
      code: 'cards',
      names: { en: 'Gift cards', ru: 'Подарочные карты' },
      attributes: [
        {
          code: 'digital_acceptance',
          names: { en: 'Acceptance', ru: 'Приём' },
          type: 'text',
          target: 'product',
        },
        { code: 'denomination', names: { en: 'Denomination' }, type: 'text', target: 'sku' },
      ],
    },
    { code: 'games', parent: 'cards', names: { en: 'Games' } },
    { code: 'airtime', names: { en: 'Airtime' } },
  ],
  brands: [
    { code: 'plain', names: { en: 'Plain' } },
    { code: 'linked', names: { en: 'Linked' }, redeemUrl: 'https://example.com/redeem?code={code}' },
  ],
  products: [
    product('APPLE', {
      names: { en: 'Apple gift card | USA', ru: 'Подарочная карта Apple | США' },
      descriptions: { en: '<p>With the credit from a gift card, you can get music, movies, TV shows.</p>' },
      attributes: { digital_acceptance: 'online' },
    }),
    product('OPEN', { type: 'voucher_open_range' }),
    product('KENYA'),
    product('GAME', { category: 'games', brand: 'linked' }),
    product('TOPUP', {
      category: 'airtime',
      type: 'recharge_fixed',
      fields: [
        { code: 'phone', name: 'Phone number', type: 'phone', required: true, pattern: '\\+?254\\d{9}' },
      ],
    }),
    product('EXACT'),
  ],
  skus: [
    fixed('APPLE-2', 'APPLE', 2n * unit, { names: { en: '$2 Apple Gift Card', ru: 'Карта Apple на $2' } }),
    fixed('APPLE-3', 'APPLE', 3n * unit),
    {
      ...fixed('OPEN-AED', 'OPEN', unit),
      currency: 'AED',
      denomination: { kind: 'range', least: 5n * unit, most: 10n ** 18n },
      maxPerOrder: 99,
    },
    fixed('KENYA-100', 'KENYA', 100n * unit, { currency: 'KES' }),
    fixed('GAME-10', 'GAME', 10n * unit, { maxPerOrder: 1 }),
    fixed('TOPUP-5', 'TOPUP', 5n * unit),
    fixed('TENTH', 'EXACT', 100_000n),
    fixed('LARGE', 'EXACT', 112_233_445_566_778_890n),
  ],
}

/** What suppliers fill: a card, and two packages of an eSIM. */
export const suppliedCatalogue: CatalogueInput = {
  products: [
    product('SUPPLIED'),
    product('ESIM', { category: 'airtime', type: 'esim', attributes: { coverage: 'DE,FR' } }),
  ],
  skus: [
    fixed('CARD-10', 'SUPPLIED', 10n * unit),
    fixed('ESIM-1GB', 'ESIM', 5n * unit, {
      names: { en: '1GB Europe Data' },
      attributes: { data_gb: 1, validity_days: 7 },
    }),
    fixed('ESIM-5GB', 'ESIM', 15n * unit, {
      names: { en: '5GB Europe Data' },
      attributes: { data_gb: 5, validity_days: 30 },
    }),
  ],
}
