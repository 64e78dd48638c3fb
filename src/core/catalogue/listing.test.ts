import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleBrand, sampleCategory, sampleProduct } from '../../../test/sample-catalogue.ts'
import type { Catalogue, Product } from './catalogue.ts'
import { keyOfProduct, keyOfSku, listProducts, listSkus } from './listing.ts'
import type { ListingFilters, ListingPosition, Slice } from './listing.ts'
import { createCatalogue, withStock } from './snapshot.ts'

// 1 > 2 > 3, and 4 beside them.
const categories = [sampleCategory(1), sampleCategory(2, 1), sampleCategory(3, 2), sampleCategory(4)]

/** A snapshot of these products, which must be in the order of their numbers. */
function catalogueOf(products: readonly Product[]): Catalogue {
  return createCatalogue({
    version: 1n,
    categories,
    countries: [],
    brands: [sampleBrand(1), sampleBrand(2)],
    products: products.map(({ category, brand, skus: _, ...product }) => ({
      ...product,
      categoryId: category.id,
      brandId: brand.id,
    })),
    skus: products.flatMap((product) => product.skus).toSorted((a, b) => (a.number < b.number ? -1 : 1)),
    rules: [],
    rates: [],
    terms: [],
    supplied: new Set(),
    stock: { mark: '', counts: new Map() },
  })
}

function numbered(count: number): Product[] {
  return Array.from({ length: count }, (_, place) => sampleProduct(BigInt(place + 1)))
}

/** Follows a list from its start to its end and back again. */
function walk<Row>(
  list: (position: ListingPosition | undefined) => Slice<Row>,
  keyOf: (row: Row) => readonly bigint[],
): { readonly forth: Row[]; readonly back: Row[] } {
  const forth: Row[] = []
  let page = list(undefined)
  for (;;) {
    forth.push(...page.rows)
    const last = page.rows.at(-1)
    if (!page.hasAfter || last === undefined) break
    page = list({ direction: 'after', key: keyOf(last) })
  }
  const back = [...page.rows]
  while (page.hasBefore) {
    const [first] = page.rows
    if (first === undefined) throw new Error('A page with rows before it is empty.')
    page = list({ direction: 'before', key: keyOf(first) })
    back.unshift(...page.rows)
  }
  return { forth, back }
}

describe('the filters', () => {
  const [a, b, c, d, e] = [
    sampleProduct(1n, { category: sampleCategory(1) }),
    sampleProduct(2n, { category: sampleCategory(3, 2), country: 'US', brand: sampleBrand(2) }),
    sampleProduct(3n, { category: sampleCategory(4), type: 'esim', country: 'JP' }),
    sampleProduct(4n, { category: sampleCategory(2, 1), type: 'esim' }),
    sampleProduct(5n, { category: sampleCategory(4), brand: sampleBrand(2) }),
  ]
  const catalogue = catalogueOf([a, b, c, d, e])

  test.each<[string, ListingFilters, Product[]]>([
    ['none: everything', {}, [a, b, c, d, e]],
    ['a category covers those below it', { categoryId: 1 }, [a, b, d]],
    ['a category does not cover those above it', { categoryId: 3 }, [b]],
    ['an unknown category', { categoryId: 99 }, []],
    ['a type', { type: 'esim' }, [c, d]],
    ['brands', { brandCodes: ['brand-2'] }, [b, e]],
    ['several brands', { brandCodes: ['brand-2', 'brand-1'] }, [a, b, c, d, e]],
    ['no brand at all', { brandCodes: [] }, []],
    ['a country, and what is sold everywhere', { country: 'US' }, [a, b, d, e]],
    ['all together', { categoryId: 1, type: 'esim', brandCodes: ['brand-1'], country: 'US' }, [d]],
  ])('%s', (_name, filters, expected) => {
    expect(listProducts(catalogue, filters, undefined, 10).rows.map(({ code }) => code)).toEqual(
      expected.map(({ code }) => code),
    )
    const skuCodes = listSkus(catalogue, filters, undefined, 10).rows.map(({ sku }) => sku.code)
    expect(skuCodes).toEqual(expected.flatMap(({ skus }) => skus.map(({ code }) => code)))
  })

  test('more different filters than are remembered still list what they should', () => {
    for (let id = 100; id < 600; id += 1)
      expect(listProducts(catalogue, { categoryId: id }, undefined, 10).rows).toEqual([])
    expect(listProducts(catalogue, { categoryId: 3 }, undefined, 10).rows.map(({ code }) => code)).toEqual([
      b.code,
    ])
  })
})

describe('a page', () => {
  const catalogue = catalogueOf(numbered(5))
  const numbers = (slice: Slice<Product>): bigint[] => slice.rows.map(({ number }) => number)

  test('begins after or ends before its position, and says what lies on either side', () => {
    expect(listProducts(catalogue, {}, undefined, 2)).toMatchObject({ hasBefore: false, hasAfter: true })
    const middle = listProducts(catalogue, {}, { direction: 'after', key: [2n] }, 2)
    expect([numbers(middle), middle.hasBefore, middle.hasAfter]).toEqual([[3n, 4n], true, true])
    const end = listProducts(catalogue, {}, { direction: 'after', key: [4n] }, 2)
    expect([numbers(end), end.hasBefore, end.hasAfter]).toEqual([[5n], true, false])
    const before = listProducts(catalogue, {}, { direction: 'before', key: [4n] }, 2)
    expect([numbers(before), before.hasBefore, before.hasAfter]).toEqual([[2n, 3n], true, true])
    const start = listProducts(catalogue, {}, { direction: 'before', key: [3n] }, 2)
    expect([numbers(start), start.hasBefore, start.hasAfter]).toEqual([[1n, 2n], false, true])
  })

  test('of exactly all rows has nothing on either side', () => {
    expect(listProducts(catalogue, {}, undefined, 5)).toMatchObject({ hasBefore: false, hasAfter: false })
  })

  test('beyond the end is empty and knows what lies before it', () => {
    expect(listProducts(catalogue, {}, { direction: 'after', key: [99n] }, 2)).toEqual({
      rows: [],
      hasBefore: true,
      hasAfter: false,
    })
    expect(listProducts(catalogueOf([]), {}, undefined, 2)).toEqual({
      rows: [],
      hasBefore: false,
      hasAfter: false,
    })
  })

  test('goes on from a row that has gone since', () => {
    const without = catalogueOf(numbered(5).filter(({ number }) => number !== 3n))
    expect(numbers(listProducts(without, {}, { direction: 'after', key: [3n] }, 2))).toEqual([4n, 5n])
    expect(numbers(listProducts(without, {}, { direction: 'before', key: [3n] }, 2))).toEqual([1n, 2n])
  })
})

test('SKUs stand under their products, in the order of their numbers', () => {
  const values = [30n, 10n, 20n].map((value) => ({ denomination: { kind: 'fixed' as const, value } }))
  const catalogue = catalogueOf([sampleProduct(1n, {}, values), sampleProduct(2n, {}, values)])
  expect(catalogue.products[0]?.skus.map(({ number }) => number)).toEqual([1001n, 1002n, 1000n])
  expect(listSkus(catalogue, {}, undefined, 10).rows.map(({ sku }) => sku.number)).toEqual([
    1000n,
    1001n,
    1002n,
    2000n,
    2001n,
    2002n,
  ])
})

test('following the pages forth and back meets every row once, for any catalogue, filter and page size', () => {
  const products = fc.uniqueArray(
    fc.record({
      number: fc.bigInt({ min: 1n, max: 300n }),
      category: fc.constantFrom(1, 2, 3, 4),
      skus: fc.integer({ min: 1, max: 4 }),
    }),
    {
      selector: ({ number }) => number,
      maxLength: 60,
    },
  )
  const filter = fc.constantFrom<ListingFilters>({}, { categoryId: 1 }, { categoryId: 2 }, { categoryId: 4 })
  fc.assert(
    fc.property(products, filter, fc.integer({ min: 1, max: 9 }), (parts, filters, limit) => {
      const made = parts
        .toSorted((a, b) => (a.number < b.number ? -1 : 1))
        .map(({ number, category, skus }) =>
          sampleProduct(
            number,
            { category: categories[category - 1] ?? sampleCategory(1) },
            Array.from({ length: skus }, () => ({})),
          ),
        )
      const catalogue = catalogueOf(made)
      const below = new Map([
        [1, [1, 2, 3]],
        [2, [2, 3]],
        [4, [4]],
      ])
      const wanted = made.filter(
        ({ category }) =>
          filters.categoryId === undefined || below.get(filters.categoryId)?.includes(category.id),
      )

      const walked = walk((position) => listProducts(catalogue, filters, position, limit), keyOfProduct)
      expect(walked.forth.map(({ number }) => number)).toEqual(wanted.map(({ number }) => number))
      expect(walked.back).toEqual(walked.forth)

      const rows = walk((position) => listSkus(catalogue, filters, position, limit), keyOfSku)
      expect(rows.forth.map(({ sku }) => sku.number)).toEqual(
        wanted.flatMap(({ skus }) => skus.map(({ number }) => number)),
      )
      expect(rows.back).toEqual(rows.forth)
    }),
  )
})

test('whoever follows the pages while products come and go meets every row that stays exactly once', () => {
  const numbersOf = fc.uniqueArray(fc.bigInt({ min: 1n, max: 200n }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(
      numbersOf,
      numbersOf,
      numbersOf,
      fc.integer({ min: 1, max: 7 }),
      (staying, first, second, limit) => {
        const others = [first, second].map((numbers) => numbers.filter((number) => !staying.includes(number)))
        const snapshots = others.map((more) =>
          catalogueOf(
            [...new Set([...staying, ...more])]
              .toSorted((a, b) => (a < b ? -1 : 1))
              .map((number) => sampleProduct(number)),
          ),
        )
        const met: bigint[] = []
        let turn = 0
        let position: ListingPosition | undefined
        for (;;) {
          const catalogue = snapshots[turn++ % snapshots.length]
          if (catalogue === undefined) break
          const page = listProducts(catalogue, {}, position, limit)
          met.push(...page.rows.map(({ number }) => number))
          const last = page.rows.at(-1)
          if (last === undefined || !page.hasAfter) break
          position = { direction: 'after', key: keyOfProduct(last) }
        }
        const reached = met.at(-1) ?? 0n
        expect(met.filter((number) => staying.includes(number))).toEqual(
          staying.filter((number) => number <= reached).toSorted((a, b) => (a < b ? -1 : 1)),
        )
        expect(new Set(met).size).toBe(met.length)
      },
    ),
  )
})

test('a page deep in the list looks at no more rows than the first page of a list that is as long', () => {
  const catalogue = catalogueOf(numbered(4096))
  let reads = 0
  // Counts how often a row's key is read, on the very objects that are listed.
  for (const product of catalogue.products) {
    const { number } = product
    Object.defineProperty(product, 'number', { get: () => ((reads += 1), number) })
  }
  const readsOf = (position: ListingPosition): number => {
    const before = reads
    listProducts(catalogue, {}, position, 50)
    return reads - before
  }
  expect(readsOf({ direction: 'after', key: [0n] })).toBeLessThanOrEqual(13)
  expect(readsOf({ direction: 'after', key: [4000n] })).toBeLessThanOrEqual(13)
  expect(readsOf({ direction: 'before', key: [4000n] })).toBeLessThanOrEqual(13)
})

describe('stock counts', () => {
  const catalogue = catalogueOf(numbered(3))
  const ids = catalogue.products.flatMap(({ skus }) => skus.map(({ id }) => id))
  const countsOf = (counts: readonly number[]) => ({
    mark: 'x',
    counts: new Map(ids.map((id, place) => [id, counts[place] ?? 0])),
  })

  test('change nothing else, and the lists made so far stay in use', () => {
    const changed = withStock(catalogue, countsOf([3, 0, -1]))
    expect(ids.map((id) => changed.stock(id))).toEqual([3, 0, 0])
    expect(changed.version).toBe(catalogue.version)
    expect(changed.products).toBe(catalogue.products)
    expect(listProducts(changed, {}, undefined, 1).rows[0]).toBe(
      listProducts(catalogue, {}, undefined, 1).rows[0],
    )
  })

  test('have a version that depends on them alone', () => {
    const version = (counts: readonly number[]): number => withStock(catalogue, countsOf(counts)).stockVersion
    expect(version([1, 2, 3])).toBe(version([1, 2, 3]))
    expect(version([0, 0, 0])).toBe(catalogue.stockVersion)
    const others = [
      [1, 2, 4],
      [2, 1, 3],
      [1, 2],
      [1, 2, 259],
      [0, 0, 0],
    ].map(version)
    expect(new Set([version([1, 2, 3]), ...others]).size).toBe(6)
    const reversed = { mark: 'x', counts: new Map([...countsOf([1, 2, 3]).counts].toReversed()) }
    expect(withStock(catalogue, reversed).stockVersion).toBe(version([1, 2, 3]))
  })
})
