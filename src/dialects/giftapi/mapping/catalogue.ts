import type {
  Category as CoreCategory,
  Product,
  ProductField,
  Quote,
  Sku,
} from '../../../core/catalogue/catalogue.ts'
import { printDecimal } from '../../../values/decimal.ts'
import { exactNumber } from '../../../values/json.ts'
import type { RawNumber } from '../../../values/json.ts'
import { translate } from '../../../values/locale.ts'
import type { Locale } from '../../../values/locale.ts'
import { percentScale, rateScale } from '../../../values/money.ts'
import type { Category, Field, ListedProduct, ListedSku, PricedSku, PriceRow } from '../wire/catalogue.ts'
import { toAmount } from './envelope.ts'

/** Counts beyond this are told as this. */
const stockMost = 9999

export function toListedProduct(product: Product, locale: Locale): Omit<ListedProduct, 'skus'> {
  return {
    id: product.id,
    name: translate(product.names, locale),
    type: product.type,
    denomination_type: isCustom(product) ? 'custom' : 'fixed',
    category: { id: product.category.id, name: translate(product.category.names, locale) },
    description: translate(product.descriptions, locale),
    image: product.image,
    attributes: product.attributes,
    fields: listFields(product),
  }
}

export function toListedSku(sku: Sku, locale: Locale): ListedSku {
  return { id: sku.id, name: translate(sku.names, locale), image: sku.image, attributes: sku.attributes }
}

/** A SKU with what this partner pays. A custom denomination has the figures of its price instead of a price, and its limits. */
export function toPricedSku(sku: Sku, quote: Quote, stock: number, locale: Locale): PricedSku {
  const { denomination } = sku
  const limits =
    denomination.kind === 'range'
      ? { min_amount: toAmount(denomination.least), max_amount: toAmount(denomination.most) }
      : {}
  return {
    id: sku.id,
    name: translate(sku.names, locale),
    ...toPrice(sku, quote),
    stock: Math.min(stock, stockMost),
    max_per_order: sku.maxPerOrder,
    image: sku.image,
    attributes: sku.attributes,
    ...toMarkup(sku, quote),
    ...limits,
  }
}

export function toPriceRow(sku: Sku, quote: Quote, stock: number): PriceRow {
  return {
    sku_id: sku.id,
    denomination_type: sku.denomination.kind === 'range' ? 'custom' : 'fixed',
    ...toPrice(sku, quote),
    stock: Math.min(stock, stockMost),
    max_per_order: sku.maxPerOrder,
    ...toMarkup(sku, quote),
  }
}

export function toCategory(
  category: CoreCategory,
  locale: Locale,
  target: 'product' | 'sku' | undefined,
): Category {
  return {
    id: category.id,
    name: translate(category.names, locale),
    parent_id: category.parentId ?? null,
    attributes: category.attributes
      .filter((attribute) => target === undefined || attribute.target === target)
      .map(({ code, names, type, target: carrier }) => ({
        code,
        name: translate(names, locale),
        type,
        target: carrier,
      })),
  }
}

/** What an order's `item.fields` must hold: the product's own fields and, where the buyer names the amount, that. */
function listFields(product: Product): Field[] {
  const own = product.fields.map(toField)
  const ranges = product.skus.flatMap(({ denomination }) =>
    denomination.kind === 'range' ? [denomination] : [],
  )
  if (ranges.length === 0 || own.some(({ code }) => code === 'amount')) return own
  const least = ranges.map((range) => range.least).reduce((a, b) => (b < a ? b : a))
  const most = ranges.map((range) => range.most).reduce((a, b) => (b > a ? b : a))
  return [
    ...own,
    {
      code: 'amount',
      name: 'Amount',
      type: 'number',
      required: true,
      min: toAmount(least),
      max: toAmount(most),
      pattern: null,
    },
  ]
}

function toField(field: ProductField): Field {
  return {
    code: field.code,
    name: field.name,
    type: field.type,
    required: field.required,
    min: field.min === undefined ? null : exactNumber(String(field.min)),
    max: field.max === undefined ? null : exactNumber(String(field.max)),
    pattern: field.pattern ?? null,
    ...(field.options === undefined ? {} : { options: [...field.options] }),
  }
}

function isCustom(product: Product): boolean {
  return product.skus.some(({ denomination }) => denomination.kind === 'range')
}

function toPrice(sku: Sku, quote: Quote): { price?: RawNumber; currency: string } {
  if (sku.denomination.kind === 'range') return { currency: sku.currency }
  return { price: toAmount(quote.unitPrice), currency: quote.currency }
}

function toMarkup(sku: Sku, quote: Quote): Pick<PriceRow, 'markup_percent' | 'markup_fixed' | 'rate'> {
  if (sku.denomination.kind === 'fixed') return {}
  return {
    markup_percent: exactNumber(printDecimal(quote.markupPercent, percentScale)),
    markup_fixed: toAmount(quote.markupFixed),
    rate: exactNumber(printDecimal(quote.rate, rateScale)),
  }
}
