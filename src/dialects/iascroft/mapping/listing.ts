import type { Catalogue, Category, Product, Sku } from '../../../core/catalogue/catalogue.ts'
import type { Currency, Micros } from '../../../values/money.ts'

/** What can be bought under one id: a SKU, whose code is the id. */
export type Listed = { readonly product: Product; readonly sku: Sku }

/** An operator with all that can be topped up at it, in one currency. */
export type Operator = {
  /** The brand's code. */
  readonly id: string
  readonly name: string
  readonly country: string
  readonly currency: Currency
  readonly logo: string
  readonly skus: readonly Listed[]
}

/** The catalogue as this wire cuts it: by what is handed out. */
export type Listing = {
  readonly giftCards: readonly Listed[]
  readonly digital: readonly Listed[]
  readonly operators: readonly Operator[]
  readonly giftCardsById: ReadonlyMap<string, Listed>
  readonly digitalById: ReadonlyMap<string, Listed>
  readonly operatorsById: ReadonlyMap<string, Operator>
}

/** The catalogue in this wire's words, made once for as long as its products stay the same. */
export function listingOf(catalogue: Catalogue): Listing {
  let listing = listings.get(catalogue.products)
  if (listing === undefined) {
    listing = toListing(catalogue)
    listings.set(catalogue.products, listing)
  }
  return listing
}

const listings = new WeakMap<readonly Product[], Listing>()

function toListing(catalogue: Catalogue): Listing {
  const categories = new Map(catalogue.categories.map((category) => [category.id, category]))
  const byTop = Map.groupBy(catalogue.products, ({ category }) => topOf(category, categories).code)
  const listedOf = (code: string): Listed[] =>
    (byTop.get(code) ?? []).flatMap((product) => product.skus.map((sku) => ({ product, sku })))
  const [giftCards, digital] = [listedOf('giftcard'), listedOf('licence')]
  const operators = toOperators(listedOf('airtime'))
  const byId = (rows: readonly Listed[]) => new Map(rows.map((listed) => [listed.sku.code, listed]))
  return {
    giftCards,
    digital,
    operators,
    giftCardsById: byId(giftCards),
    digitalById: byId(digital),
    operatorsById: new Map(operators.map((operator) => [operator.id, operator])),
  }
}

/** Airtime of a brand in a country; what is sold everywhere, or in another currency than the first, is none that a number leads to. */
function toOperators(airtime: readonly Listed[]): Operator[] {
  return [...Map.groupBy(airtime, ({ product }) => product.brand.code)].flatMap(([id, all]) => {
    const [first] = all
    const { country, brand } = first?.product ?? {}
    if (first === undefined || brand === undefined || country === undefined) return []
    const { currency } = first.sku
    const skus = all.filter(({ product, sku }) => sku.currency === currency && product.country === country)
    return [
      {
        id,
        name: brand.names.en,
        country,
        currency,
        logo: brand.image,
        skus,
      },
    ]
  })
}

/** The SKUs of these that are sold for an amount: a fixed one that is met exactly, then ranges that hold it. */
export function skusFor(skus: readonly Listed[], amount: Micros): Listed[] {
  return [
    ...skus.filter(
      ({ sku: { denomination } }) => denomination.kind === 'fixed' && denomination.value === amount,
    ),
    ...skus.filter(
      ({ sku: { denomination } }) =>
        denomination.kind === 'range' && amount >= denomination.least && amount <= denomination.most,
    ),
  ]
}

/** Whether there is something of it to sell, as far as this process knows: the order decides. */
export function isThere({ sku }: Listed, catalogue: Catalogue): boolean {
  return catalogue.stock(sku.id) > 0 || catalogue.isSupplied(sku.id)
}

/** Whether a product is used in a country: there, or anywhere. */
export function isUsedIn({ product }: Listed, country: string | undefined): boolean {
  return country === undefined || product.country === undefined || product.country === country
}

/** Whether a product stands in a category of this code, or below it. */
export function isIn(catalogue: Catalogue, { product }: Listed, code: string | undefined): boolean {
  if (code === undefined) return true
  let at: Category | undefined = product.category
  // The tree has no circle; should it ever have one, this ends all the same.
  for (let steps = 0; at !== undefined && steps <= catalogue.categories.length; steps += 1) {
    if (at.code === code) return true
    const { parentId }: Category = at
    at = parentId === undefined ? undefined : catalogue.categories.find(({ id }) => id === parentId)
  }
  return false
}

function topOf(category: Category, categories: ReadonlyMap<number, Category>): Category {
  for (let [at, steps] = [category, 0]; ; steps += 1) {
    const above = at.parentId === undefined ? undefined : categories.get(at.parentId)
    if (above === undefined || steps > categories.size) return at
    at = above
  }
}
