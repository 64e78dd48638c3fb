import type { Conversion, Sku } from '../../../core/catalogue/catalogue.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import { printDecimal } from '../../../values/decimal.ts'
import { rateScale } from '../../../values/money.ts'
import type { ProductRow } from '../wire/catalogue.ts'
import { toCurrencyId } from './currencies.ts'
import { toAmount, toRate } from './envelope.ts'
import { isToValidate, validationCode } from './listing.ts'
import type { Listed } from './listing.ts'

/** A product priced for a wallet. */
export function toProductRow(
  listed: Listed,
  price: Conversion,
  wallet: Pick<PayingWallet, 'code'>,
): ProductRow {
  const { product, first, category, subCategory } = listed
  const { brand } = product
  const face = toAmount(price.faceValue)
  const image = first.image || product.image || brand.image
  return {
    productId: listed.id,
    productCode: codeOf(listed),
    providerId: brand.id,
    name: nameOf(listed),
    targetValue: toAmount(price.targetValue),
    targetCurrencyId: toCurrencyId(price.currency),
    targetCurrencyCode: price.currency,
    originalValue: face,
    originalCurrencyId: toCurrencyId(price.faceCurrency),
    originalCurrencyCode: price.faceCurrency,
    value: face,
    valueCurrencyId: toCurrencyId(price.faceCurrency),
    valueCurrencyCode: price.faceCurrency,
    productCost: toAmount(price.cost),
    productCostCurrencyCode: price.currency,
    productCostCurrencyId: toCurrencyId(price.currency),
    walletId: wallet.code,
    status: 1,
    category: category.names.en,
    categoryCode: category.code,
    subCategory: subCategory.subCategory,
    subCategoryCode: subCategory.subCategoryCode,
    serviceCode: serviceCodeOf(listed),
    brandFamily: brand.familyNames?.en ?? brand.names.en,
    brandCode: brand.code,
    brandLogoUrl: image === '' ? '#' : image,
    providerName: brand.names.en,
    description: product.descriptions.en,
    productMoreInfoUrl: '#',
    expirationDate: '',
    validity: validityOf(first),
    fxRate: { rate: toRate(price.rate), currencyCode: price.currency },
    denominations: listed.skus.map(toDenomination),
    sysComment:
      price.faceCurrency === price.currency
        ? ''
        : `Cost converted from ${price.faceCurrency} to ${price.currency}`,
    redeemableCountryCodes: [...listed.countryCodes],
  }
}

export function codeOf(listed: Listed): string {
  return isToValidate(listed) ? validationCode : listed.first.code
}

/** A subscription is named as a whole, everything else by what is bought. */
function nameOf(listed: Listed): string {
  return isToValidate(listed) ? listed.product.names.en : listed.first.names.en
}

/** How an order's comment tells of its rate. */
export function toRateComment(price: Pick<Conversion, 'faceCurrency' | 'currency' | 'rate'>): string {
  if (price.faceCurrency === price.currency) return ''
  const rate = printDecimal(price.rate, rateScale)
  return `Cost converted from base(${price.faceCurrency}) to ${price.currency} at a rate of ${rate}`
}

/** What a biller or an operator does; of goods the brand. */
export function serviceCodeOf({ product, category }: Listed): string {
  return services.get(product.category.code) ?? services.get(category.code) ?? product.brand.code
}

const services: ReadonlyMap<string, string> = new Map([
  ['airtime', 'AIRTIME'],
  ['data-bundle', 'DATA'],
  ['electricity', 'ELECT'],
  ['water', 'WATER'],
  ['internet', 'INTERNET'],
  ['utility', 'UTILITY'],
  ['cable-tv', 'TV'],
])

function validityOf({ attributes }: Sku): string {
  const days = attributes['validity_days']
  return typeof days === 'number' ? `${days} ${days === 1 ? 'day' : 'days'}` : ''
}

function toDenomination({ denomination, currency }: Sku): ProductRow['denominations'][number] {
  const [least, most] =
    denomination.kind === 'fixed'
      ? [denomination.value, denomination.value]
      : [denomination.least, denomination.most]
  return {
    type: denomination.kind,
    minValue: toAmount(least),
    maxValue: toAmount(most),
    currencyCode: currency,
  }
}
