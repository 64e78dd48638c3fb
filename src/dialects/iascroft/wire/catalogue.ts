import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal, nullable, pageQuery } from './envelope.ts'

const denominationType = Type.Union([Type.Literal('fixed'), Type.Literal('range')])

export const CurrencyRow = Type.Object({
  code: Type.String({ examples: ['USD'] }),
  name: Type.String({ examples: ['US Dollar'] }),
  decimals: Type.Integer({ examples: [2] }),
})
export type CurrencyRow = Static<typeof CurrencyRow>

export const GiftCardRow = Type.Object({
  id: Type.String({ examples: ['GC-AMZN-US-50'] }),
  name: Type.String(),
  brand: Type.String(),
  country: nullable(Type.String({ description: 'Null: usable anywhere.', examples: ['US'] })),
  currency: Type.String({ examples: ['USD'] }),
  denomination_type: denominationType,
  denominations: Type.Optional(Type.Array(exactDecimal('What `amount` may be.', 50))),
  min: Type.Optional(exactDecimal('Of a range.', 5)),
  max: Type.Optional(exactDecimal('Of a range.', 500)),
  price: exactDecimal('What one costs you in this currency; of a range, its least amount.', 51.25),
  in_stock: Type.Boolean(),
  image: Type.String(),
  description: Type.String(),
})
export type GiftCardRow = Static<typeof GiftCardRow>

export const OperatorRow = Type.Object({
  id: Type.String({ examples: ['mtn-nigeria'] }),
  name: Type.String({ examples: ['MTN Nigeria'] }),
  country: Type.String({ examples: ['NG'] }),
  currency: Type.String({ examples: ['NGN'] }),
  min_amount: exactDecimal('The least that can be topped up.', 50),
  max_amount: exactDecimal('The most.', 50_000),
  denomination_type: denominationType,
  denominations: Type.Array(exactDecimal('Usual amounts; of `fixed` the only ones.', 500)),
  logo: Type.String(),
})
export type OperatorRow = Static<typeof OperatorRow>

export const DigitalRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  vendor: Type.String(),
  platform: Type.String({ examples: ['Windows, macOS'] }),
  price: exactDecimal('What one costs you in this currency.', 21.5),
  currency: Type.String({ examples: ['USD'] }),
  in_stock: Type.Boolean(),
  description: Type.String(),
})
export type DigitalRow = Static<typeof DigitalRow>

const country = Type.Optional(
  Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166 alpha-2.', examples: ['US'] }),
)

export const GiftCardsQuery = Type.Object({
  country,
  currency: Type.Optional(Type.String({ maxLength: 10, description: 'ISO 4217.', examples: ['USD'] })),
  ...pageQuery,
})
export type GiftCardsQuery = Static<typeof GiftCardsQuery>

export const OperatorsQuery = Type.Object({ country })

export const DigitalQuery = Type.Object({
  category: Type.Optional(
    Type.String({ maxLength: 100, description: 'A category’s code.', examples: ['security'] }),
  ),
  ...pageQuery,
})
