import type { Catalogue, Category, Country, Product, Sku } from '../../../core/catalogue/catalogue.ts'
import type { SubCategory } from '../wire/catalogue.ts'

/**
 * A product as this wire has it: one SKU, whose number is its id. Only a subscription stands for all of its packages together, under
 * the number of the first: which of them an account can have is told by a validation.
 */
export type Listed = {
  readonly id: number
  readonly product: Product
  readonly first: Sku
  readonly skus: readonly Sku[]
  /** At the top of the tree. */
  readonly category: Category
  readonly subCategory: SubCategory
  /** Where it can be used, as alpha-3 codes in order; none: anywhere. */
  readonly countryCodes: readonly string[]
  /** Whether somebody's account is credited, rather than goods handed out. */
  readonly needsAccount: boolean
}

/** The code that says: validate the account, and order what it answers. */
export const validationCode = 'USE_VALIDATION_PRODUCT_CODE'

/** Whether a product's own code is only told by a validation. */
export function isToValidate({ category }: Pick<Listed, 'category'>): boolean {
  return category.code === 'cable-tv'
}

export type Listing = {
  /** In the order of their ids. */
  readonly all: readonly Listed[]
  readonly byId: ReadonlyMap<number, Listed>
  /** By alpha-2 code. */
  readonly countries: ReadonlyMap<string, Country>
  /** Those at the top that have products. */
  readonly categories: readonly Category[]
}

/** The catalogue in this wire's words. */
export function toListing(catalogue: Catalogue): Listing {
  const countries = new Map(catalogue.countries.map((country) => [country.code, country]))
  const categories = new Map(catalogue.categories.map((category) => [category.id, category]))
  const all = catalogue.products
    .flatMap((product) => toListed(product, topOf(product.category, categories), countries))
    .toSorted((a, b) => a.id - b.id)
  const used = new Set(all.map(({ category }) => category.id))
  return {
    all,
    byId: new Map(all.map((listed) => [listed.id, listed])),
    countries,
    categories: catalogue.categories.filter(({ id }) => used.has(id)),
  }
}

function toListed(product: Product, category: Category, countries: ReadonlyMap<string, Country>): Listed[] {
  const shared = {
    product,
    category,
    subCategory: toSubCategory(product, category, countries),
    countryCodes: placesOf(product).flatMap((code) => countries.get(code)?.code3 ?? []),
    needsAccount: product.fields.some(({ code }) => code === 'account' || code === 'phone'),
  }
  const [first] = product.skus
  if (first !== undefined && isToValidate(shared))
    return [{ ...shared, id: Number(first.number), first, skus: product.skus }]
  return product.skus.map((sku) => ({ ...shared, id: Number(sku.number), first: sku, skus: [sku] }))
}

/** A category in the tree below the top; where there is none, a product is grouped by its brand. */
function toSubCategory(
  { category, brand, country }: Product,
  top: Category,
  countries: ReadonlyMap<string, Country>,
): SubCategory {
  if (category.id !== top.id)
    return {
      id: category.id,
      subCategory: category.names.en,
      subCategoryCode: withCapitals(category.code),
    }
  const place = country === undefined ? undefined : countries.get(country)?.names.en
  const name = brand.familyNames?.en ?? brand.names.en
  return {
    id: brand.id,
    subCategory: place === undefined ? name : `${place} - ${name}`,
    subCategoryCode: withCapitals(brand.code),
  }
}

/** "food-beverage" as "Food-Beverage". */
function withCapitals(code: string): string {
  return code.replaceAll(
    /(^|-)([a-z])/g,
    (_, hyphen: string, letter: string) => hyphen + letter.toUpperCase(),
  )
}

/** Alpha-2 codes: an eSIM says where it covers, everything else belongs to one country or to none. */
function placesOf({ attributes, country }: Product): readonly string[] {
  const { coverage } = attributes
  if (typeof coverage === 'string') return coverage.split(',').map((code) => code.trim())
  return country === undefined ? [] : [country]
}

function topOf(category: Category, categories: ReadonlyMap<number, Category>): Category {
  // The tree has no circle; should it ever have one, this ends all the same.
  for (let [at, steps] = [category, 0]; ; steps += 1) {
    const above = at.parentId === undefined ? undefined : categories.get(at.parentId)
    if (above === undefined || steps > categories.size) return at
    at = above
  }
}
