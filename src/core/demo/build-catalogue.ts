import { listCountries, listCurrencies } from '../../platform/countries.ts'
import type {
  BrandInput,
  CatalogueInput,
  CategoryInput,
  FamilyInput,
  ProductInput,
  SkuInput,
} from '../catalogue/input.ts'
import { categories } from './data/categories.ts'
import { listAirtime, listDataBundles } from './list-airtime.ts'
import { listTelevision, listUtilities } from './list-bills.ts'
import { listEsims } from './list-esims.ts'
import { listGiftCards } from './list-gift-cards.ts'
import { listLicences } from './list-licences.ts'
import { listSandboxOutcomes } from './list-sandbox-outcomes.ts'
import type { DemoBrand, DemoProduct } from './product.ts'

/** The demo world's catalogue, put together from its tables: the same on each call and on each machine. */
export function buildCatalogue(): CatalogueInput {
  const products = listProducts()
  const brands = [...new Map(products.map(({ brand }) => [brand.code, brand])).values()]
  return {
    currencies: listCurrencies(),
    countries: listCountries(),
    categories: flattenCategories(),
    families: nameFamilies(brands),
    brands: brands.map(toBrandInput),
    products: products.map(toProductInput),
    skus: products.flatMap(toSkuInputs),
  }
}

/** In the order in which they are listed. */
function listProducts(): DemoProduct[] {
  return [
    ...listGiftCards(),
    ...listAirtime(),
    ...listDataBundles(),
    ...listEsims(),
    ...listUtilities(),
    ...listTelevision(),
    ...listLicences(),
    ...listSandboxOutcomes(),
  ]
}

function flattenCategories(): CategoryInput[] {
  return categories.flatMap(({ children, ...top }, place) => [
    { ...top, sort: place },
    ...children.map((child, within) => ({
      ...child,
      parent: top.code,
      attributes: top.attributes,
      sort: within,
    })),
  ])
}

/** Countries spell an operator's name in their own way (Airtel, AirTel): the family bears the commonest. */
function nameFamilies(brands: readonly DemoBrand[]): FamilyInput[] {
  const byFamily = Map.groupBy(brands, ({ family }) => family.code)
  return [...byFamily].map(([code, members]) => {
    const spellings = [...Map.groupBy(members, ({ family }) => family.name)].sort(
      ([, a], [, b]) => b.length - a.length,
    )
    return { code, names: { en: spellings[0]?.[0] ?? code } }
  })
}

function toBrandInput({ code, name, family, redeemUrl }: DemoBrand): BrandInput {
  return { code, family: family.code, names: { en: name }, redeemUrl }
}

function toProductInput({ skus: _skus, brand, ...product }: DemoProduct): ProductInput {
  return { ...product, brand: brand.code }
}

function toSkuInputs(product: DemoProduct): SkuInput[] {
  return product.skus.map((sku) => ({ ...sku, product: product.code }))
}
