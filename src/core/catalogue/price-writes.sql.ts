import { sql } from '../../platform/database.ts'
import type { Statement, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { printDecimal } from '../../values/decimal.ts'
import { percentScale, rateScale } from '../../values/money.ts'
import type { PartnerTerms, PriceRule } from './catalogue.ts'
import type { PriceRuleInput } from './input.ts'
import type { GivenRate } from './rates.ts'

/** What a rule can be for, beside everything. */
export type NamedScope = Exclude<PriceRuleInput['scope'], { readonly kind: 'all' }>

/** The columns of a rule that name what it is for; all null: it is for everything. */
export type ScopeIds = {
  readonly skuId: string | null
  readonly productId: string | null
  readonly brandId: number | null
  readonly categoryId: number | null
}

/** What an id or a code names, and of a SKU whether it is sold over a range; undefined if there is no such thing. */
export async function selectScope(
  tx: Tx,
  scope: NamedScope,
): Promise<(ScopeIds & { readonly isRange: boolean }) | undefined> {
  const isNamed = 'id' in scope ? sql`t.id = ${scope.id}` : sql`t.code = ${scope.code}`
  const [found] = await tx.query<ScopeIds & { isRange: boolean }>(
    sql`select ${scopes[scope.kind]} where ${isNamed}`,
  )
  return found
}

const scopes = {
  sku: sql`t.id as "skuId", null as "productId", null as "brandId", null as "categoryId", t.kind = 'range' as "isRange" from skus t`,
  product: sql`null as "skuId", t.id as "productId", null as "brandId", null as "categoryId", false as "isRange" from products t`,
  brand: sql`null as "skuId", null as "productId", t.id as "brandId", null as "categoryId", false as "isRange" from brands t`,
  category: sql`null as "skuId", null as "productId", null as "brandId", t.id as "categoryId", false as "isRange" from categories t`,
} as const satisfies Record<NamedScope['kind'], Statement>

/** Inserts the rule or makes the one of its scope equal to it. @returns false if it was there already. */
export async function writePriceRule(
  tx: Tx,
  rule: Omit<PriceRule, 'scope'>,
  scope: ScopeIds,
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into price_rules as r
      (id, partner_id, sku_id, product_id, brand_id, category_id, markup_percent, markup_fixed, fixed_price, price_currency)
    values (${newId()}, ${rule.partnerId ?? null}, ${scope.skuId}, ${scope.productId}, ${scope.brandId}, ${scope.categoryId},
            ${printDecimal(rule.markupPercent, percentScale)}, ${rule.markupFixed},
            ${rule.fixedPrice?.amount ?? null}, ${rule.fixedPrice?.currency ?? null})
    on conflict (partner_id, sku_id, product_id, brand_id, category_id, price_currency)
    do update set markup_percent = excluded.markup_percent, markup_fixed = excluded.markup_fixed, fixed_price = excluded.fixed_price
    where (r.markup_percent, r.markup_fixed, r.fixed_price) is distinct from (excluded.markup_percent, excluded.markup_fixed, excluded.fixed_price)
    returning 1`)
  return rows.length > 0
}

/** @returns false if they were the partner's already. */
export async function writePartnerTerms(tx: Tx, terms: PartnerTerms): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into partner_terms as t (partner_id, fx_margin_percent, discount_percent)
    values (${terms.partnerId}, ${printDecimal(terms.fxMarginPercent, percentScale)}, ${printDecimal(terms.discountPercent, percentScale)})
    on conflict (partner_id)
    do update set fx_margin_percent = excluded.fx_margin_percent, discount_percent = excluded.discount_percent
    where (t.fx_margin_percent, t.discount_percent) is distinct from (excluded.fx_margin_percent, excluded.discount_percent)
    returning 1`)
  return rows.length > 0
}

/** Adds the rates that differ from the one in force, in force from now on. @returns how many were added. */
export async function insertChangedRates(tx: Tx, rates: readonly GivenRate[]): Promise<number> {
  const given = rates.map((rate) => ({ ...rate, rate: printDecimal(rate.rate, rateScale) }))
  // The clock, not the transaction's start: writers take turns, and the later one's rates must count.
  const rows = await tx.query(sql`
    insert into fx_rates (base, quote, rate, source, valid_from)
    select g.base, g.quote, g.rate, g.source, (select clock_timestamp())
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g (base text, quote text, rate numeric(20, 10), source text)
    left join lateral (
      select r.rate from fx_rates r
      where r.base = g.base and r.quote = g.quote and r.valid_from <= statement_timestamp()
      order by r.valid_from desc limit 1
    ) current on true
    where g.rate is distinct from current.rate
    returning 1`)
  return rows.length
}
