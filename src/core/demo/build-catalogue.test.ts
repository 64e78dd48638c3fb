import { expect, test } from 'vitest'
import { listMobileOperators } from '../../platform/mobile-operators.ts'
import { buildCatalogue } from './build-catalogue.ts'
import { markups } from './data/prices.ts'
import { unitsPerUsd } from './data/rates.ts'
import { sandboxOutcomes } from './data/sandbox.ts'
import { stockLots } from './data/stock.ts'

const {
  currencies = [],
  countries = [],
  categories = [],
  families = [],
  brands = [],
  products = [],
  skus = [],
} = buildCatalogue()

const parents = new Map(categories.map(({ code, parent }) => [code, parent]))
const topOf = (category: string): string => parents.get(category) ?? category
const skusOf = Map.groupBy(skus, ({ product }) => product)

test('there are at least 500 products and 3,000 SKUs', () => {
  expect(products.length).toBeGreaterThanOrEqual(500)
  expect(skus.length).toBeGreaterThanOrEqual(3_000)
})

test('the categories that dialects name stand at the top, and every one of them and of their children has products', () => {
  const tops = categories.filter(({ parent }) => parent === undefined).map(({ code }) => code)
  expect(tops).toEqual(['giftcard', 'airtime', 'data-bundle', 'esim', 'utility', 'cable-tv', 'licence'])
  const used = new Set(products.flatMap(({ category }) => [category, topOf(category)]))
  expect(categories.filter(({ code }) => !used.has(code)).map(({ code }) => code)).toEqual([])
})

test('every product has SKUs, and every SKU a product', () => {
  expect(products.filter(({ code }) => !skusOf.has(code))).toEqual([])
  const codes = new Set(products.map(({ code }) => code))
  expect(skus.filter(({ product }) => !codes.has(product))).toEqual([])
})

test('codes are unique, and what is referred to is there', () => {
  for (const rows of [currencies, countries, categories, families, brands, products, skus]) {
    const codes = rows.map(({ code }) => code)
    const first = new Map(codes.map((code, place) => [code, place]).toReversed() as [string, number][])
    expect(codes.filter((code, place) => first.get(code) !== place)).toEqual([])
  }
  const known = (rows: readonly { readonly code: string }[]): Set<string> =>
    new Set(rows.map(({ code }) => code))
  expect(products.filter(({ brand }) => !known(brands).has(brand))).toEqual([])
  expect(products.filter(({ category }) => !known(categories).has(category))).toEqual([])
  expect(products.filter(({ country }) => country !== undefined && !known(countries).has(country))).toEqual(
    [],
  )
  expect(brands.filter(({ family }) => family === undefined || !known(families).has(family))).toEqual([])
  expect(skus.filter(({ currency }) => !known(currencies).has(currency))).toEqual([])
})

test('every category, product and SKU has an English and a Russian name of its own', () => {
  for (const rows of [categories, products, skus]) {
    expect(rows.filter(({ names }) => names.en.trim() === '' || (names.ru ?? '').trim() === '')).toEqual([])
  }
  expect(categories.filter(({ names, code }) => code !== 'esim' && !/[а-я]/i.test(names.ru ?? ''))).toEqual(
    [],
  )
})

test('attributes that products and SKUs bear are those of their category', () => {
  const described = new Map(
    categories.map(({ code, attributes = [] }) => [
      code,
      new Set(attributes.map((one) => `${one.target} ${one.code}`)),
    ]),
  )
  const strange = products.flatMap(({ code, category, attributes = {} }) => [
    ...Object.keys(attributes).filter((name) => described.get(category)?.has(`product ${name}`) !== true),
    ...(skusOf.get(code) ?? []).flatMap((sku) =>
      Object.keys(sku.attributes ?? {}).filter(
        (name) => described.get(category)?.has(`sku ${name}`) !== true,
      ),
    ),
  ])
  expect(strange).toEqual([])
})

test('airtime covers at least 200 operators in 150 countries, each with fixed top-ups and one of any amount', () => {
  const airtime = products.filter(({ category }) => category === 'airtime')
  const byOperator = Map.groupBy(airtime, ({ brand }) => brand)
  expect(byOperator.size).toBeGreaterThanOrEqual(200)
  expect(new Set(airtime.map(({ country }) => country)).size).toBeGreaterThanOrEqual(150)
  for (const own of byOperator.values()) {
    expect(own.map(({ type }) => type).sort()).toEqual(['recharge', 'recharge_fixed'])
    const kinds = own
      .flatMap(({ code }) => skusOf.get(code) ?? [])
      .map(({ denomination }) => denomination.kind)
    expect(kinds.filter((kind) => kind === 'range')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'fixed').length).toBeGreaterThanOrEqual(3)
  }
})

test('every operator, with every network code, stands in the public list for that country', () => {
  const listed = new Set(
    listMobileOperators().map(({ countryCode, mcc, mnc }) => `${countryCode} ${mcc}${mnc}`),
  )
  const names = new Set(listMobileOperators().map(({ countryCode, name }) => `${countryCode} ${name}`))
  const sold = products.filter(({ category }) => category === 'airtime' || category === 'data-bundle')
  for (const { code, country = '', attributes = {} } of sold) {
    expect(names, code).toContain(`${country} ${attributes['operator']}`)
    for (const network of String(attributes['mcc_mnc']).split(','))
      expect(listed, code).toContain(`${country} ${network}`)
  }
})

test('what is credited to a phone or an account asks for it, and nothing else does', () => {
  for (const { code, category, fields = [] } of products) {
    const required = fields.filter((field) => field.required).map((field) => field.code)
    const top = topOf(category)
    if (top === 'airtime' || top === 'data-bundle') expect(required, code).toEqual(['phone'])
    else if (top === 'utility' || top === 'cable-tv') expect(required, code).toContain('account')
    else expect(fields, code).toEqual([])
  }
})

test('every pattern of a field is a regular expression that takes numbers with the sandbox endings', () => {
  const patterns = new Set(
    products.flatMap(({ fields = [] }) => fields.flatMap(({ pattern }) => pattern ?? [])),
  )
  expect(patterns.size).toBeGreaterThanOrEqual(4)
  for (const pattern of patterns) {
    const shape = new RegExp(pattern, 'u')
    expect(shape.test('25112401901'), pattern).toBe(true)
    expect(shape.test('abc'), pattern).toBe(false)
  }
})

test('face values are in the money of the product’s country, eSIMs in dollars', () => {
  const moneyOf = new Map(countries.map(({ code, currency }) => [code, currency]))
  for (const { code, country, type } of products) {
    if (country === undefined) continue
    const expected = type === 'esim' ? 'USD' : moneyOf.get(country)
    for (const sku of skusOf.get(code) ?? []) expect(sku.currency, sku.code).toBe(expected)
  }
})

test('no face value is finer than its currency’s smallest unit', () => {
  const decimals = new Map(currencies.map((currency) => [currency.code, currency.decimals]))
  const fine = skus.filter(({ currency, denomination }) => {
    const unit = 10n ** BigInt(6 - (decimals.get(currency) ?? 0))
    const values =
      denomination.kind === 'fixed' ? [denomination.value] : [denomination.least, denomination.most]
    return values.some((value) => value % unit !== 0n || value <= 0n)
  })
  expect(fine.map(({ code }) => code)).toEqual([])
})

test('the SKUs of the vendor’s examples are there', () => {
  const codes = new Set(skus.map(({ code }) => code))
  for (const code of ['GC-AMZN-US-50', 'GC-APPLE-US-2', 'GC-APPLE-US-30', 'AT-MTN-NG-500', 'PHEDC-PREPAID'])
    expect(codes).toContain(code)
})

test('the sandbox brand plays every row of the sandbox table, for every kind of goods without an account', () => {
  const own = products.filter(({ brand }) => brand === 'sandbox-outcomes')
  expect(own.map(({ category }) => category)).toEqual(['giftcard', 'licence', 'esim'])
  for (const { code } of own) {
    const outcomes = (skusOf.get(code) ?? []).map(({ attributes = {} }) => attributes['sandbox_outcome'])
    expect(outcomes).toEqual(sandboxOutcomes.map((outcome) => outcome.code))
  }
  expect(sandboxOutcomes).toHaveLength(11)
})

test('the tables of rates, prices and stock name only what is there', () => {
  const used = new Set(currencies.map(({ code }) => code))
  expect(new Set([...Object.keys(unitsPerUsd), 'USD'])).toEqual(used)
  const categoryCodes = new Set<string | undefined>([undefined, ...categories.map(({ code }) => code)])
  expect(markups.filter(({ category }) => !categoryCodes.has(category))).toEqual([])
  const byCode = new Map(skus.map((sku) => [sku.code, sku]))
  expect(
    stockLots.filter(({ sku }) => byCode.get(sku)?.denomination.kind !== 'fixed').map(({ sku }) => sku),
  ).toEqual([])
})

test('it is the same each time', () => {
  const asText = (value: unknown): string =>
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  expect(asText(buildCatalogue())).toBe(
    asText({ currencies, countries, categories, families, brands, products, skus }),
  )
})
