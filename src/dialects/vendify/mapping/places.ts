import type { Brand, Catalogue, Category, Country } from '../../../core/catalogue/catalogue.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { Currency } from '../../../values/money.ts'
import type { BrandRow, CategoryRow, CountryRow, FamilyRow, ProviderRow, RateRow } from '../wire/catalogue.ts'
import { numberOf, toCurrencyId } from './currencies.ts'
import { toRate } from './envelope.ts'
import type { Listed, Listing } from './listing.ts'

export function toCategoryRow({ id, code, names }: Category): CategoryRow {
  return { id, category: names.en, categoryCode: code, description: names.en }
}

/** The number of a country follows from its alpha-2 code, from 1 on. */
export function toCountryRow({ code, code3, names, currency, dialCode }: Country): CountryRow {
  return {
    id: numberOf(code) + 1,
    country: names.en,
    countryCode: code3,
    isoCode2: code,
    currencyCode: currency ?? '',
    currencyId: currency === undefined ? 0 : toCurrencyId(currency),
    dialCode,
  }
}

/** The brands of these products, by name. */
export function toBrandRows(listed: readonly Listed[], { countries }: Listing): BrandRow[] {
  const byBrand = Map.groupBy(listed, ({ product }) => product.brand.id)
  return [...byBrand.values()]
    .flatMap(([first, ...rest]) => {
      if (first === undefined) return []
      const { brand, country } = first.product
      const isOfOne = rest.every(({ product }) => product.country === country)
      return [toBrandRow(brand, isOfOne && country !== undefined ? countries.get(country) : undefined)]
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function toBrandRow({ id, code, names, image }: Brand, country: Country | undefined): BrandRow {
  return {
    id,
    name: names.en,
    brandCode: code,
    description: names.en,
    countryCode: country?.code3 ?? '',
    country: country?.names.en ?? '',
    logoUrl: image === '' ? '#' : image,
  }
}

/** The families of these products' brands, by name; a brand without one is its own. */
export function toFamilyRows(listed: readonly Listed[]): FamilyRow[] {
  const byFamily = Map.groupBy(listed, ({ product: { brand } }) => brand.familyCode ?? brand.code)
  return [...byFamily]
    .map(([code, members]) => {
      const countries = [...new Set(members.flatMap(({ countryCodes }) => countryCodes))].toSorted()
      const brand = members[0]?.product.brand
      return {
        brandFamilyCode: code,
        brandFamily: brand?.familyNames?.en ?? brand?.names.en ?? code,
        productCount: members.length,
        countryCount: countries.length,
        availableInCountries: countries.join(', '),
      }
    })
    .toSorted((a, b) => (a.brandFamily < b.brandFamily ? -1 : 1))
}

/** Who provides these products: their brands. */
export function toProviderRows(brands: readonly BrandRow[]): ProviderRow[] {
  return brands.map(({ name, brandCode, country }) => ({
    providerCode: brandCode,
    name,
    url: '#',
    description: country === '' ? name : `${name}, ${country}`,
    email: '',
    telephone: '',
    requestStatus: 1,
  }))
}

/** What each currency of a product comes to in a wallet's, where a rate leads there. */
export function toRateRows(
  catalogue: Catalogue,
  listed: readonly Listed[],
  partnerId: PartnerId,
  currency: Currency,
): RateRow[] {
  const currencies = [...new Set(listed.flatMap(({ skus }) => skus.map((sku) => sku.currency)))].toSorted()
  return currencies.flatMap((productCurrency) => {
    const rate = catalogue.allInRate(partnerId, productCurrency, currency)
    if (rate === undefined) return []
    return [
      {
        productCurrency,
        productValue: 1 as const,
        transactingCurrency: currency,
        allInRate: toRate(rate),
      },
    ]
  })
}
