import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalogue, ConversionWish } from '../../../core/catalogue/catalogue.ts'
import { Failure } from '../../../values/failure.ts'
import { parseAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { PageCache } from '../../page-cache.ts'
import { newIdentity } from '../identity.ts'
import { priceFor } from '../mapping/amounts.ts'
import { toSuccess, toSuccessBytes } from '../mapping/envelope.ts'
import { isWanted, keyOfFilters, readFilters } from '../mapping/filters.ts'
import type { Filters } from '../mapping/filters.ts'
import type { Listed } from '../mapping/listing.ts'
import {
  toBrandRows,
  toCategoryRow,
  toCountryRow,
  toFamilyRows,
  toProviderRows,
  toRateRows,
} from '../mapping/places.ts'
import { toProductRow } from '../mapping/products.ts'
import {
  BrandRow,
  CategoryPath,
  CategoryRow,
  CountryRow,
  FamilyRow,
  FiltersQuery,
  ProductPath,
  ProductQuery,
  ProductRow,
  ProductsQuery,
  ProviderRow,
  RateRow,
  SubCategory,
} from '../wire/catalogue.ts'
import { refusals, success, successListBytes, WalletHeaders } from '../wire/envelope.ts'
import { signed } from './signed.ts'
import { findListed, listingOf, viewerOf } from './viewer.ts'
import type { Viewer } from './viewer.ts'

const shared = { tags: ['Catalogue'], security: signed, headers: WalletHeaders }

/**
 * GET /api/v1/Product/Categories                  what there is
 * GET /api/v1/Product/SubCategory/{categoryCode}  the groups of a category
 * GET /api/v1/Product/Category/{categoryCode}     its products with prices
 * GET /api/v1/Product/{productId}                 one product, for a value if wished
 * GET /api/v1/Product/Brands, /Brand-Families, /Countries
 * GET /api/v1/Report/FxRate                       rates to the wallet's currency
 * GET /api/v1/Reseller/providers                  who provides it
 */
export function catalogueRoutes(app: DialectApp, { catalogue: live }: Services): void {
  const pages = new PageCache(cacheBytesMost)

  /** Sends a response that is the same for everybody whose key is the same, from bytes while the catalogue stays. */
  async function send(
    reply: FastifyReply,
    key: readonly unknown[],
    build: (catalogue: Catalogue) => unknown,
  ): Promise<Buffer> {
    const catalogue = live.current()
    const source = { catalogue, showsStock: false }
    const { body } = await pages.page(JSON.stringify(key), source, () => JSON.stringify(build(catalogue)))
    void reply.type('application/json; charset=utf-8')
    return toSuccessBytes(newIdentity(), body)
  }

  const categories = {
    ...shared,
    summary: 'Categories',
    response: { 200: successListBytes(CategoryRow), ...refusals() },
  }
  app.get('/api/v1/Product/Categories', { schema: categories }, async (_request, reply) =>
    send(reply, ['categories'], (catalogue) => listingOf(catalogue).categories.map(toCategoryRow)),
  )

  const subCategories = {
    ...shared,
    summary: 'Groups of a category',
    params: CategoryPath,
    response: { 200: successListBytes(SubCategory), ...refusals(404) },
  }
  app.get('/api/v1/Product/SubCategory/:categoryCode', { schema: subCategories }, async (request, reply) => {
    const code = findCategory(live.current(), request.params.categoryCode)
    return send(reply, ['groups', code], (catalogue) => {
      const listed = listingOf(catalogue).all.filter(({ category }) => category.code === code)
      const groups = new Map(listed.map(({ subCategory }) => [subCategory.id, subCategory]))
      return [...groups.values()].toSorted((a, b) => (a.subCategory < b.subCategory ? -1 : 1))
    })
  })

  const products = {
    ...shared,
    summary: 'Products of a category, with prices',
    params: CategoryPath,
    querystring: ProductsQuery,
    response: { 200: successListBytes(ProductRow), ...refusals(400, 404) },
  }
  app.get('/api/v1/Product/Category/:categoryCode', { schema: products }, async (request, reply) => {
    const viewer = viewerOf(request)
    const { page = 1, pageSize } = request.query
    const filters = filtersOf(request.query)
    const code = findCategory(live.current(), request.params.categoryCode)
    const key = [
      'products',
      viewer.partnerId,
      viewer.wallet.code,
      code,
      keyOfFilters(filters),
      page,
      pageSize ?? 0,
    ]
    return send(reply, key, (catalogue) => {
      const wanted = { ...filters, categoryCode: new Set([code.toLowerCase()]) }
      const priced = listingOf(catalogue).all.flatMap((listed) => {
        const price = isWanted(listed, wanted) ? priceOf(catalogue, listed, viewer) : undefined
        return price === undefined ? [] : [{ listed, price }]
      })
      const rows = pageSize === undefined ? priced : priced.slice((page - 1) * pageSize, page * pageSize)
      return rows.map(({ listed, price }) => toProductRow(listed, price, viewer.wallet))
    })
  })

  const product = {
    ...shared,
    summary: 'One product',
    params: ProductPath,
    querystring: ProductQuery,
    response: { 200: success(ProductRow), ...refusals(400, 404) },
  }
  app.get('/api/v1/Product/:productId', { schema: product }, async (request) => {
    const viewer = viewerOf(request)
    const catalogue = live.current()
    const listed = findListed(listingOf(catalogue), request.params.productId)
    const wish = readWish(request.query)
    const price =
      wish === undefined ? priceOf(catalogue, listed, viewer) : wishedPrice(catalogue, listed, viewer, wish)
    if (price === undefined) throw new Failure('price_unavailable')
    return toSuccess(newIdentity(), toProductRow(listed, price, viewer.wallet))
  })

  const brands = {
    ...shared,
    summary: 'Brands',
    querystring: FiltersQuery,
    response: { 200: successListBytes(BrandRow), ...refusals(400) },
  }
  app.get('/api/v1/Product/Brands', { schema: brands }, async (request, reply) => {
    const filters = filtersOf(request.query)
    return send(reply, ['brands', keyOfFilters(filters)], (catalogue) =>
      toBrandRows(wantedOf(catalogue, filters), listingOf(catalogue)),
    )
  })

  const families = {
    ...shared,
    summary: 'Brand families',
    querystring: FiltersQuery,
    response: { 200: successListBytes(FamilyRow), ...refusals(400) },
  }
  app.get('/api/v1/Product/Brand-Families', { schema: families }, async (request, reply) => {
    const filters = filtersOf(request.query)
    return send(reply, ['families', keyOfFilters(filters)], (catalogue) =>
      toFamilyRows(wantedOf(catalogue, filters)),
    )
  })

  const countries = {
    ...shared,
    summary: 'Countries',
    querystring: FiltersQuery,
    response: { 200: successListBytes(CountryRow), ...refusals(400) },
  }
  app.get('/api/v1/Product/Countries', { schema: countries }, async (request, reply) => {
    const filters = filtersOf(request.query)
    return send(reply, ['countries', keyOfFilters(filters)], (catalogue) =>
      countriesOf(catalogue, filters).map(toCountryRow),
    )
  })

  const rates = {
    ...shared,
    summary: 'Rates from the products’ currencies to the wallet’s',
    response: { 200: successListBytes(RateRow), ...refusals() },
  }
  app.get('/api/v1/Report/FxRate', { schema: rates }, async (request, reply) => {
    const { partnerId, wallet } = viewerOf(request)
    return send(reply, ['rates', partnerId, wallet.currency], (catalogue) =>
      toRateRows(catalogue, listingOf(catalogue).all, partnerId, wallet.currency),
    )
  })

  const providers = {
    ...shared,
    summary: 'Providers',
    response: { 200: successListBytes(ProviderRow), ...refusals() },
  }
  app.get('/api/v1/Reseller/providers', { schema: providers }, async (_request, reply) =>
    send(reply, ['providers'], (catalogue) => {
      const listing = listingOf(catalogue)
      return toProviderRows(toBrandRows(listing.all, listing))
    }),
  )
}

function priceOf(catalogue: Catalogue, { first }: Listed, { partnerId, wallet }: Viewer) {
  return catalogue.convert(partnerId, first, wallet.currency)
}

/** Throws Failure invalid_amount, price_unavailable. */
function wishedPrice(
  catalogue: Catalogue,
  { skus }: Listed,
  { partnerId, wallet }: Viewer,
  wish: ConversionWish,
) {
  const found = priceFor(catalogue, partnerId, skus, wallet.currency, wish)
  if (found === 'no_price') throw new Failure('price_unavailable')
  if (found === 'not_sold') throw new Failure('invalid_amount')
  return found.price
}

/** Throws Failure amounts_exclusive, invalid_amount. */
function readWish({ requestTargetValue, requestFaceValue }: ProductQuery): ConversionWish | undefined {
  if (requestTargetValue !== undefined && requestFaceValue !== undefined)
    throw new Failure('amounts_exclusive', {
      sentence: 'Give either requestTargetValue or requestFaceValue.',
    })
  const text = requestTargetValue ?? requestFaceValue
  if (text === undefined) return undefined
  const amount = parseAmount(text)
  if (amount === undefined || amount <= 0n) throw new Failure('invalid_amount')
  return requestFaceValue === undefined ? { targetValue: amount } : { faceValue: amount }
}

/** Throws Failure validation_failed. */
function filtersOf(query: FiltersQuery): Filters {
  const read = readFilters(query.filters)
  if (read.problem !== undefined)
    throw new Failure('validation_failed', { sentence: read.problem.sentence, fields: [read.problem] })
  return read.filters
}

function wantedOf(catalogue: Catalogue, filters: Filters): readonly Listed[] {
  return listingOf(catalogue).all.filter((listed) => isWanted(listed, filters))
}

/** All, or those where something of a category can be used. */
function countriesOf(catalogue: Catalogue, filters: Filters): Catalogue['countries'] {
  const places = new Set(
    filters.categoryCode === undefined
      ? catalogue.countries.map(({ code3 }) => code3)
      : wantedOf(catalogue, filters).flatMap(({ countryCodes }) => countryCodes),
  )
  return catalogue.countries.filter(
    ({ code3 }) =>
      places.has(code3) &&
      (filters.countryCode === undefined || filters.countryCode.has(code3.toLowerCase())),
  )
}

/** The category's own spelling of its code. Throws Failure product_not_found for one that has no products. */
function findCategory(catalogue: Catalogue, given: FastifyRequest['url']): string {
  const found = listingOf(catalogue).categories.find(({ code }) => code.toLowerCase() === given.toLowerCase())
  if (found === undefined) throw new Failure('product_not_found', { sentence: 'There is no such category.' })
  return found.code
}

/** Whole lists of some ten thousand products for some ten resellers. */
const cacheBytesMost = 256 * 1024 * 1024
