import type { Catalogue, Category, Product, ProductType, Sku } from './catalogue.ts'

/** Which products are wanted; what is left out does not restrict. */
export type ListingFilters = {
  /** With the categories below it. */
  readonly categoryId?: number | undefined
  readonly type?: ProductType | undefined
  /** Any of them. */
  readonly brandCodes?: readonly string[] | undefined
  /** ISO 3166 alpha-2: what is sold there, so what is sold everywhere too. */
  readonly country?: string | undefined
}

/** Where a page begins: beyond the row with this key. The row itself need not exist any more. */
export type ListingPosition = { readonly direction: 'after' | 'before'; readonly key: readonly bigint[] }

/** Some rows in listing order, and whether there are others on either side of them. */
export type Slice<Row> = {
  readonly rows: readonly Row[]
  readonly hasBefore: boolean
  readonly hasAfter: boolean
}

export type SkuRow = { readonly product: Product; readonly sku: Sku }

/**
 * Products in the order of their numbers. A key is [product number].
 *
 * @param limit rows at the most, 1 or more
 */
export function listProducts(
  catalogue: Catalogue,
  filters: ListingFilters,
  position: ListingPosition | undefined,
  limit: number,
): Slice<Product> {
  return slice(listOf(catalogue, filters).products, keyOfProduct, position, limit)
}

/**
 * SKUs in the order of their products' numbers, and within a product of their own. A key is [product number, SKU number].
 *
 * @param limit rows at the most, 1 or more
 */
export function listSkus(
  catalogue: Catalogue,
  filters: ListingFilters,
  position: ListingPosition | undefined,
  limit: number,
): Slice<SkuRow> {
  const list = listOf(catalogue, filters)
  return slice((list.skus ??= list.products.flatMap(toSkuRows)), keyOfSku, position, limit)
}

export function keyOfProduct(product: Product): readonly bigint[] {
  return [product.number]
}

export function keyOfSku({ product, sku }: SkuRow): readonly bigint[] {
  return [product.number, sku.number]
}

/** The whole list of some filters: pages are cut out of it. */
type List = { readonly products: readonly Product[]; skus: readonly SkuRow[] | undefined }

/** Lists by filters, kept as long as the products of their snapshot; they outlive a mere change of stock counts. */
const listsOfSnapshots = new WeakMap<readonly Product[], Map<string, List>>()

/** Callers choose the filters, so the lists that are kept need a limit. */
const listsMost = 256

function listOf(catalogue: Catalogue, filters: ListingFilters): List {
  const lists = listsOfSnapshots.get(catalogue.products) ?? new Map<string, List>()
  listsOfSnapshots.set(catalogue.products, lists)
  const key = keyOfFilters(filters)
  const list = lists.get(key) ?? { products: filterProducts(catalogue, filters), skus: undefined }
  lists.delete(key)
  lists.set(key, list)
  // A map is in the order of insertion, so its first key is the one that was not asked for the longest.
  const [oldest] = lists.keys()
  if (lists.size > listsMost && oldest !== undefined) lists.delete(oldest)
  return list
}

function keyOfFilters({ categoryId, type, brandCodes, country }: ListingFilters): string {
  const brands = brandCodes === undefined ? undefined : [...new Set(brandCodes)].toSorted()
  return JSON.stringify([categoryId ?? null, type ?? null, brands ?? null, country ?? null])
}

function filterProducts({ products, categories }: Catalogue, filters: ListingFilters): readonly Product[] {
  const wantedCategories =
    filters.categoryId === undefined ? undefined : withDescendants(filters.categoryId, categories)
  const wantedBrands = filters.brandCodes === undefined ? undefined : new Set(filters.brandCodes)
  return products.filter(
    (product) =>
      (wantedCategories === undefined || wantedCategories.has(product.category.id)) &&
      (filters.type === undefined || product.type === filters.type) &&
      (wantedBrands === undefined || wantedBrands.has(product.brand.code)) &&
      (filters.country === undefined || product.country === undefined || product.country === filters.country),
  )
}

function withDescendants(categoryId: number, categories: readonly Category[]): ReadonlySet<number> {
  const childrenOf = Map.groupBy(categories, (category) => category.parentId)
  const found = new Set([categoryId])
  // What is added to a set while it is walked is walked too, and nothing twice.
  for (const id of found) childrenOf.get(id)?.forEach((child) => found.add(child.id))
  return found
}

function toSkuRows(product: Product): SkuRow[] {
  return product.skus.toSorted((a, b) => (a.number < b.number ? -1 : 1)).map((sku) => ({ product, sku }))
}

function slice<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly bigint[],
  position: ListingPosition | undefined,
  limit: number,
): Slice<Row> {
  const backwards = position?.direction === 'before'
  const edge = position === undefined ? 0 : countBefore(rows, keyOf, position)
  const start = backwards ? Math.max(0, edge - limit) : edge
  const end = backwards ? edge : Math.min(rows.length, edge + limit)
  return { rows: rows.slice(start, end), hasBefore: start > 0, hasAfter: end < rows.length }
}

/** How many rows lie before the position, by bisection: a deep page costs what the first one costs. */
function countBefore<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly bigint[],
  { direction, key }: ListingPosition,
): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    const order = row === undefined ? 1 : compareKeys(keyOf(row), key)
    if (order < 0 || (order === 0 && direction === 'after')) low = middle + 1
    else high = middle
  }
  return low
}

function compareKeys(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? 0n
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
