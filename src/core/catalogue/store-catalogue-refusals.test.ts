import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { emptyCatalogue, product, sampleInput, sku } from '../../../test/sample-catalogue.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
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

async function countStored(): Promise<number> {
  const [row] = await database.query<{ count: number }>(sql`
    select ((select count(*) from currencies) + (select count(*) from countries) + (select count(*) from categories)
      + (select count(*) from category_attributes) + (select count(*) from brand_families) + (select count(*) from brands)
      + (select count(*) from products) + (select count(*) from skus))::integer as count`)
  if (row === undefined) throw new Error('A count has a row.')
  return row.count
}

async function refusalOf(input: CatalogueInput): Promise<Failure> {
  const error: unknown = await store(input).catch((thrown: unknown) => thrown)
  if (!(error instanceof Failure)) throw new Error('It was not refused.', { cause: error })
  return error
}

describe('of a SKU that has had codes', () => {
  const stocked = async (change: 5 | 0) => {
    const input = sampleInput()
    await store(input)
    const [first] = input.skus ?? []
    if (first === undefined) throw new Error('The sample has a SKU.')
    await database.query(sql`
      insert into stock_movements (sku_id, change, reason) select id, ${change}, 'import' from skus where code = ${first.code}`)
    if (change > 0)
      await database.query(sql`
        insert into stock_codes (sku_id, id, data_key_id, ciphertext, import_id)
        select id, gen_random_uuid(), gen_random_uuid(), '\\x00', gen_random_uuid() from skus where code = ${first.code}`)
    const owner = (input.products ?? []).find(({ code }) => code === first.product)
    const brand = (input.brands ?? []).find(({ code }) => code !== owner?.brand)
    if (owner === undefined || brand === undefined)
      throw new Error('The sample has a product, and another brand.')
    return { input, first, owner, brand }
  }

  test('the brand stays, by which its codes are recognised when they come again', async () => {
    const { input, first, owner, brand } = await stocked(0)
    const products = [{ ...owner, brand: brand.code }]
    const refused = await refusalOf({ products })
    expect(refused.fields).toMatchObject([{ field: `skus.${first.code}` }])
    const elsewhere = (input.products ?? []).find((one) => one.brand === brand.code)
    if (elsewhere !== undefined)
      expect((await refusalOf({ skus: [{ ...first, product: elsewhere.code }] })).fields).toMatchObject([
        { field: `skus.${first.code}` },
      ])
    await store({ products: [{ ...owner, names: { en: 'Renamed' } }] })
  })

  test('the worth stays while there are codes, and may change when there are none', async () => {
    const { first } = await stocked(5)
    const worth = [{ ...first, denomination: { kind: 'fixed', value: 7_000_000n } as const }]
    expect((await refusalOf({ skus: worth })).fields).toMatchObject([{ field: `skus.${first.code}` }])
    await database.query(sql`delete from stock_codes`)
    await store({ skus: worth })
  })
})

describe('an input is refused, and nothing of it is stored', () => {
  const withProduct = (more: Parameters<typeof product>[1]): CatalogueInput => ({
    ...sampleInput(),
    products: [product('p', more)],
    skus: [],
  })
  const withSku = (more: Parameters<typeof sku>[3]): CatalogueInput => ({
    ...sampleInput(),
    skus: [sku('s', 'globex-any', 1n, more)],
  })

  test.each<[string, CatalogueInput, string, RegExp]>([
    ['an unknown brand', withProduct({ brand: 'nobody' }), 'products.p', /the brand "nobody"/],
    ['an unknown category', withProduct({ category: 'nowhere' }), 'products.p', /the category "nowhere"/],
    ['an unknown country', withProduct({ country: 'XX' }), 'products.p', /the country "XX"/],
    ['an unknown currency', withSku({ currency: 'XXX' }), 'skus.s', /the currency "XXX"/],
    [
      'an unknown product',
      { ...sampleInput(), skus: [sku('s', 'nothing', 1n)] },
      'skus.s',
      /the product "nothing"/,
    ],
    [
      'an unknown family',
      { ...sampleInput(), brands: [{ code: 'b', names: { en: 'B' }, family: 'none' }] },
      'brands.b',
      /the family "none"/,
    ],
    [
      'an unknown parent',
      { ...sampleInput(), categories: [{ code: 'c', names: { en: 'C' }, parent: 'none' }] },
      'categories.c',
      /the category "none"/,
    ],
    [
      "an unknown country's currency",
      { countries: [{ code: 'AA', code3: 'AAA', names: { en: 'A' }, currency: 'AAA' }] },
      'countries.AA',
      /the currency "AAA"/,
    ],
    [
      'categories in a circle',
      {
        ...sampleInput(),
        categories: [
          { code: 'a', names: { en: 'A' }, parent: 'b' },
          { code: 'b', names: { en: 'B' }, parent: 'a' },
          ...sampleInput().categories,
        ],
      },
      'categories.a',
      /circle/,
    ],
    [
      'a code that stands there twice',
      { ...sampleInput(), skus: [sku('s', 'globex-any', 1n), sku('s', 'globex-any', 2n)] },
      'skus.s',
      /twice/,
    ],
    [
      'a face value of nothing',
      withSku({ denomination: { kind: 'fixed', value: 0n } }),
      'skus.s',
      /face value/,
    ],
    [
      'a negative face value',
      withSku({ denomination: { kind: 'fixed', value: -1n } }),
      'skus.s',
      /face value/,
    ],
    [
      'a face value beyond the largest amount',
      withSku({ denomination: { kind: 'fixed', value: 10n ** 18n + 1n } }),
      'skus.s',
      /face value/,
    ],
    [
      'a range upside down',
      withSku({ denomination: { kind: 'range', least: 2n, most: 1n } }),
      'skus.s',
      /limits/,
    ],
    ['an order limit of none', withSku({ maxPerOrder: 0 }), 'skus.s', /1 to 1000/],
    ['a fraction as an order limit', withSku({ maxPerOrder: 1.5 }), 'skus.s', /1 to 1000/],
    [
      'an empty code',
      { ...sampleInput(), families: [{ code: '', names: { en: 'A' } }] },
      'families.',
      /code/,
    ],
    ['no English name', withProduct({ names: { en: ' ' } }), 'products.p', /English name/],
    [
      'a name in a language that we do not know',
      withProduct({ names: { en: 'P', xx: 'P' } as { en: string } }),
      'products.p',
      /English name/,
    ], // A file may say anything.
    [
      'a character that no database stores',
      withProduct({ names: { en: 'a\u0000b' } }),
      'products.p',
      /cannot be stored/,
    ],
    ['half a character', withProduct({ names: { en: 'a\ud800b' } }), 'products.p', /cannot be stored/],
    ['a script as an image', withProduct({ image: 'javascript:alert(1)' }), 'products.p', /image/],
    [
      "another host's path as an image",
      withProduct({ image: '//evil.example/x.png' }),
      'products.p',
      /image/,
    ],
    [
      'a script to redeem at',
      {
        ...sampleInput(),
        brands: [{ code: 'b', names: { en: 'B' }, redeemUrl: 'javascript:alert("{code}")' }],
      },
      'brands.b',
      /redeem/,
    ],
    [
      'an address without the code',
      { ...sampleInput(), brands: [{ code: 'b', names: { en: 'B' }, redeemUrl: 'https://example.com/' }] },
      'brands.b',
      /redeem/,
    ],
    [
      'a field with a pattern that is none',
      withProduct({ fields: [{ code: 'a', name: 'A', type: 'text', required: true, pattern: '(' }] }),
      'products.p',
      /field/,
    ],
    [
      'a choice without options',
      withProduct({ fields: [{ code: 'a', name: 'A', type: 'select', required: true }] }),
      'products.p',
      /field/,
    ],
    [
      'an attribute that is no number',
      withProduct({ attributes: { a: Number.NaN } }),
      'products.p',
      /attribute/,
    ],
    [
      'two currencies with one number',
      {
        currencies: [
          ...sampleInput().currencies,
          { code: 'AAA', numericCode: 840, decimals: 2, names: { en: 'A' } },
        ],
      },
      '',
      /currencies_numeric_code_key/,
    ],
  ])('%s', async (_name, input, field, sentence) => {
    const failure = await refusalOf(input)
    expect(failure.code).toBe('validation_failed')
    expect(failure.sentence).toMatch(sentence)
    if (field !== '') expect(failure.fields[0]?.field).toBe(field)
    expect(await countStored()).toBe(0)
  })

  test('names every entry that is wrong, and counts them', async () => {
    const failure = await refusalOf({
      ...sampleInput(),
      products: [product('a', { brand: 'x' }), product('b', { brand: 'y' }), product('c', { brand: 'x' })],
    })
    expect(failure.fields.map(({ field }) => field)).toEqual(['products.a', 'products.b', 'products.c'])
    expect(failure.sentence).toContain('2 more problems')
  })

  test('a stored catalogue is not touched by a refused change of it', async () => {
    await store(sampleInput())
    const before = await read()
    await refusalOf({
      brands: [{ code: 'globex', names: { en: 'Renamed' } }],
      products: [product('p', { brand: 'nobody' })],
    })
    expect(await read()).toEqual(before)
  })
})
