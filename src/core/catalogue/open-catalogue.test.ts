import { afterEach, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { currencyOf, product, sampleInput, sku } from '../../../test/sample-catalogue.ts'
import { openDatabase, rawStatement, sql } from '../../platform/database.ts'
import type { Database, Row, Statement } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId, SkuId } from '../../values/ids.ts'
import type { LiveCatalogue, Sku } from './catalogue.ts'
import { selectCatalogue } from './catalogue.sql.ts'
import type { CatalogueInput } from './input.ts'
import { openCatalogue } from './open-catalogue.ts'
import { setPriceRule } from './set-price-rule.ts'
import { createCatalogue } from './snapshot.ts'
import type { CatalogueParts } from './snapshot.ts'
import { storeCatalogue } from './store-catalogue.ts'
import { storeRates } from './store-rates.ts'

const percent = 1_000_000n
const partnerId = newId<PartnerId>()
const [usd, eur] = [currencyOf('USD'), currencyOf('EUR')]

/** The database of the catalogue under test, and another's connections to it. */
let database: Database
let other: Database
let url: string
let opened: LiveCatalogue[] = []

beforeAll(async () => {
  ;({ database, url } = await createTestDatabase())
  other = database
  await store(sampleInput())
})

afterEach(async () => {
  await Promise.all(opened.map((live) => live.close()))
  opened = []
})

function store(input: CatalogueInput): Promise<unknown> {
  return other.inTransaction((tx) => storeCatalogue(tx, input))
}

/** A catalogue with connections of its own, as another process has it. */
async function open(onError?: (error: unknown) => void): Promise<LiveCatalogue> {
  const own = openDatabase({ url, role: 'scrip_app', poolSize: 4 })
  const live = await openCatalogue(own, onError)
  opened.push({ ...live, close: () => live.close().then(() => own.close()) })
  return live
}

function skuOf(live: LiveCatalogue, code: string): Sku {
  const found = live
    .current()
    .products.flatMap(({ skus }) => skus)
    .find((one) => one.code === code)
  if (found === undefined) throw new Error(`The catalogue has no SKU ${code}.`)
  return found
}

/** The promise: what another connection committed is seen within 3 s. */
function seen(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 3_000, interval: 20 })
}

async function move(id: SkuId, change: number): Promise<void> {
  await other.query(
    sql`insert into stock_movements (sku_id, change, reason) values (${id}, ${change}, ${change > 0 ? 'import' : 'sale'})`,
  )
}

describe('the snapshot', () => {
  test('is complete: whatever has an id is found by it', async () => {
    const catalogue = (await open()).current()
    expect(catalogue.products.map(({ code }) => code)).toEqual(['acme-play-us', 'globex-any', 'globex-jp'])
    expect(catalogue.categories.map(({ code }) => code)).toEqual(['gift-cards', 'games'])
    for (const product of catalogue.products) {
      expect(catalogue.product(product.id)).toBe(product)
      expect(catalogue.categories).toContain(product.category)
      for (const sku of product.skus) expect(catalogue.sku(sku.id)).toEqual({ sku, product })
    }
    expect(catalogue.products[0]?.skus.map(({ code }) => code)).toEqual([
      'acme-play-us-10',
      'acme-play-us-50',
    ])
    expect(catalogue.product(newId())).toBeUndefined()
    expect(catalogue.sku(newId())).toBeUndefined()
    expect(catalogue.stock(newId())).toBe(0)
  })

  test('sees what another connection stored, within 3 s, and is replaced whole', async () => {
    const live = await open()
    const before = live.current()
    await store({ products: [product('new')], skus: [sku('new-5', 'new', 5_000_000n)] })
    await seen(() => expect(live.current().products.map(({ code }) => code)).toContain('new'))
    expect(before.products.map(({ code }) => code)).not.toContain('new')
    expect(live.current().version).toBe(before.version + 1n)
  })

  test('looks at once when a change is announced, without waiting for its next look', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const own = openDatabase({ url, role: 'scrip_app', poolSize: 2 })
    let announce: (payload: string) => void = () => undefined
    const live = await openCatalogue({
      ...own,
      listen(_channel, onMessage) {
        announce = onMessage
        return { close: () => Promise.resolve() }
      },
    })
    await store({ products: [product('announced')], skus: [sku('announced-1', 'announced', 1_000_000n)] })
    announce('')
    await vi.advanceTimersByTimeAsync(100) // The next look without an announcement is due after ten times that, and time stands still here.
    vi.useRealTimers()
    await seen(() => expect(live.current().products.map(({ code }) => code)).toContain('announced'))
    await live.close()
    await own.close()
  })

  test('sees prices and rates change', async () => {
    const live = await open()
    const of = skuOf(live, 'globex-any-25')
    expect(live.current().quote(partnerId, of, usd)?.unitPrice).toBe(25_000_000n)
    expect(live.current().quote(partnerId, of, eur)).toBeUndefined()
    await other.inTransaction((tx) =>
      setPriceRule(tx, { scope: { kind: 'category', code: 'gift-cards' }, markupPercent: 10n * percent }),
    )
    await other.inTransaction((tx) =>
      storeRates(tx, [{ base: usd, quote: eur, rate: 8n * 10n ** 9n, source: 'test' }]),
    )
    await seen(() => expect(live.current().quote(partnerId, of, eur)?.unitPrice).toBe(22_000_000n))
    expect(live.current().quote(partnerId, of, usd)?.unitPrice).toBe(27_500_000n)
    // A category's rule covers the categories below it.
    expect(live.current().quote(partnerId, skuOf(live, 'acme-play-us-10'), usd)?.unitPrice).toBe(11_000_000n)
  })

  test('loses a product or a SKU that is made inactive, and a product with its last SKU', async () => {
    const live = await open()
    const gone = skuOf(live, 'acme-play-us-50')
    await store({
      products: [product('globex-any', { active: false })],
      skus: [
        sku('acme-play-us-50', 'acme-play-us', 50_000_000n, { active: false }),
        { ...sku('globex-jp-range', 'globex-jp', 1n), active: false },
      ],
    })
    await live.refresh()
    const catalogue = live.current()
    expect(catalogue.products.map(({ code }) => code)).not.toEqual(expect.arrayContaining(['globex-any']))
    expect(catalogue.products.map(({ code }) => code)).not.toEqual(expect.arrayContaining(['globex-jp']))
    expect(catalogue.sku(gone.id)).toBeUndefined()
    expect(catalogue.products[0]?.skus.map(({ code }) => code)).toEqual(['acme-play-us-10'])
    await store(sampleInput())
  })

  test('is of one moment, though a change is committed between its statements', async () => {
    const change: CatalogueInput = {
      brands: [{ code: 'midway', names: { en: 'Midway' } }],
      products: [product('midway-1', { brand: 'midway' }), product('globex-any', { active: false })],
      skus: [sku('midway-1-5', 'midway-1', 5_000_000n)],
    }
    const codesOf = (parts: CatalogueParts): string[] =>
      createCatalogue(parts).products.map(({ code }) => code)
    const before = codesOf(await database.inTransaction(selectCatalogue))
    const during = await database.inTransaction((tx) =>
      selectCatalogue({
        ...tx,
        async query<T extends Row>(statement: Statement) {
          const rows = await tx.query<T>(statement)
          if (statement.text.includes('from brands')) await store(change)
          return rows
        },
      }),
    )
    expect(codesOf(during)).toEqual(before)
    expect(codesOf(await database.inTransaction(selectCatalogue))).toContain('midway-1')
    await store(sampleInput())
  })

  test('after refresh() holds what was committed before, even while another load runs', async () => {
    const live = await open()
    for (let turn = 0; turn < 10; turn += 1) {
      const running = live.refresh()
      await store({ families: [], brands: [{ code: 'globex', names: { en: `Globex ${turn}` } }] })
      await Promise.all([running, live.refresh()])
      expect(live.current().products.find(({ code }) => code === 'globex-any')?.brand.names.en).toBe(
        `Globex ${turn}`,
      )
    }
  })
})

describe('stock counts', () => {
  test('follow the movements, and leave the rest of the snapshot alone', async () => {
    const live = await open()
    const { id } = skuOf(live, 'globex-any-25')
    const { products, stockVersion, version } = live.current()
    await move(id, 100)
    await move(id, -3)
    await seen(() => expect(live.current().stock(id)).toBe(97))
    expect(live.current().products).toBe(products)
    expect(live.current().version).toBe(version)
    expect(live.current().stockVersion).not.toBe(stockVersion)
  })

  test('are the same in two processes, and so is their version', async () => {
    const [one, two] = [await open(), await open()]
    const { id } = skuOf(one, 'acme-play-us-10')
    await move(id, 7)
    await seen(() => expect([one.current().stock(id), two.current().stock(id)]).toEqual([7, 7]))
    expect(one.current().stockVersion).toBe(two.current().stockVersion)
  })

  test('stay as they are when a roll-up puts one movement in the place of many', async () => {
    const live = await open()
    const { id } = skuOf(live, 'acme-play-us-50')
    for (const change of [10, -1, -2]) await move(id, change)
    await seen(() => expect(live.current().stock(id)).toBe(7))
    const { stockVersion } = live.current()
    await other.query(sql`
      with gone as (delete from stock_movements where sku_id = ${id} returning change)
      insert into stock_movements (sku_id, change, reason) select ${id}, sum(change), 'total' from gone`)
    await move(id, -1)
    await seen(() => expect(live.current().stock(id)).toBe(6))
    await move(id, 1)
    await seen(() => expect(live.current().stockVersion).toBe(stockVersion))
    expect(live.current().stock(id)).toBe(7)
  })

  test('see a movement that commits after a later one, though the last id is known by then', async () => {
    const live = await open()
    const { id } = skuOf(live, 'globex-jp-range')
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let inserted: () => void = () => undefined
    const hasInserted = new Promise<void>((resolve) => (inserted = resolve))
    const slow = other.inTransaction(async (tx) => {
      await tx.query(sql`insert into stock_movements (sku_id, change, reason) values (${id}, 5, 'import')`)
      inserted()
      await released
    })
    await hasInserted
    await move(id, 2)
    await seen(() => expect(live.current().stock(id)).toBe(2))
    release()
    await slow
    await seen(() => expect(live.current().stock(id)).toBe(7))
  })
})

describe('while the database is away', () => {
  async function onServer(statement: string): Promise<void> {
    const server = openDatabase({ url: inject('serverUrl'), poolSize: 1 })
    await server.query(rawStatement(statement))
    await server.close()
  }

  test('the last snapshot stays, nothing is thrown out of timers, and what changed is seen afterwards', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const onError = vi.fn()
    const live = await open(onError)
    const before = live.current()
    const name = new URL(url).pathname.slice(1)

    await onServer(`alter database ${name} allow_connections false`)
    await onServer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and backend_type = 'client backend'`,
    )
    await vi.waitFor(() => expect(onError.mock.calls.length).toBeGreaterThan(1), { timeout: 10_000 })
    await expect(live.refresh()).rejects.toThrow()
    expect(live.current()).toBe(before)

    await onServer(`alter database ${name} allow_connections true`)
    await store({ products: [product('afterwards')], skus: [sku('afterwards-1', 'afterwards', 1_000_000n)] })
    await vi.waitFor(() => expect(live.current().products.map(({ code }) => code)).toContain('afterwards'), {
      timeout: 10_000,
    })
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('a catalogue cannot be opened', async () => {
    const nowhere = openDatabase({ url: 'postgres://scrip@127.0.0.1:1/nothing', poolSize: 1 })
    await expect(openCatalogue(nowhere)).rejects.toThrow()
    await nowhere.close()
  })
})

describe('close()', () => {
  /** Connections that wait for announcements; only the server's owner sees what others run. */
  async function countListening(): Promise<number> {
    const owner = openDatabase({ url, poolSize: 1 })
    const [row] = await owner.query<{ count: number }>(sql`
      select count(*)::integer as count from pg_stat_activity where datname = current_database() and query like 'listen %'`)
    await owner.close()
    return row?.count ?? 0
  }

  test('ends the looking: later changes are not seen, and no connection is used any more', async () => {
    const own = openDatabase({ url, role: 'scrip_app', poolSize: 4 })
    const live = await openCatalogue(own)
    await vi.waitFor(async () => expect(await countListening()).toBe(1))
    const query = vi.spyOn(own, 'query')
    let refreshed = false
    void live.refresh().then(() => (refreshed = true))
    await live.close()
    expect(refreshed).toBe(true)
    const { version } = live.current()
    query.mockClear()
    await store({ products: [product(`late-${version}`)] })
    await new Promise((resolve) => setTimeout(resolve, 1_500)) // More than one look would have taken place.
    expect(query).not.toHaveBeenCalled()
    expect(live.current().version).toBe(version)
    await expect(live.refresh()).rejects.toThrow('closed')
    expect(await countListening()).toBe(0)
    await own.close()
  })
})
