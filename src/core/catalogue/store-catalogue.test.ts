import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { emptyCatalogue, largeInput, product, sampleInput, sku } from '../../../test/sample-catalogue.ts'
import type { FullInput } from '../../../test/sample-catalogue.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { selectCatalogue } from './catalogue.sql.ts'
import type { CatalogueInput, StoredCounts } from './input.ts'
import type { CatalogueParts } from './snapshot.ts'
import { storeCatalogue } from './store-catalogue.ts'

let database: Database

beforeAll(async () => {
  ;({ database } = await createTestDatabase())
})

beforeEach(() => emptyCatalogue(database))

function store(input: CatalogueInput): Promise<StoredCounts> {
  return database.inTransaction((tx) => storeCatalogue(tx, input))
}

function read(): Promise<CatalogueParts> {
  return database.inTransaction(selectCatalogue)
}

/** Transactions that wait for another's lock. */
async function countWaiting(): Promise<number> {
  const [row] = await database.query<{ count: number }>(sql`
    select count(*)::integer as count from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.datname = current_database()`)
  return row?.count ?? 0
}

async function onlyProduct(): Promise<CatalogueParts['products'][number]> {
  const [found] = (await read()).products
  if (found === undefined) throw new Error('There is no product.')
  return found
}

const sampleCount = 4 + 2 + 2 + 1 + 2 + 3 + 4

describe('storing', () => {
  test('makes all that is new, readable as it was given', async () => {
    expect(await store(sampleInput())).toEqual({ created: sampleCount, updated: 0, unchanged: 0 })
    const parts = await read()

    expect(parts.categories.map(({ code }) => code)).toEqual(['gift-cards', 'games'])
    const [giftCards, games] = parts.categories
    expect(games).toMatchObject({ parentId: giftCards?.id, names: { en: 'Games', ru: 'Игры' } })
    expect(games?.attributes).toEqual(
      sampleInput().categories.find(({ code }) => code === 'games')?.attributes,
    )
    expect(parts.brands.find(({ code }) => code === 'acme-play')).toMatchObject({
      familyCode: 'acme',
      image: '',
      redeemUrl: 'https://example.com/redeem?code={code}',
    })
    expect(parts.products.map(({ code, country, type }) => [code, country, type])).toEqual([
      ['acme-play-us', 'US', 'voucher'],
      ['globex-any', undefined, 'voucher'],
      ['globex-jp', 'JP', 'voucher_open_range'],
    ])
    expect(parts.products[0]).toMatchObject({
      categoryId: games?.id,
      descriptions: { en: '<p>Play <b>more</b>.</p>' },
      attributes: {},
      fields: [],
    })
    expect(parts.skus.map(({ code, denomination }) => [code, denomination])).toEqual([
      ['acme-play-us-50', { kind: 'fixed', value: 50_000_000n }],
      ['acme-play-us-10', { kind: 'fixed', value: 10_000_000n }],
      ['globex-any-25', { kind: 'fixed', value: 25_000_000n }],
      ['globex-jp-range', { kind: 'range', least: 500_000_000n, most: 50_000_000_000n }],
    ])
    expect(parts.skus[3]).toMatchObject({
      productId: parts.products[2]?.id,
      currency: 'JPY',
      maxPerOrder: 10,
      image: '',
      attributes: {},
    })
  })

  test('gives out numbers in the order of the input, and ids that are in that order too', async () => {
    await store(sampleInput())
    const { skus } = await read()
    expect(skus.map(({ id }) => id)).toEqual(skus.map(({ id }) => id).toSorted())
    expect(skus.every(({ id }) => /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id))).toBe(true)
  })

  test('twice changes nothing, and no process is told', async () => {
    await store(sampleInput())
    const before = await read()
    expect(await store(sampleInput())).toEqual({ created: 0, updated: 0, unchanged: sampleCount })
    expect(await read()).toEqual(before)
  })

  test('again with one difference updates that one, keeps its id and number, and moves the version on', async () => {
    await store(sampleInput())
    const before = await read()
    const input = sampleInput()
    const changed = input.skus.map((one) =>
      one.code === 'globex-any-25' ? { ...one, names: { en: 'Renamed' }, maxPerOrder: 3 } : one,
    )
    expect(await store({ ...input, skus: changed })).toEqual({
      created: 0,
      updated: 1,
      unchanged: sampleCount - 1,
    })
    const after = await read()
    expect(after.version).toBe(before.version + 1n)
    expect(after.skus).toEqual(
      before.skus.map((one) =>
        one.code === 'globex-any-25' ? { ...one, names: { en: 'Renamed' }, maxPerOrder: 3 } : one,
      ),
    )
  })

  test.each<[string, (input: FullInput) => CatalogueInput]>([
    ['currency', ({ currencies: [one] }) => ({ currencies: one && [{ ...one, names: { en: 'Dollar' } }] })],
    ['country', ({ countries: [one] }) => ({ countries: one && [{ ...one, dialCode: '001' }] })],
    ['category', ({ categories: [one] }) => ({ categories: one && [{ ...one, parent: undefined }] })],
    ['family', ({ families: [one] }) => ({ families: one && [{ ...one, names: { en: 'ACME' } }] })],
    ['brand', ({ brands: [one] }) => ({ brands: one && [{ ...one, family: undefined }] })],
    ['product', ({ products: [one] }) => ({ products: one && [{ ...one, country: undefined }] })],
    [
      'denomination',
      ({ skus: [one] }) => ({
        skus: one && [{ ...one, denomination: { kind: 'range', least: 1n, most: 2n } }],
      }),
    ],
  ])('sees a different %s', async (_kind, change) => {
    await store(sampleInput())
    const changed = change(sampleInput())
    expect(await store(changed)).toEqual({ created: 0, updated: 1, unchanged: 0 })
    expect(await store(changed)).toEqual({ created: 0, updated: 0, unchanged: 1 })
  })

  test('an attribute that a category no longer has goes, and the category counts once', async () => {
    await store(sampleInput())
    const games = sampleInput().categories.find(({ code }) => code === 'games')
    if (games === undefined) throw new Error('The sample has no games.')
    const kept = { ...games, names: { en: 'Gaming' }, attributes: games.attributes?.slice(1) }
    expect(await store({ categories: [kept] })).toEqual({ created: 0, updated: 1, unchanged: 0 })
    const found = (await read()).categories.find(({ code }) => code === 'games')
    expect(found?.attributes.map(({ code }) => code)).toEqual(['denomination'])
  })

  test('what the input does not name stays', async () => {
    await store(sampleInput())
    expect(await store({ products: [product('globex-new')] })).toEqual({
      created: 1,
      updated: 0,
      unchanged: 0,
    })
    expect((await read()).products.map(({ code }) => code)).toEqual([
      'acme-play-us',
      'globex-any',
      'globex-jp',
      'globex-new',
    ])
  })

  test('cleans descriptions', async () => {
    const description =
      '<p onclick="steal()">Hi</p><script>steal()</script><a href="javascript:steal()">x</a>'
    const input = {
      ...sampleInput(),
      products: [product('p', { descriptions: { en: description, ru: `${description}!` } })],
      skus: [],
    }
    await store(input)
    expect((await onlyProduct()).descriptions).toEqual({ en: '<p>Hi</p><a>x</a>', ru: '<p>Hi</p><a>x</a>!' })
    expect(await store(input)).toMatchObject({ created: 0, updated: 0 })
  })

  test('keeps any text as it is', async () => {
    const nasty = `'; drop table skus; -- "quoted" \\ {braces} \t 💳 null`
    await store({
      ...sampleInput(),
      products: [product(nasty, { names: { en: nasty, ru: nasty }, attributes: { [nasty.trim()]: nasty } })],
      skus: [],
    })
    expect(await onlyProduct()).toMatchObject({
      code: nasty,
      names: { en: nasty, ru: nasty },
      attributes: { [nasty]: nasty },
    })
  })

  test('takes more than one lot', async () => {
    const input = largeInput(601, 10)
    expect(await store(input)).toMatchObject({ created: sampleCount - 7 + 601 + 6010, unchanged: 0 })
    expect(await store(input)).toMatchObject({ created: 0, updated: 0 })
    const { products, skus } = await read()
    expect(products.map(({ code }) => code)).toEqual(input.products.map(({ code }) => code))
    expect(skus.map(({ code }) => code)).toEqual(input.skus.map(({ code }) => code))
  })

  test('two at once take turns: the second finds what the first has made', async () => {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let stored: () => void = () => undefined
    const hasStored = new Promise<void>((resolve) => (stored = resolve))
    const first = database.inTransaction(async (tx) => {
      const counts = await storeCatalogue(tx, sampleInput())
      stored()
      await released
      return counts
    })
    await hasStored
    const second = store(sampleInput())
    await vi.waitFor(async () => expect(await countWaiting()).toBe(1))
    release()
    expect(await first).toMatchObject({ created: sampleCount })
    expect(await second).toEqual({ created: 0, updated: 0, unchanged: sampleCount })
  })
})

describe('what is inactive', () => {
  test('vanishes from what is sold, and comes back with its id', async () => {
    await store(sampleInput())
    const before = await read()
    await store({
      products: [product('globex-any', { active: false })],
      skus: [sku('acme-play-us-10', 'acme-play-us', 10_000_000n, { active: false })],
    })
    const without = await read()
    expect(without.products.map(({ code }) => code)).toEqual(['acme-play-us', 'globex-jp'])
    expect(without.skus.map(({ code }) => code)).toEqual(['acme-play-us-50', 'globex-jp-range'])
    await store(sampleInput())
    expect((await read()).skus).toEqual(before.skus)
  })
})
