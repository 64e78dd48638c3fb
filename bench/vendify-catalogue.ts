import { createSign, randomInt } from 'node:crypto'
import { storeCatalogue } from '../src/core/catalogue/store-catalogue.ts'
import { storeRates } from '../src/core/catalogue/store-rates.ts'
import { openCatalogue } from '../src/core/catalogue/open-catalogue.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { toListing } from '../src/dialects/vendify/mapping/listing.ts'
import { toProductRow } from '../src/dialects/vendify/mapping/products.ts'
import { openDatabase } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { PartnerId } from '../src/values/ids.ts'
import { parseCurrency } from '../src/values/money.ts'
import type { Currency } from '../src/values/money.ts'
import { startProduct } from './product.ts'
import { startBenchServer } from './server.ts'

/**
 * The whole list of 5,000 products of a category over HTTP, signed, a fresh nonce each time, as a ratio to what it takes to build the same rows from the
 * database. Option: --rounds N (20).
 */
export async function run(args: readonly string[]): Promise<void> {
  const place = args.indexOf('--rounds')
  const rounds = place < 0 ? 20 : Number(args[place + 1])
  const server = await startBenchServer()
  const masterKey = newSecretKey()
  const database = openDatabase({ url: server.url, role: 'scrip_app', statementTimeoutMs: 0 })
  try {
    await fill(database)
    const { partnerId, apiKey, privateKey } = await makeReseller(database, masterKey)
    const fromSql: number[] = []
    const fromServer: number[] = []
    const product = await startProduct(server.url, masterKey)
    try {
      const ask = () => askOnce(product.baseUrl, apiKey, privateKey)
      await ask()
      // In turn, so that both meet the machine as it is.
      for (let round = 0; round < rounds; round += 1) {
        fromSql.push(await timed(() => build(database, partnerId)))
        fromServer.push(await timed(ask))
      }
    } finally {
      await product.stop()
    }
    const [sql, served] = [median(fromSql), median(fromServer)]
    process.stdout.write(
      `median  ${productsCount} products: ${(served / sql).toFixed(2)} of building from SQL (${served.toFixed(0)} ms against ${sql.toFixed(0)} ms)\n`,
    )
  } finally {
    await database.close()
    await server.stop()
  }
}

const productsCount = 5_000
const [naira, pound] = [currencyOf('NGN'), currencyOf('GBP')]

async function fill(database: Database): Promise<void> {
  const codes = Array.from({ length: productsCount }, (_, number) => `card-${number + 1}`)
  await database.inTransaction(async (tx) => {
    await storeCatalogue(tx, {
      currencies: [
        { code: 'NGN', numericCode: 566, decimals: 2, names: { en: 'Naira' } },
        { code: 'GBP', numericCode: 826, decimals: 2, names: { en: 'Pound' } },
      ],
      categories: [{ code: 'giftcard', names: { en: 'Gift cards' } }],
      brands: [{ code: 'bench', names: { en: 'Bench' } }],
      products: codes.map((code) => ({
        code,
        category: 'giftcard',
        brand: 'bench',
        type: 'voucher',
        names: { en: `Gift card ${code}` },
        descriptions: { en: '<p>Redeem it where it says so, within the time that it says.</p>' },
      })),
      skus: codes.map((code, number) => ({
        code: `${code}-sku`,
        product: code,
        names: { en: `Gift card ${code}` },
        currency: 'GBP',
        denomination: { kind: 'fixed', value: BigInt(number + 1) * 1_000_000n },
        maxPerOrder: 1,
      })),
    })
    await storeRates(tx, [{ base: pound, quote: naira, rate: 20_000_000_000_000n, source: 'bench' }])
  })
}

async function makeReseller(database: Database, masterKey: ReturnType<typeof newSecretKey>) {
  const keyRing = await openKeyRing(database, masterKey)
  return database.inTransaction(async (tx) => {
    const { id: partnerId } = await createPartner(tx, { name: 'Bench', email: 'bench@example.com' })
    await openWallet(tx, { partnerId, currency: naira, isDefault: true })
    const { token: apiKey, privateKey = '' } = await createCredential(tx, keyRing, {
      partnerId,
      dialect: 'vendify',
      label: 'bench',
      withSecret: false,
      withKeyPair: true,
    })
    return { partnerId, apiKey, privateKey }
  })
}

/** The same rows as the server's, from the tables. */
async function build(database: Database, partnerId: PartnerId): Promise<void> {
  const live = await openCatalogue(database)
  const catalogue = live.current()
  const rows = toListing(catalogue).all.flatMap((listed) => {
    const price = catalogue.convert(partnerId, listed.first, naira)
    return price === undefined ? [] : [toProductRow(listed, price, { code: 'NGN-1' })]
  })
  await live.close()
  if (rows.length !== productsCount || JSON.stringify(rows).length < 1_000_000)
    throw new Error('The list is not whole.')
}

async function askOnce(baseUrl: string, apiKey: string, privateKey: string): Promise<void> {
  const nonce = `${Date.now()}${randomInt(10 ** 9)}`
  const signature = createSign('RSA-SHA256')
    .update(apiKey + nonce)
    .sign(privateKey, 'base64')
  const response = await fetch(`${baseUrl}/vendify/api/v1/Product/Category/giftcard`, {
    headers: { 'x-api-key': apiKey, 'x-nonce': nonce, 'x-signature': signature },
  })
  const body = await response.arrayBuffer()
  if (response.status !== 200 || body.byteLength < 1_000_000)
    throw new Error(`The server answered ${response.status}.`)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function currencyOf(code: string): Currency {
  const currency = parseCurrency(code)
  if (currency === undefined) throw new Error(`${code} is no currency.`)
  return currency
}
