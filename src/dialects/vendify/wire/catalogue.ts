import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal } from './envelope.ts'

export const CategoryRow = Type.Object({
  id: Type.Integer(),
  category: Type.String({ examples: ['Gift cards'] }),
  categoryCode: Type.String({ examples: ['giftcard'] }),
  description: Type.String(),
})
export type CategoryRow = Static<typeof CategoryRow>

export const SubCategory = Type.Object({
  id: Type.Integer(),
  subCategory: Type.String({ examples: ['Food & Beverage'] }),
  subCategoryCode: Type.String({ examples: ['Food-Beverage'] }),
})
export type SubCategory = Static<typeof SubCategory>

const FxRate = Type.Object({
  rate: exactDecimal(
    'Units of the wallet’s currency for one of the product’s; the same as allInRate.',
    2313.3,
  ),
  currencyCode: Type.String({ examples: ['NGN'] }),
})

const Denomination = Type.Object({
  type: Type.Union([Type.Literal('fixed'), Type.Literal('range')]),
  minValue: exactDecimal('In the product’s currency.', 2),
  maxValue: exactDecimal('The same as minValue of a fixed one.', 1000),
  currencyCode: Type.String({ examples: ['GBP'] }),
})

export const ProductRow = Type.Object({
  productId: Type.Integer({ examples: [4299] }),
  productCode: Type.String({ description: 'USE_VALIDATION_PRODUCT_CODE: validate the account first.' }),
  providerId: Type.Integer(),
  name: Type.String(),
  targetValue: exactDecimal('originalValue in the wallet’s currency.', 2313.3),
  targetCurrencyId: Type.Integer(),
  targetCurrencyCode: Type.String(),
  originalValue: exactDecimal('The face value in the product’s currency.', 1),
  originalCurrencyId: Type.Integer(),
  originalCurrencyCode: Type.String(),
  value: exactDecimal('The same as originalValue.', 1),
  valueCurrencyId: Type.Integer(),
  valueCurrencyCode: Type.String(),
  productCost: exactDecimal('What the wallet pays.', 2197.635),
  productCostCurrencyCode: Type.String(),
  productCostCurrencyId: Type.Integer(),
  walletId: Type.String({ examples: ['NGN-1'] }),
  status: Type.Literal(1),
  category: Type.String(),
  categoryCode: Type.String(),
  subCategory: Type.String(),
  subCategoryCode: Type.String(),
  serviceCode: Type.String(),
  brandFamily: Type.String(),
  brandCode: Type.String(),
  brandLogoUrl: Type.String(),
  providerName: Type.String(),
  description: Type.String(),
  productMoreInfoUrl: Type.String(),
  expirationDate: Type.String(),
  validity: Type.String(),
  fxRate: FxRate,
  denominations: Type.Array(Denomination),
  sysComment: Type.String(),
  redeemableCountryCodes: Type.Array(Type.String({ examples: ['GBR'] })),
})
export type ProductRow = Static<typeof ProductRow>

export const BrandRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  brandCode: Type.String(),
  description: Type.String(),
  countryCode: Type.String({ description: 'Empty for a brand of several countries or of none.' }),
  country: Type.String(),
  logoUrl: Type.String(),
})
export type BrandRow = Static<typeof BrandRow>

export const FamilyRow = Type.Object({
  brandFamilyCode: Type.String(),
  brandFamily: Type.String(),
  productCount: Type.Integer(),
  countryCount: Type.Integer(),
  availableInCountries: Type.String({ examples: ['GBR, USA'] }),
})
export type FamilyRow = Static<typeof FamilyRow>

export const CountryRow = Type.Object({
  id: Type.Integer(),
  country: Type.String(),
  countryCode: Type.String({ examples: ['GBR'] }),
  isoCode2: Type.String({ examples: ['GB'] }),
  currencyCode: Type.String(),
  currencyId: Type.Integer(),
  dialCode: Type.String({ examples: ['44'] }),
})
export type CountryRow = Static<typeof CountryRow>

export const RateRow = Type.Object({
  productCurrency: Type.String({ examples: ['GBP'] }),
  productValue: Type.Literal(1),
  transactingCurrency: Type.String({ examples: ['NGN'] }),
  allInRate: exactDecimal('Ten fraction digits, the account’s margin included.', 2313.3),
})
export type RateRow = Static<typeof RateRow>

export const ProviderRow = Type.Object({
  providerCode: Type.String(),
  name: Type.String(),
  url: Type.String(),
  description: Type.String(),
  email: Type.String(),
  telephone: Type.String(),
  requestStatus: Type.Literal(1),
})
export type ProviderRow = Static<typeof ProviderRow>

const filters = (example: string) =>
  Type.Optional(Type.String({ maxLength: 4_096, description: 'A JSON object.', examples: [example] }))

export const ProductsQuery = Type.Object({
  filters: filters('{"countryCode":"USA,GBR","subCategoryCode":"Food-Beverage"}'),
  page: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'With pageSize; from 1.' }),
  ),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Absent: everything.' })),
})
export type ProductsQuery = Static<typeof ProductsQuery>

export const FiltersQuery = Type.Object({
  filters: filters('{"countryCode":"USA","categoryCode":"giftcard"}'),
})
export type FiltersQuery = Static<typeof FiltersQuery>

const amount = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))

export const ProductQuery = Type.Object({
  requestTargetValue: amount('Priced for this value in the wallet’s currency.'),
  requestFaceValue: amount('Priced for this face value.'),
})
export type ProductQuery = Static<typeof ProductQuery>

export const CategoryPath = Type.Object({ categoryCode: Type.String({ examples: ['giftcard'] }) })
export const ProductPath = Type.Object({ productId: Type.String({ examples: ['8746'] }) })
