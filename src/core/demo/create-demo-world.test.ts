import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import { printAmount } from '../../values/money.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { openCatalogue } from '../catalogue/open-catalogue.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import type { KeyRing } from '../keys/ring.ts'
import { checkLedger } from '../ledger/check-ledger.ts'
import { availableBalance } from '../ledger/ledger.ts'
import { listWallets } from '../ledger/list-wallets.ts'
import { openCallers } from '../partners/open-callers.ts'
import type { Caller } from '../partners/partner.ts'
import { checkStock } from '../stock/check-stock.ts'
import { createDemoWorld } from './create-demo-world.ts'
import { stockLots } from './data/stock.ts'
import { issueDemoKeys } from './issue-demo-keys.ts'
import { currencyOf, micros } from './local-values.ts'
import type { DemoWorld } from './world.ts'

const usd = currencyOf('USD')

let database: Database
let keyRing: KeyRing
let world: DemoWorld | undefined
let caller: Caller
let catalogue: Catalogue
/** Rows of everything that an undisturbed making fills. */
let complete: Record<string, bigint>

beforeAll(async () => {
  ;({ database } = await createTestDatabase())
  keyRing = await openKeyRing(database, newSecretKey())
  world = await createDemoWorld(database, keyRing)
  complete = await countRows(database)
  caller = await callerOf(database, keyRing, world?.giftapi.token ?? '')
  const live = await openCatalogue(database)
  catalogue = live.current()
  await live.close()
})

describe('a demo world', () => {
  test('is entered with the keys that its making answered', () => {
    expect(caller.partner).toMatchObject({ status: 'active', locale: 'en', requestsPerMinute: undefined })
    expect(caller.defaultWallet.currency).toBe('USD')
    expect(world?.giftapi.partnerSecret).toBeDefined()
    expect(caller.secret).toBe(world?.giftapi.partnerSecret)
  })

  test('gives its partner a million dollars and a hundred of overdraft, and pounds and naira beside them', async () => {
    const [wallet, ...others] = await listWallets(database, caller.partner.id)
    expect(others.map(({ code }) => code)).toEqual(['GBP-1', 'NGN-1'])
    expect(wallet).toMatchObject({
      balance: micros(1_000_000),
      reserved: 0n,
      allowOverdraft: true,
      overdraftLimit: micros(100),
    })
    expect(wallet === undefined ? 0n : availableBalance(wallet)).toBe(micros(1_000_100))
  })

  test('has an account on each plan, with wallets in five currencies', async () => {
    for (const [key, plan] of [
      ['secretKey', 'merchant'],
      ['starterSecretKey', 'starter'],
      ['enterpriseSecretKey', 'enterprise'],
    ] as const) {
      const token = world?.iascroft[key] ?? ''
      expect(token).toMatch(/^sk_test_/)
      const merchant = await callerOf(database, keyRing, token, 'iascroft')
      expect(merchant.plan?.code).toBe(plan)
      const currencies = merchant.wallets.map(({ currency }) => currency)
      expect(currencies.toSorted()).toEqual(['EUR', 'GBP', 'KES', 'NGN', 'USD'])
    }
  })

  test('lists at least 500 products and 3,000 SKUs, each priced in dollars', () => {
    const skus = catalogue.products.flatMap((product) => product.skus)
    expect(catalogue.products.length).toBeGreaterThanOrEqual(500)
    expect(skus.length).toBeGreaterThanOrEqual(3_000)
    const unpriced = skus.filter((sku) => catalogue.quote(caller.partner.id, sku, usd) === undefined)
    expect(unpriced.map(({ code }) => code)).toEqual([])
  })

  test('prices as the vendor’s samples do: cards 10 % above, airtime 2 % below its face value', () => {
    const priceOf = (code: string): string | undefined => {
      const sku = catalogue.products.flatMap((product) => product.skus).find((one) => one.code === code)
      const quote = sku === undefined ? undefined : catalogue.quote(caller.partner.id, sku, usd, micros(100))
      return quote === undefined ? undefined : printAmount(quote.unitPrice)
    }
    expect(priceOf('GC-APPLE-US-2')).toBe('2.2')
    expect(priceOf('GC-APPLE-US-3')).toBe('3.3')
    // 100 dirhams at 1/3.6725, less 2 %.
    expect(priceOf('AT-ETISALAT-AE-ANY')).toBe('26.68482')
    // 3 % and one dollar on each.
    expect(priceOf('GC-VISA-US-50')).toBe('52.5')
    // The children of a category follow it.
    expect(priceOf('ES-DE-1GB-7D')).toBe('4.6')
  })

  test('has every lot in stock, a thousand codes or more of at least eight gift cards', () => {
    const byCode = new Map(
      catalogue.products.flatMap((product) => product.skus).map((sku) => [sku.code, sku]),
    )
    const counts = stockLots.map(({ sku, count }) => {
      const found = byCode.get(sku)
      return { sku, wanted: count, there: found === undefined ? 0 : catalogue.stock(found.id) }
    })
    expect(counts.filter(({ wanted, there }) => wanted !== there)).toEqual([])
    expect(
      counts.filter(({ sku, there }) => sku.startsWith('GC-') && there >= 1_000).length,
    ).toBeGreaterThanOrEqual(8)
    for (const value of [10, 25, 50]) {
      const lot = counts.find(({ sku }) => sku === `GC-APPLE-US-${value}`)
      expect(lot?.there).toBeGreaterThanOrEqual(1_000)
    }
  })

  test('has books and stock that prove themselves', async () => {
    expect((await checkLedger(database)).checks.filter(({ ok }) => !ok)).toEqual([])
    expect((await checkStock(database)).checks.filter(({ ok }) => !ok)).toEqual([])
  })

  test('has no code in clear', async () => {
    const [row] = await database.query<{ ciphertext: Buffer; id: string; key: string }>(sql`
      select ciphertext, id, data_key_id as key from stock_codes
      where sku_id = (select id from skus where code = 'GC-APPLE-US-10') limit 1`)
    expect(row?.ciphertext.toString('latin1')).not.toMatch(/X[2-9A-HJ-NP-Z]{15}/)
  })

  test('is not made a second time: another start changes nothing and shows no keys', async () => {
    const before = await everyRow(database)
    const seen: string[] = []
    expect(
      await createDemoWorld(database, keyRing, { onProgress: ({ step }) => seen.push(step) }),
    ).toBeUndefined()
    expect(seen).toEqual([])
    expect(await everyRow(database)).toEqual(before)
  })

  test('gives out further keys when the first ones are lost; the first ones stay good', async () => {
    const more = await issueDemoKeys(database, keyRing)
    expect(more.giftapi.token).not.toBe(world?.giftapi.token)
    for (const keys of [world, more]) {
      const found = await callerOf(database, keyRing, keys?.giftapi.token ?? '')
      expect(found.partner.id).toBe(caller.partner.id)
      expect(found.secret).toBe(keys?.giftapi.partnerSecret)
    }
  })
})

test('a making that is killed after every single step is completed by the next starts, and nothing is doubled', async () => {
  const { database } = await createTestDatabase()
  const keyRing = await openKeyRing(database, newSecretKey())
  const seen: string[] = []
  const killed = async (): Promise<boolean> => {
    const call = createDemoWorld(database, keyRing, {
      onProgress({ step }) {
        seen.push(step)
        throw new Error('killed')
      },
    })
    return call.then(
      () => false,
      () => true,
    )
  }
  while (await killed()) expect(seen.length).toBeLessThan(200)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.at(-1)).toBe('account')
  expect(await countRows(database)).toEqual(complete)
  // The keys of the killed start were never shown: they are replaced.
  const { giftapi } = await issueDemoKeys(database, keyRing)
  expect((await callerOf(database, keyRing, giftapi.token)).secret).toBe(giftapi.partnerSecret)
})

test('a making that is killed within a step leaves nothing of that step behind', async () => {
  const { database } = await createTestDatabase()
  const keyRing = await openKeyRing(database, newSecretKey())
  let left = 3_000
  const failing: KeyRing = {
    ...keyRing,
    sealForStock(plaintext, context) {
      if (left === 0) throw new Error('killed')
      left -= 1
      return keyRing.sealForStock(plaintext, context)
    },
  }
  await expect(createDemoWorld(database, failing)).rejects.toThrow('killed')
  await expect(issueDemoKeys(database, keyRing)).rejects.toThrow('no demo world')
  const [stock] = await database.query(sql`select count(*) as codes from stock_codes`)
  expect(stock).toEqual({ codes: 2_500n })
  expect(await createDemoWorld(database, keyRing)).toBeDefined()
  expect(await countRows(database)).toEqual(complete)
})

test('of two processes that start at once one shows keys, and they make one world', async () => {
  const { database, url } = await createTestDatabase()
  const other = openDatabase({ url, role: 'scrip_app' })
  try {
    const key = newSecretKey()
    const rings = [await openKeyRing(database, key), await openKeyRing(other, key)] as const
    const worlds = await Promise.all([createDemoWorld(database, rings[0]), createDemoWorld(other, rings[1])])
    expect(worlds.filter((world) => world !== undefined)).toHaveLength(1)
    expect(await countRows(database)).toEqual(complete)
    expect((await checkStock(database)).ok).toBe(true)
    expect((await checkLedger(database)).ok).toBe(true)
  } finally {
    await other.close()
  }
})

async function callerOf(
  database: Database,
  keyRing: KeyRing,
  token: string,
  dialect = 'giftapi',
): Promise<Caller> {
  const callers = openCallers(database, keyRing)
  try {
    return await callers.find(dialect, token, '127.0.0.1')
  } finally {
    await callers.close()
  }
}

async function countRows(database: Database): Promise<Record<string, bigint>> {
  const [row] = await database.query<Record<string, bigint>>(sql`
    select (select count(*) from currencies) as currencies, (select count(*) from countries) as countries,
      (select count(*) from categories) as categories, (select count(*) from category_attributes) as attributes,
      (select count(*) from brand_families) as families, (select count(*) from brands) as brands,
      (select count(*) from products) as products, (select count(*) from skus) as skus,
      (select count(*) from price_rules) as rules, (select count(*) from fx_rates) as rates,
      (select count(*) from stock_codes) as codes, (select count(*) from code_fingerprints) as fingerprints,
      (select sum(change) from stock_movements)::bigint as movements, (select count(*) from stock_imports) as imports,
      (select count(*) from partners) as partners, (select count(*) from wallets) as wallets,
      (select sum(balance) from wallets)::bigint as balance, (select count(*) from transfers) as transfers,
      (select count(*) from entries) as entries, (select count(*) from credentials) as credentials,
      (select count(*) from demo_steps) as steps`)
  return row ?? {}
}

/** A fingerprint of each table's rows, which any change of any of them would alter. */
async function everyRow(database: Database): Promise<unknown[]> {
  return database.query(sql`
    select 'skus' as of, md5(string_agg(r::text, '' order by r.id)) as rows from skus r
    union all select 'products', md5(string_agg(r::text, '' order by r.id)) from products r
    union all select 'rules', md5(string_agg(r::text, '' order by r.id)) from price_rules r
    union all select 'rates', md5(string_agg(r::text, '' order by r.quote, r.valid_from)) from fx_rates r
    union all select 'codes', md5(string_agg(r::text, '' order by r.id)) from stock_codes r
    union all select 'partners', md5(string_agg(r::text, '' order by r.id)) from partners r
    union all select 'wallets', md5(string_agg(r::text, '' order by r.id)) from wallets r
    union all select 'transfers', md5(string_agg(r::text, '' order by r.id)) from transfers r
    union all select 'credentials', md5(string_agg(r::text, '' order by r.id)) from credentials r
    union all select 'audit', md5(string_agg(r::text, '' order by r.id)) from audit_log r
    union all select 'steps', md5(string_agg(r::text, '' order by r.step)) from demo_steps r
    union all select 'version', version::text from catalogue_version
    order by 1`)
}
