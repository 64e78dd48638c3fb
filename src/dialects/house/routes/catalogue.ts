import { listWallets } from '../../../core/ledger/list-wallets.ts'
import type { Wallet } from '../../../core/ledger/ledger.ts'
import type { Product } from '../../../core/catalogue/catalogue.ts'
import { decodeCursor, encodeCursor, isInteger } from '../../../platform/cursor.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { PartnerId, ProductId, SkuId } from '../../../values/ids.ts'
import type { Locale } from '../../../values/locale.ts'
import { parseAmount } from '../../../values/money.ts'
import type { FastifyRequest } from 'fastify'
import type { DialectApp, Services } from '../../dialect.ts'
import { isMeant, toProduct, toProductInFull, toSku } from '../mapping/partner.ts'
import { toMoney, toPage } from '../mapping/shared.ts'
import { ProductReply, ProductsQuery, ProductsReply, QuoteQuery, QuoteReply } from '../wire/partner.ts'
import { IdPath, refusals } from '../wire/shared.ts'
import { forPartner, partnerOf } from './access.ts'

const shared = { tags: ['Catalogue'] }

/**
 * GET /products       what is sold, found by words, country or category
 * GET /products/{id}  one product with its SKUs and what they cost the caller
 * GET /quotes         what an order would cost
 */
export function catalogueRoutes(app: DialectApp, services: Services): void {
  const { database, catalogue } = services

  const list = {
    ...shared,
    summary: 'Products',
    querystring: ProductsQuery,
    response: { 200: ProductsReply, ...refusals(401, 422) },
  }
  app.get('/products', { ...forPartner('read'), schema: list }, async (request) => {
    const { q = '', country, category, cursor, limit = 25 } = request.query
    const locale = localeOf(request)
    const words = q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 10)
    const isWanted = (product: Product): boolean =>
      (country === undefined || product.country === undefined || product.country === country) &&
      (category === undefined || product.category.code === category) &&
      isMeant(product, words, locale)
    const filters = { q, country, category }
    const page = pageOfProducts(catalogue.current().products, isWanted, filters, { cursor, limit })
    return toPage(page, (product) => toProduct(product, locale))
  })

  const find = {
    ...shared,
    summary: 'One product with its prices',
    params: IdPath,
    response: { 200: ProductReply, ...refusals(401, 404) },
  }
  app.get('/products/:id', { ...forPartner('read'), schema: find }, async (request) => {
    const id = parseId<ProductId>(request.params.id)
    const current = catalogue.current()
    const product = id === undefined ? undefined : current.product(id)
    if (product === undefined) throw new Failure('product_not_found')
    const partnerId = partnerOf(request)
    const wallets = await listWallets(database, partnerId)
    const locale = localeOf(request)
    return toProductInFull(product, locale, toSku(current, partnerId, wallets, locale))
  })

  const quote = {
    ...shared,
    summary: 'What an order would cost now',
    querystring: QuoteQuery,
    response: { 200: QuoteReply, ...refusals(401, 404, 422) },
  }
  app.get('/quotes', { ...forPartner('read'), schema: quote }, async (request) => {
    const { sku_id: skuId, wallet, amount, quantity = 1 } = request.query
    const partnerId = partnerOf(request)
    const id = parseId<SkuId>(skuId)
    const current = catalogue.current()
    const found = id === undefined ? undefined : current.sku(id)
    if (found === undefined) throw new Failure('sku_not_found')
    const { currency } = await findPayingWallet(services, partnerId, wallet)
    const faceValue = amount === undefined ? undefined : parseAmount(amount)
    const price = current.quote(partnerId, found.sku, currency, faceValue)
    if (price === undefined) throw new Failure('price_unavailable')
    return {
      unit_price: toMoney(price.unitPrice, price.currency),
      total: toMoney(price.unitPrice * BigInt(quantity), price.currency),
      face_value: toMoney(price.faceValue, price.faceCurrency),
    }
  })
}

/** The wallet with this code, or the default one. Throws Failure wallet_not_found. */
export async function findPayingWallet(
  { database }: Pick<Services, 'database'>,
  partnerId: PartnerId,
  code: string | undefined,
): Promise<Wallet> {
  const wallets = await listWallets(database, partnerId)
  const wallet = wallets.find((one) => (code === undefined ? one.isDefault : one.code === code))
  if (wallet === undefined) throw new Failure('wallet_not_found')
  return wallet
}

/** The language of whoever asks. */
export function localeOf({ principal, caller }: FastifyRequest): Locale {
  return principal?.kind === 'person' ? principal.user.locale : caller.partner.locale
}

/** In the order of their numbers; the catalogue is in memory and has an end. */
function pageOfProducts(
  products: readonly Product[],
  isWanted: (product: Product) => boolean,
  filters: Readonly<Record<string, unknown>>,
  { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
) {
  const position =
    cursor === undefined ? undefined : decodeCursor('house products', filters, cursor, [isInteger])
  const edge = BigInt(position?.key[0] ?? 0)
  const isBackwards = position?.direction === 'before'
  const candidates = isBackwards
    ? products.filter(({ number }) => number < edge).toReversed()
    : position === undefined
      ? products
      : products.filter(({ number }) => number > edge)
  const found: Product[] = []
  for (const product of candidates) {
    if (found.length > limit) break
    if (isWanted(product)) found.push(product)
  }
  const hasMore = found.length > limit
  const rows = isBackwards ? found.slice(0, limit).toReversed() : found.slice(0, limit)
  const cursorAt = (row: Product | undefined, direction: 'after' | 'before'): string | undefined =>
    row && encodeCursor('house products', filters, { direction, key: [row.number.toString()] })
  return {
    rows,
    nextCursor: isBackwards || hasMore ? cursorAt(rows.at(-1), 'after') : undefined,
    previousCursor: (isBackwards ? hasMore : position !== undefined)
      ? cursorAt(rows[0], 'before')
      : undefined,
  }
}
