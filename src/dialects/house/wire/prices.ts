import { Type } from 'typebox'
import type { Static } from 'typebox'
import { AmountText, Instant, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

/** A percentage as a person types it; negative is a discount. */
const PercentText = Type.String({ pattern: String.raw`^-?\d{1,4}(\.\d{1,6})?$` })
const CurrencyCode = Type.String({ pattern: '^[A-Z]{3}$' })
const Name = Type.String({ minLength: 1, maxLength: 200 })

export const OperatorSku = Type.Object({
  id: Uuid,
  code: Type.String(),
  name: Type.String(),
  name_ru: nullable(Type.String()),
  product_id: Uuid,
  product: Type.String(),
  product_name: Type.String(),
  product_name_ru: nullable(Type.String()),
  currency: Type.String(),
  /** "25", or "5 – 500" for a range. */
  denomination: Type.String(),
  max_per_order: Type.Integer(),
  is_active: Type.Boolean(),
  is_product_active: Type.Boolean(),
})
export type OperatorSku = Static<typeof OperatorSku>
export const OperatorSkusQuery = Type.Object({
  ...pageQuery,
  /** In its code or a name. */
  q: Type.Optional(Type.String({ maxLength: 100 })),
})
export const OperatorSkusReply = pageOf(OperatorSku)
/** What is absent stays as it is. */
export const ChangeSkuBody = Type.Object({
  name: Type.Optional(Name),
  /** Absent beside a name: there is none in Russian. */
  name_ru: Type.Optional(nullable(Name)),
  max_per_order: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  is_active: Type.Optional(Type.Boolean()),
})
export const ChangeProductBody = Type.Object({
  name: Type.Optional(Name),
  name_ru: Type.Optional(nullable(Name)),
  is_active: Type.Optional(Type.Boolean()),
})

export const CatalogueBody = Type.Object({
  file_name: Type.String({ minLength: 1, maxLength: 200 }),
  /** JSON, as `scrip catalogue import` reads it. */
  content: Type.String({ minLength: 2, maxLength: 33_554_432 }),
})
export const CatalogueCountsReply = Type.Object({
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
})
export type CatalogueCountsReply = Static<typeof CatalogueCountsReply>

export const PriceRule = Type.Object({
  id: Uuid,
  /** Null: everyone's who has no rule of their own. */
  partner_id: nullable(Uuid),
  partner: nullable(Type.String()),
  scope: Type.Enum(['sku', 'product', 'brand', 'category', 'all']),
  code: Type.String(),
  markup_percent: Type.String(),
  markup_fixed: Type.String(),
  fixed_price: nullable(Type.String()),
  currency: nullable(Type.String()),
  created_at: Instant,
})
export type PriceRule = Static<typeof PriceRule>
export const PriceRulesQuery = Type.Object({ ...pageQuery, partner_id: Type.Optional(Uuid) })
export const PriceRulesReply = pageOf(PriceRule)
export const PriceRuleBody = Type.Object({
  partner_id: Type.Optional(nullable(Uuid)),
  scope: Type.Enum(['sku', 'product', 'brand', 'category', 'all']),
  /** Of what it is for; nothing for `all`. */
  code: Type.Optional(Type.String({ maxLength: 100 })),
  markup_percent: Type.Optional(PercentText),
  /** On top of each unit, in the wallet's currency. */
  markup_fixed: Type.Optional(AmountText),
  /** Instead of the formula, for wallets of `currency`; of a SKU alone. */
  fixed_price: Type.Optional(AmountText),
  currency: Type.Optional(CurrencyCode),
})
export type PriceRuleBody = Static<typeof PriceRuleBody>

const Rate = Type.Object({
  base: Type.String(),
  quote: Type.String(),
  rate: Type.String(),
  source: Type.String(),
  valid_from: Instant,
})
/** It takes a second person, and does not hold before; see `PriceProposal`. */
export const PriceProposedReply = Type.Object({ proposal_id: Uuid, reason: Type.String() })
export const PriceProposal = Type.Object({
  id: Uuid,
  /** Null: it is about everyone. */
  partner_id: nullable(Uuid),
  partner: nullable(Type.String()),
  kind: Type.Enum(['rule', 'terms', 'rates']),
  /** What it would change. */
  subject: Type.String(),
  /** What it would be then. */
  change: Type.String(),
  /** Why it takes a second person. */
  reason: Type.String(),
  state: Type.Enum(['proposed', 'approved', 'rejected']),
  proposed_by: Type.String(),
  created_at: Instant,
})
export type PriceProposal = Static<typeof PriceProposal>
export const PriceProposalsReply = pageOf(PriceProposal)

export const RatesReply = Type.Object({ data: Type.Array(Rate) })
export const RateBody = Type.Object({
  base: CurrencyCode,
  quote: CurrencyCode,
  /** Units of the quote for one base. */
  rate: Type.String({ pattern: String.raw`^\d{1,10}(\.\d{1,10})?$` }),
  source: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
})

export const Terms = Type.Object({
  /** Percent on the exchange rate. */
  fx_margin: Type.String(),
  /** Percent off the price. */
  discount: Type.String(),
})
export type Terms = Static<typeof Terms>
export const TermsBody = Type.Object({ fx_margin: PercentText, discount: PercentText })
