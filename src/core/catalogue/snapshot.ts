import type { PartnerId, ProductId, SkuId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'
import type {
  Brand,
  Catalogue,
  Category,
  Country,
  PartnerTerms,
  PriceRule,
  Product,
  Sku,
} from './catalogue.ts'
import { allInRateOf, convert, leastFaceOf, noTerms } from './conversion.ts'
import { createPriceBook } from './pricing.ts'
import { createRateTable } from './rates.ts'
import type { Rate } from './rates.ts'

/** What a snapshot is made of, as the database gave it in one consistent view. */
export type CatalogueParts = {
  readonly version: bigint
  /** In listing order. */
  readonly categories: readonly Category[]
  /** By alpha-2 code. */
  readonly countries: readonly Country[]
  readonly brands: readonly Brand[]
  /** Active ones in the order of their numbers. */
  readonly products: readonly ProductPart[]
  /** Active ones of active products, in the order of their numbers. */
  readonly skus: readonly Sku[]
  readonly rules: readonly PriceRule[]
  readonly rates: readonly Rate[]
  /** Of partners who have any. */
  readonly terms: readonly PartnerTerms[]
  readonly stock: StockCounts
  /** SKUs that an active supplier lists as available. */
  readonly supplied: ReadonlySet<SkuId>
}

/** A product that names its category and brand. */
export type ProductPart = Omit<Product, 'category' | 'brand' | 'skus'> & {
  readonly categoryId: number
  readonly brandId: number
}

/** Codes by SKU; `mark` is another one whenever the counts may be others. */
export type StockCounts = { readonly mark: string; readonly counts: ReadonlyMap<SkuId, number> }

/** Puts the parts together. Throws where a part names one that is missing: the view was not consistent. */
export function createCatalogue(parts: CatalogueParts): Catalogue {
  const products = joinProducts(parts)
  const productsById = new Map<ProductId, Product>(products.map((product) => [product.id, product]))
  const skusById = new Map(
    products.flatMap((product) => product.skus.map((sku) => [sku.id, { sku, product }] as const)),
  )
  const rates = createRateTable(parts.rates)
  const prices = createPriceBook(parts.rules, rates, parts.categories)
  const terms = new Map(parts.terms.map((one) => [one.partnerId, one]))
  const termsOf = (partnerId: PartnerId) => terms.get(partnerId) ?? noTerms(partnerId)
  const allInRate = (partnerId: PartnerId, from: Currency, to: Currency) => {
    const mid = rates.rate(from, to)
    return mid === undefined ? undefined : allInRateOf(mid, termsOf(partnerId), from === to)
  }
  const fixed: Omit<Catalogue, 'stock' | 'stockVersion'> = {
    version: parts.version,
    categories: parts.categories,
    countries: parts.countries,
    products,
    product: (id) => productsById.get(id),
    sku: (id) => skusById.get(id),
    isSupplied: (id) => parts.supplied.has(id),
    quote(partnerId, sku, walletCurrency, amount) {
      const product = productsById.get(sku.productId)
      return product === undefined
        ? undefined
        : prices.quote(partnerId, { sku, product, amount }, walletCurrency)
    },
    allInRate,
    convert(partnerId, sku, walletCurrency, wish = { faceValue: leastFaceOf(sku) }) {
      const rate = allInRate(partnerId, sku.currency, walletCurrency)
      const product = productsById.get(sku.productId)
      if (rate === undefined || rate <= 0n) return undefined
      const rule = product && prices.ownRule(partnerId, { sku, product }, walletCurrency)
      return convert(sku, wish, rate, walletCurrency, termsOf(partnerId), rule)
    },
  }
  return withStock(fixed, parts.stock)
}

/** The same catalogue with other stock counts; everything else is shared. A count below zero, which should not be, is none. */
export function withStock(
  catalogue: Omit<Catalogue, 'stock' | 'stockVersion'>,
  { counts }: StockCounts,
): Catalogue {
  return {
    ...catalogue,
    stockVersion: checksum(counts),
    stock: (id) => Math.max(0, counts.get(id) ?? 0),
  }
}

function joinProducts({ categories, brands, products, skus }: CatalogueParts): readonly Product[] {
  const categoriesById = new Map(categories.map((category) => [category.id, category]))
  const brandsById = new Map(brands.map((brand) => [brand.id, brand]))
  const skusOf = Map.groupBy(skus, (sku) => sku.productId)
  return products.flatMap(({ categoryId, brandId, ...product }) => {
    const own = skusOf.get(product.id)
    if (own === undefined) return []
    const category = categoriesById.get(categoryId)
    const brand = brandsById.get(brandId)
    if (category === undefined || brand === undefined)
      throw new Error(`The product ${product.code} has no category or no brand.`)
    return [{ ...product, category, brand, skus: own.toSorted(byFaceValue) }]
  })
}

function byFaceValue(a: Sku, b: Sku): number {
  const [first, second] = [faceValueOf(a), faceValueOf(b)]
  if (first !== second) return first < second ? -1 : 1
  return a.number < b.number ? -1 : 1
}

function faceValueOf({ denomination }: Sku): bigint {
  return denomination.kind === 'fixed' ? denomination.value : denomination.least
}

/** 32 bits that depend on the counts alone, in whatever order they come: processes with the same counts agree on them. */
function checksum(counts: ReadonlyMap<SkuId, number>): number {
  let sum = 0
  for (const [id, count] of counts) {
    let hash = 2166136261 // FNV-1a over the id and the bytes of the count.
    for (let place = 0; place < id.length; place += 1) hash = Math.imul(hash ^ id.charCodeAt(place), 16777619)
    for (let rest = count; rest > 0; rest = Math.floor(rest / 256))
      hash = Math.imul(hash ^ (rest % 256), 16777619)
    if (count > 0) sum = (sum + Math.imul(hash ^ (hash >>> 15), 2246822519)) >>> 0
  }
  return sum
}
