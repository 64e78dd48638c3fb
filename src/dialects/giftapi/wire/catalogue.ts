import { Type } from 'typebox'
import type { Static } from 'typebox'
import {
  cursorQuery,
  exactDecimal,
  localeQuery,
  nullable,
  oneOf,
  perPageQuery,
  success,
  successPage,
} from './envelope.ts'

const productTypeWords = [
  'voucher',
  'recharge_fixed',
  'recharge',
  'voucher_open_range',
  'esim',
  'other',
] as const

const denominationType = oneOf(['fixed', 'custom'], '`custom`: the buyer names the amount within limits.')
const attributes = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
  description: 'Values by attribute code; `/catalog/categories` names the attributes.',
  examples: [{ denomination: '2', denomination_currency: 'USD' }],
})
const stock = Type.Integer({
  minimum: 0,
  maximum: 9999,
  description: 'How many can be sold; 9999 stands for that many or more.',
  examples: [100],
})
const maxPerOrder = Type.Integer({ description: 'The largest `item.fields.quantity`.', examples: [10] })

export const Field = Type.Object({
  code: Type.String({ description: 'The key in `item.fields`.', examples: ['phone'] }),
  name: Type.String({ examples: ['Phone number'] }),
  type: oneOf(['text', 'number', 'phone', 'email', 'select'], 'What kind of value it is.'),
  required: Type.Boolean(),
  min: nullable(exactDecimal('The least number, or the least length of a text.', 5)),
  max: nullable(exactDecimal('The largest number, or the largest length of a text.', 500)),
  pattern: nullable(Type.String({ description: 'A regular expression that the whole text must match.' })),
  options: Type.Optional(
    Type.Array(Type.String(), { description: 'Only of a `select`: the values that can be chosen.' }),
  ),
})
export type Field = Static<typeof Field>

export const ListedSku = Type.Object({
  id: Type.String({ format: 'uuid', examples: ['019bc0dd-8434-7246-a0fa-a8a29b88eeee'] }),
  name: Type.String({ examples: ['$2 Apple Gift Card'] }),
  image: Type.String(),
  attributes,
})
export type ListedSku = Static<typeof ListedSku>

const productHead = {
  id: Type.String({ format: 'uuid', examples: ['019bc0dd-8423-739c-a557-5387d900152b'] }),
  name: Type.String({ examples: ['Apple gift card | USA'] }),
  type: oneOf(productTypeWords, 'What kind of product it is.'),
  denomination_type: denominationType,
  category: Type.Object({
    id: Type.Integer({ examples: [18] }),
    name: Type.String({ examples: ['Gift cards'] }),
  }),
  description: Type.String({ description: 'HTML.' }),
  image: Type.String(),
  attributes,
  fields: Type.Array(Field, { description: 'What `item.fields` of an order must hold beside the quantity.' }),
}

export const ListedProduct = Type.Object({
  ...productHead,
  skus: Type.Optional(Type.Array(ListedSku, { description: 'Only with include_skus=true.' })),
})
export type ListedProduct = Static<typeof ListedProduct>

const markup = {
  markup_percent: exactDecimal('Of a custom denomination: percent on top; negative is a discount.', -2),
  markup_fixed: exactDecimal("Of a custom denomination: added to each price, in the partner's currency.", 0),
  rate: exactDecimal(
    "Of a custom denomination: units of the partner's currency for one of the SKU's.",
    0.272,
  ),
}

export const PricedSku = Type.Object({
  id: Type.String({ format: 'uuid', examples: ['019bc0dd-8434-7246-a0fa-a8a29b88eeee'] }),
  name: Type.String({ examples: ['$2 Apple Gift Card'] }),
  price: Type.Optional(exactDecimal('Of a fixed denomination: what one costs.', 2.2)),
  currency: Type.String({
    description: "Of the price; of a custom denomination, the SKU's.",
    examples: ['USD'],
  }),
  stock,
  max_per_order: maxPerOrder,
  image: Type.String(),
  attributes,
  markup_percent: Type.Optional(markup.markup_percent),
  markup_fixed: Type.Optional(markup.markup_fixed),
  rate: Type.Optional(markup.rate),
  min_amount: Type.Optional(
    exactDecimal("Of a custom denomination: the least amount, in the SKU's currency.", 5),
  ),
  max_amount: Type.Optional(
    exactDecimal("Of a custom denomination: the largest amount, in the SKU's currency.", 500),
  ),
})
export type PricedSku = Static<typeof PricedSku>

const PricedProduct = Type.Object({ ...productHead, skus: Type.Array(PricedSku) })

export const PriceRow = Type.Object({
  sku_id: Type.String({ format: 'uuid', examples: ['019bc0dd-8434-7246-a0fa-a8a29b88eeee'] }),
  denomination_type: denominationType,
  price: Type.Optional(
    exactDecimal("Of a fixed denomination: what one costs in the partner's currency.", 2.2),
  ),
  currency: Type.String({
    description: "Of the price; of a custom denomination, the SKU's.",
    examples: ['USD'],
  }),
  stock,
  max_per_order: maxPerOrder,
  markup_percent: Type.Optional(markup.markup_percent),
  markup_fixed: Type.Optional(markup.markup_fixed),
  rate: Type.Optional(markup.rate),
})
export type PriceRow = Static<typeof PriceRow>

export const Category = Type.Object({
  id: Type.Integer({ examples: [18] }),
  name: Type.String({ examples: ['Gift cards'] }),
  parent_id: nullable(Type.Integer()),
  attributes: Type.Array(
    Type.Object({
      code: Type.String({ examples: ['denomination'] }),
      name: Type.String({ examples: ['Denomination'] }),
      type: oneOf(['text', 'number', 'boolean', 'select'], 'What kind of values it has.'),
      target: oneOf(['product', 'sku'], 'What carries it.'),
    }),
  ),
})
export type Category = Static<typeof Category>

export const ProductsReply = successPage(ListedProduct)
export const ProductReply = success(PricedProduct)
export const PricelistReply = successPage(PriceRow)
export const CategoriesReply = success(Type.Array(Category))

const categoryQuery = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 2_147_483_647,
    description: 'Filter by category; those below it are included.',
  }),
)

export const ProductsQuery = Type.Object({
  locale: localeQuery,
  cursor: cursorQuery,
  per_page: perPageQuery(200, 100),
  category_id: categoryQuery,
  type: Type.Optional(oneOf(productTypeWords, 'Filter by product type.')),
  include_skus: Type.Optional(
    Type.Boolean({ default: false, description: 'Include the SKUs, without prices.' }),
  ),
})
export type ProductsQuery = Static<typeof ProductsQuery>

export const ProductQuery = Type.Object({ locale: localeQuery })

export const PricelistQuery = Type.Object({
  locale: localeQuery,
  cursor: cursorQuery,
  per_page: perPageQuery(200, 100),
  category_id: categoryQuery,
  type: Type.Optional(oneOf(['voucher', 'recharge_fixed', 'esim'], 'Filter by product type.')),
})
export type PricelistQuery = Static<typeof PricelistQuery>

export const CategoriesQuery = Type.Object({
  locale: localeQuery,
  target: Type.Optional(oneOf(['product', 'sku'], 'Only attributes of this target.')),
})
export type CategoriesQuery = Static<typeof CategoriesQuery>

export const ProductPath = Type.Object({
  uuid: Type.String({ description: 'Product UUID.', examples: ['019bc0dd-8423-739c-a557-5387d900152b'] }),
})
