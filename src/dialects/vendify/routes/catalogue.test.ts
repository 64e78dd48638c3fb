import { beforeAll, describe, expect, test } from 'vitest'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../../test/vendify-world.ts'
import { currency } from '../../../../test/world.ts'
import { storeRates } from '../../../core/catalogue/store-rates.ts'

let world: VendifyWorld
let reseller: VendifyClient

beforeAll(async () => {
  world = await createVendifyWorld()
  reseller = await world.reseller({ terms: { margin: 2n, discount: 5n } })
})

type Rows = readonly Readonly<Record<string, unknown>>[]

function rowsOf(answer: VendifyAnswer): Rows {
  expect(answer.status, answer.text).toBe(200)
  return at(answer, 'response') as Rows // A list of rows, as the test goes on to see.
}

const filtered = (path: string, filters: unknown): string =>
  `${path}?filters=${encodeURIComponent(JSON.stringify(filters))}`

async function codesOf(path: string): Promise<unknown[]> {
  return rowsOf(await reseller.get(path)).map((row) => row['productCode'])
}

describe('categories', () => {
  test('are those at the top', async () => {
    const rows = rowsOf(await reseller.get('/Product/Categories'))
    const codes = rows.map((row) => row['categoryCode'])
    expect(codes).toEqual(['giftcard', 'airtime', 'esim', 'utility', 'cable-tv', 'licence'])
    expect(rows[0]).toEqual({
      id: expect.any(Number),
      category: 'Gift cards',
      categoryCode: 'giftcard',
      description: 'Gift cards',
    })
  })

  test('have groups: those below, or brands where there is nothing below', async () => {
    expect(rowsOf(await reseller.get('/product/subcategory/GiftCard'))).toEqual([
      {
        id: expect.any(Number),
        subCategory: 'E-Commerce & Online Shopping',
        subCategoryCode: 'E-Commerce-Online-Shopping',
      },
      { id: expect.any(Number), subCategory: 'Food & Beverage', subCategoryCode: 'Food-Beverage' },
    ])
    expect(rowsOf(await reseller.get('/Product/SubCategory/airtime'))).toMatchObject([
      { subCategory: 'Nigeria - Airtel Nigeria', subCategoryCode: 'Airtel-Nigeria' },
      { subCategory: 'Nigeria - MTN', subCategoryCode: 'Mtn-Nigeria' },
    ])
  })

  test.each(['/Product/SubCategory/none', '/Product/Category/none'])('that are none: %s', async (path) => {
    const answer = await reseller.get(path)
    expect([answer.status, at(answer, 'response.errorCode')]).toEqual([404, 'NOT_FOUND'])
  })
})

describe('products', () => {
  test('have their prices in the wallet that is named: rate with margin, cost with discount', async () => {
    const [any] = rowsOf(await reseller.get('/Product/Category/giftcard', { wallet: 'NGN-1' }))
    // 1.25 × 1,500 = 1,875 naira for a pound, and 2 %: 1,912.50. Two pounds are 3,825, less 5 % 3,633.75.
    expect(any).toMatchObject({
      productId: world.id('AMZ-UK-ANY'),
      productCode: 'AMZ-UK-ANY',
      targetValue: 3_825,
      targetCurrencyId: 160,
      targetCurrencyCode: 'NGN',
      originalValue: 2,
      originalCurrencyId: 229,
      originalCurrencyCode: 'GBP',
      value: 2,
      productCost: 3_633.75,
      productCostCurrencyCode: 'NGN',
      walletId: 'NGN-1',
      category: 'Gift cards',
      categoryCode: 'giftcard',
      subCategoryCode: 'E-Commerce-Online-Shopping',
      serviceCode: 'amazon-uk',
      brandFamily: 'AMAZON',
      brandCode: 'amazon-uk',
      brandLogoUrl: '#',
      productMoreInfoUrl: '#',
      validity: '',
      fxRate: { rate: 1_912.5, currencyCode: 'NGN' },
      denominations: [{ type: 'range', minValue: 2, maxValue: 1_000, currencyCode: 'GBP' }],
      sysComment: 'Cost converted from GBP to NGN',
      redeemableCountryCodes: ['GBR'],
    })
  })

  test('of the wallet’s own currency have a rate of one and no margin', async () => {
    const [row] = rowsOf(await reseller.get('/Product/Category/esim', { wallet: 'USD-1' }))
    expect(row).toMatchObject({
      targetValue: 7.2,
      productCost: 6.84,
      fxRate: { rate: 1, currencyCode: 'USD' },
      sysComment: '',
      validity: '7 days',
      redeemableCountryCodes: ['GBR', 'USA'],
    })
  })

  test('are priced in another wallet at once, and at another rate once there is one', async () => {
    const costIn = async (wallet: string) =>
      rowsOf(await reseller.get('/Product/Category/airtime', { wallet }))[1]?.['productCost']
    expect([await costIn('NGN-1'), await costIn('USD-1')]).toEqual([475, 0.323])
    const { database, catalogue } = world.app.services
    const setRate = async (naira: bigint) => {
      const rate = { base: currency('USD'), quote: currency('NGN'), rate: naira * 10n ** 10n, source: 'test' }
      await database.inTransaction((tx) => storeRates(tx, [rate]))
      await catalogue.refresh()
    }
    await setRate(2_000n)
    expect(await costIn('USD-1')).toBe(0.24225)
    await setRate(1_500n)
  })

  test.each([
    [{ countryCode: 'GBR' }, ['AMZ-UK-ANY', 'AMZ-UK-5']],
    [{ countryCode: 'gbr, usa' }, ['AMZ-UK-ANY', 'AMZ-UK-5', 'AMZ-US-10']],
    [{ countryCode: 'ALL' }, ['AMZ-UK-ANY', 'AMZ-UK-5', 'AMZ-US-10']],
    [{ countryCode: 'NGA' }, []],
    [{ subCategoryCode: 'FOOD-beverage,Home-Living' }, ['AMZ-US-10']],
    [{ brandFamily: 'Amazon' }, ['AMZ-UK-ANY', 'AMZ-UK-5', 'AMZ-US-10']],
    [{ brandCode: 'AMAZON-US' }, ['AMZ-US-10']],
    [{ brandCode: 'amazon-uk', countryCode: 'USA' }, []],
    [{ unknown: 1 }, ['AMZ-UK-ANY', 'AMZ-UK-5', 'AMZ-US-10']],
  ])('are filtered by %j', async (filters, codes) => {
    expect(await codesOf(filtered('/Product/Category/giftcard', filters))).toEqual(codes)
  })

  test('that can be used anywhere are found in each country, and what has no price is left out', async () => {
    expect(await codesOf(filtered('/Product/Category/licence', { countryCode: 'KEN' }))).toEqual(['KEY-20'])
  })

  test.each(['{', '[]', '"x"', '{"countryCode":1}', '{"brandCode":["a"]}'])(
    'are refused for the filters %s',
    async (filters) => {
      const answer = await reseller.get(`/Product/Category/giftcard?filters=${encodeURIComponent(filters)}`)
      expect([answer.status, at(answer, 'response.errorCode')]).toEqual([400, 'INVALID_REQUEST'])
      expect(at(answer, 'response.fields.filters')).toEqual(expect.any(String))
    },
  )

  test('come in pages where these are asked for', async () => {
    expect(await codesOf('/Product/Category/giftcard?page=2&pageSize=2')).toEqual(['AMZ-US-10'])
    expect(await codesOf('/Product/Category/giftcard?page=9&pageSize=2')).toEqual([])
    expect((await reseller.get('/Product/Category/giftcard?pageSize=0')).status).toBe(400)
  })

  test('of a subscription stand for all packages, whose codes a validation tells', async () => {
    expect(rowsOf(await reseller.get('/Product/Category/cable-tv'))).toMatchObject([
      {
        productId: world.id('DSTV-YANGA'),
        productCode: 'USE_VALIDATION_PRODUCT_CODE',
        denominations: [{ minValue: 5_100 }, { minValue: 17_450 }],
        serviceCode: 'TV',
      },
    ])
  })
})

describe('one product', () => {
  const path = (query = '') => `/Product/${world.id('AMZ-UK-ANY')}${query}`

  test('is the row of its list', async () => {
    const [row] = rowsOf(await reseller.get('/Product/Category/giftcard', { wallet: 'GBP-1' }))
    expect(at(await reseller.get(path(), { wallet: 'GBP-1' }), 'response')).toEqual(row)
  })

  test('is priced for a face value, or for a value in the wallet’s currency', async () => {
    const byFace = at(await reseller.get(path('?requestFaceValue=10'), { wallet: 'NGN-1' }), 'response')
    expect(byFace).toMatchObject({ originalValue: 10, targetValue: 19_125, productCost: 18_168.75 })
    const byTarget = at(
      await reseller.get(path('?requestTargetValue=19125'), { wallet: 'NGN-1' }),
      'response',
    )
    expect(byTarget).toEqual(byFace)
  })

  test.each([
    ['?requestFaceValue=10&requestTargetValue=5', 'VALUE_AND_FACEVALUE'],
    ['?requestFaceValue=1.99', 'INVALID_AMOUNT'],
    ['?requestFaceValue=1000.01', 'INVALID_AMOUNT'],
    ['?requestTargetValue=0', 'INVALID_AMOUNT'],
    ['?requestTargetValue=-5', 'INVALID_AMOUNT'],
    ['?requestTargetValue=NaN', 'INVALID_AMOUNT'],
    ['?requestFaceValue=2.0000001', 'INVALID_AMOUNT'],
  ])('is refused for %s', async (query, errorCode) => {
    const answer = await reseller.get(path(query))
    expect([answer.status, at(answer, 'response.errorCode')]).toEqual([400, errorCode])
  })

  test('of one face value is refused for another', async () => {
    const fixed = `/Product/${world.id('AMZ-UK-5')}`
    expect((await reseller.get(`${fixed}?requestFaceValue=5`)).status).toBe(200)
    expect((await reseller.get(`${fixed}?requestFaceValue=6`)).status).toBe(400)
  })

  test.each(['0', '999999', '1e3', '-1', 'abc'])('that is none: %s', async (id) => {
    expect((await reseller.get(`/Product/${id}`)).status).toBe(404)
  })

  test('without a rate to the wallet’s currency is none', async () => {
    expect((await reseller.get(`/Product/${world.id('UNPRICED-1')}`)).status).toBe(404)
  })
})

test('brands have their country, and are filtered', async () => {
  const rows = rowsOf(await reseller.get(filtered('/product/brands', { categoryCode: 'giftcard' })))
  expect(rows).toEqual([
    {
      id: expect.any(Number),
      name: 'Amazon UK',
      brandCode: 'amazon-uk',
      description: 'Amazon UK',
      countryCode: 'GBR',
      country: 'United Kingdom',
      logoUrl: '#',
    },
    expect.objectContaining({ brandCode: 'amazon-us', countryCode: 'USA' }),
  ])
  expect(rowsOf(await reseller.get(filtered('/product/brands', { countryCode: 'USA' })))).toHaveLength(3)
})

test('families count their products and countries', async () => {
  const rows = rowsOf(await reseller.get(filtered('/product/brand-families', { categoryCode: 'giftcard' })))
  expect(rows).toEqual([
    {
      brandFamilyCode: 'amazon',
      brandFamily: 'AMAZON',
      productCount: 3,
      countryCount: 2,
      availableInCountries: 'GBR, USA',
    },
  ])
})

test('countries have their codes and currencies', async () => {
  const rows = rowsOf(await reseller.get('/Product/Countries'))
  expect(rows).toHaveLength(4)
  expect(rows[0]).toEqual({
    id: 158,
    country: 'United Kingdom',
    countryCode: 'GBR',
    isoCode2: 'GB',
    currencyCode: 'GBP',
    currencyId: 229,
    dialCode: '44',
  })
  const sold = rowsOf(await reseller.get(filtered('/Product/Countries', { categoryCode: 'giftcard' })))
  expect(sold.map((row) => row['isoCode2'])).toEqual(['GB', 'US'])
})

test('rates are those of the prices, with ten fraction digits', async () => {
  const answer = await reseller.get('/Report/FxRate', { wallet: 'NGN-1' })
  expect(rowsOf(answer)).toEqual([
    { productCurrency: 'GBP', productValue: 1, transactingCurrency: 'NGN', allInRate: 1_912.5 },
    { productCurrency: 'NGN', productValue: 1, transactingCurrency: 'NGN', allInRate: 1 },
    { productCurrency: 'USD', productValue: 1, transactingCurrency: 'NGN', allInRate: 1_530 },
  ])
  expect(answer.text).toContain('"allInRate":1912.5000000000}')
})

test('providers are the brands', async () => {
  const rows = rowsOf(await reseller.get('/reseller/providers'))
  expect(rows).toContainEqual({
    providerCode: 'amazon-uk',
    name: 'Amazon UK',
    url: '#',
    description: 'Amazon UK, United Kingdom',
    email: '',
    telephone: '',
    requestStatus: 1,
  })
})
