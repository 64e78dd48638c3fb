import type { Catalogue, Product, Sku } from '../../../core/catalogue/catalogue.ts'
import { keyOfProduct, keyOfSku, listProducts, listSkus } from '../../../core/catalogue/listing.ts'
import type { ListingFilters, ListingPosition, Slice } from '../../../core/catalogue/listing.ts'
import { isInteger } from '../../../platform/cursor.ts'
import type { Position } from '../../../platform/cursor.ts'
import { keysetPage } from '../../../platform/keyset.ts'
import type { PartnerId, SkuId } from '../../../values/ids.ts'
import type { Locale } from '../../../values/locale.ts'
import type { Currency } from '../../../values/money.ts'
import { toCategory, toListedProduct, toListedSku, toPricedSku, toPriceRow } from '../mapping/catalogue.ts'
import { toMeta } from '../mapping/envelope.ts'
import type { CategoriesQuery, PricelistQuery, ProductsQuery } from '../wire/catalogue.ts'

/** Who looks: prices differ by partner and wallet. */
export type Viewer = { readonly partnerId: PartnerId; readonly currency: Currency }

/** `GET /catalog/products` as JSON text. Throws Failure validation_failed for a foreign cursor. */
export async function buildProducts(
  catalogue: Catalogue,
  query: ProductsQuery,
  locale: Locale,
): Promise<string> {
  const write = query.include_skus === true ? productWithSkus : productAlone
  return buildList('giftapi/products', query, {
    keyShapes: [isInteger],
    keyOf: keyOfProduct,
    slice: (filters, position, limit) => listProducts(catalogue, filters, position, limit),
    write: (product) => write(product, locale),
  })
}

/** `GET /catalog/pricelist` as JSON text; what has no price in the viewer's currency is left out. Throws as `buildProducts`. */
export async function buildPricelist(
  catalogue: Catalogue,
  query: PricelistQuery,
  viewer: Viewer,
): Promise<string> {
  return buildList('giftapi/pricelist', query, {
    keyShapes: [isInteger, isInteger],
    keyOf: keyOfSku,
    slice: (filters, position, limit) => listSkus(catalogue, filters, position, limit),
    write({ sku }) {
      const quote = quoteOf(catalogue, viewer, sku)
      return quote === undefined
        ? undefined
        : JSON.stringify(toPriceRow(sku, quote, availableOf(catalogue, sku.id)))
    },
  })
}

/** `GET /catalog/products/{uuid}` as JSON text. */
export function buildProduct(catalogue: Catalogue, product: Product, locale: Locale, viewer: Viewer): string {
  const skus = product.skus.flatMap((sku) => {
    const quote = quoteOf(catalogue, viewer, sku)
    return quote === undefined ? [] : [toPricedSku(sku, quote, availableOf(catalogue, sku.id), locale)]
  })
  return JSON.stringify({ success: true, data: { ...toListedProduct(product, locale), skus } })
}

/** What can be bought now: a supplier has as many as anybody wants. */
function availableOf(catalogue: Catalogue, skuId: SkuId): number {
  return catalogue.isSupplied(skuId) ? Number.MAX_SAFE_INTEGER : catalogue.stock(skuId)
}

/** `GET /catalog/categories` as JSON text. */
export function buildCategories(catalogue: Catalogue, query: CategoriesQuery, locale: Locale): string {
  const data = catalogue.categories.map((category) => toCategory(category, locale, query.target))
  return JSON.stringify({ success: true, data })
}

/** The figures of a custom denomination are the same for any amount: the least stands for all. */
function quoteOf(catalogue: Catalogue, viewer: Viewer, sku: Sku): ReturnType<Catalogue['quote']> {
  const amount = sku.denomination.kind === 'range' ? sku.denomination.least : undefined
  return catalogue.quote(viewer.partnerId, sku, viewer.currency, amount)
}

type List<Row> = {
  readonly keyShapes: readonly ((text: string) => boolean)[]
  readonly keyOf: (row: Row) => readonly bigint[]
  readonly slice: (
    filters: ListingFilters,
    position: ListingPosition | undefined,
    limit: number,
  ) => Slice<Row>
  /** The row as JSON; undefined for one that does not belong in the list. */
  readonly write: (row: Row) => string | undefined
}

type Written = { readonly key: readonly string[]; readonly text: string }

async function buildList<Row>(
  name: string,
  query: ProductsQuery | PricelistQuery,
  list: List<Row>,
): Promise<string> {
  const perPage = query.per_page ?? 100
  const filters = { categoryId: query.category_id, type: query.type }
  const page = await keysetPage<Written>(
    {
      name,
      filters,
      keyShapes: list.keyShapes,
      keyOf: ({ key }) => key,
      find: async (position, limit) => collect(list, filters, position, limit),
    },
    { cursor: query.cursor, limit: perPage },
  )
  return `{"success":true,"data":[${page.rows.map(({ text }) => text).join(',')}],"meta":${JSON.stringify(toMeta(page, perPage))}}`
}

/** Up to `limit` rows beyond the position, the nearest first, however many have to be left out among them. */
function collect<Row>(
  list: List<Row>,
  filters: ListingFilters,
  position: Position | undefined,
  limit: number,
): Written[] {
  const isBackwards = position?.direction === 'before'
  const written: Written[] = []
  let at: ListingPosition | undefined =
    position === undefined ? undefined : { direction: position.direction, key: position.key.map(BigInt) }
  for (;;) {
    const { rows, hasBefore, hasAfter } = list.slice(filters, at, limit)
    for (const row of isBackwards ? rows.toReversed() : rows) {
      const key = list.keyOf(row)
      at = { direction: isBackwards ? 'before' : 'after', key }
      const text = list.write(row)
      if (text !== undefined) written.push({ key: key.map(String), text })
      if (written.length === limit) return written
    }
    if (rows.length === 0 || !(isBackwards ? hasBefore : hasAfter)) return written
  }
}

/** A product without its closing brace, so that its SKUs can follow. */
function productHead(product: Product, locale: Locale): string {
  return fragment(`head/${locale}`, product, () =>
    JSON.stringify(toListedProduct(product, locale)).slice(0, -1),
  )
}

function productAlone(product: Product, locale: Locale): string {
  return `${productHead(product, locale)}}`
}

function productWithSkus(product: Product, locale: Locale): string {
  const skus = fragment(`skus/${locale}`, product, () =>
    JSON.stringify(product.skus.map((sku) => toListedSku(sku, locale))),
  )
  return `${productHead(product, locale)},"skus":${skus}}`
}

function fragment(name: string, product: Product, write: () => string): string {
  let fragments = fragmentsOfProducts.get(product)
  if (fragments === undefined) fragmentsOfProducts.set(product, (fragments = new Map()))
  let text = fragments.get(name)
  if (text === undefined) fragments.set(name, (text = write()))
  return text
}

/** As long as the snapshot that they are made of. */
const fragmentsOfProducts = new WeakMap<Product, Map<string, string>>()
