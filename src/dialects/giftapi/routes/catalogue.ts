import type { FastifyRequest } from 'fastify'
import type { Catalogue, Product } from '../../../core/catalogue/catalogue.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { ProductId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import {
  CategoriesQuery,
  CategoriesReply,
  PricelistQuery,
  PricelistReply,
  ProductPath,
  ProductQuery,
  ProductReply,
  ProductsQuery,
  ProductsReply,
} from '../wire/catalogue.ts'
import { asBytes, refusals } from '../wire/envelope.ts'
import { buildCategories, buildPricelist, buildProduct, buildProducts } from './catalogue-pages.ts'
import type { Viewer } from './catalogue-pages.ts'
import { PageCache, sendPage } from '../../page-cache.ts'

const shared = { tags: ['Catalogue'], security: [{ partnerToken: [] }] }

/** Nothing but the address, the caller and the catalogue decides what these routes answer. */
const ofCatalogue = { ofCatalogue: true }

/**
 * GET /catalog/products         products, without prices
 * GET /catalog/products/{uuid}  one product with the partner's prices
 * GET /catalog/pricelist        the partner's prices and the stock, a row per SKU
 * GET /catalog/categories       categories and what their products say about themselves
 */
export function catalogueRoutes(app: DialectApp, { catalogue: live }: Services): void {
  const pages = new PageCache(cacheBytesMost)

  const products = {
    ...shared,
    summary: 'Products',
    querystring: ProductsQuery,
    response: { 200: asBytes(ProductsReply), ...refusals(422) },
  }
  app.get('/catalog/products', { schema: products, config: ofCatalogue }, async (request, reply) => {
    const { query } = request
    const catalogue = live.current()
    const locale = query.locale ?? request.caller.partner.locale
    const key = keyOf(
      'products',
      locale,
      query.cursor,
      query.per_page,
      query.category_id,
      query.type,
      query.include_skus,
    )
    return sendPage(
      request,
      reply,
      await pages.page(key, { catalogue, showsStock: false }, () => buildProducts(catalogue, query, locale)),
    )
  })

  const product = {
    ...shared,
    summary: 'One product with prices and stock',
    params: ProductPath,
    querystring: ProductQuery,
    response: { 200: asBytes(ProductReply), ...refusals(404, 422) },
  }
  app.get('/catalog/products/:uuid', { schema: product, config: ofCatalogue }, async (request, reply) => {
    const catalogue = live.current()
    const found = findProduct(catalogue, request.params.uuid)
    const viewer = viewerOf(request)
    const locale = request.query.locale ?? request.caller.partner.locale
    const key = keyOf('product', found.id, locale, viewer.partnerId, viewer.currency)
    return sendPage(
      request,
      reply,
      await pages.page(key, { catalogue, showsStock: true }, () =>
        buildProduct(catalogue, found, locale, viewer),
      ),
    )
  })

  const pricelist = {
    ...shared,
    summary: 'Prices and stock',
    querystring: PricelistQuery,
    response: { 200: asBytes(PricelistReply), ...refusals(422) },
  }
  app.get('/catalog/pricelist', { schema: pricelist, config: ofCatalogue }, async (request, reply) => {
    const { query } = request
    const catalogue = live.current()
    const viewer = viewerOf(request)
    const key = keyOf(
      'pricelist',
      viewer.partnerId,
      viewer.currency,
      query.cursor,
      query.per_page,
      query.category_id,
      query.type,
    )
    return sendPage(
      request,
      reply,
      await pages.page(key, { catalogue, showsStock: true }, () => buildPricelist(catalogue, query, viewer)),
    )
  })

  const categories = {
    ...shared,
    summary: 'Categories',
    querystring: CategoriesQuery,
    response: { 200: asBytes(CategoriesReply), ...refusals(422) },
  }
  app.get('/catalog/categories', { schema: categories, config: ofCatalogue }, async (request, reply) => {
    const { query } = request
    const catalogue = live.current()
    const locale = query.locale ?? request.caller.partner.locale
    const key = keyOf('categories', locale, query.target)
    return sendPage(
      request,
      reply,
      await pages.page(key, { catalogue, showsStock: false }, () =>
        buildCategories(catalogue, query, locale),
      ),
    )
  })
}

function findProduct(catalogue: Catalogue, uuid: string): Product {
  const productId = parseId<ProductId>(uuid)
  const product = productId === undefined ? undefined : catalogue.product(productId)
  if (product === undefined) throw new Failure('product_not_found')
  return product
}

function viewerOf({ caller }: FastifyRequest): Viewer {
  return { partnerId: caller.partner.id, currency: caller.defaultWallet.currency }
}

/** No part can pass for another: each is written as JSON. */
function keyOf(...parts: readonly (string | number | boolean | undefined)[]): string {
  return JSON.stringify(parts)
}

/** All pages of a catalogue of some ten thousand SKUs in two locales, for some hundred partners. */
const cacheBytesMost = 64 * 1024 * 1024
