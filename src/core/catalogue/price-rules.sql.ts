import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { StoredRule } from './stored.ts'

type Row = Omit<StoredRule, 'partnerId' | 'fixedPrice'> & {
  readonly partnerId: PartnerId | null
  readonly fixedPrice: Micros | null
  readonly priceCurrency: Currency | null
}

export async function selectPriceRules(
  db: Db,
  filter: { readonly partnerId: PartnerId | undefined },
  position: Position | undefined,
  limit: number,
): Promise<StoredRule[]> {
  const isBackwards = position?.direction === 'before'
  const beyond =
    position === undefined
      ? sql``
      : isBackwards
        ? sql`and r.id > ${position.key[0]}`
        : sql`and r.id < ${position.key[0]}`
  const rows = await db.query<Row>(sql`
    select r.id, r.partner_id as "partnerId",
           case when r.sku_id is not null then 'sku' when r.product_id is not null then 'product' when r.brand_id is not null then 'brand'
                when r.category_id is not null then 'category' else 'all' end as scope,
           coalesce(s.code, p.code, b.code, c.code, '') as code, trim_scale(r.markup_percent) as "markupPercent", r.markup_fixed as "markupFixed",
           r.fixed_price as "fixedPrice", r.price_currency as "priceCurrency", r.created_at as "createdAt"
    from price_rules r
    left join skus s on s.id = r.sku_id left join products p on p.id = r.product_id
    left join brands b on b.id = r.brand_id left join categories c on c.id = r.category_id
    where true ${filter.partnerId === undefined ? sql`` : sql`and r.partner_id = ${filter.partnerId}`} ${beyond}
    order by ${isBackwards ? sql`r.id` : sql`r.id desc`} limit ${limit}`)
  return rows.map(({ priceCurrency, fixedPrice, partnerId, ...row }) => ({
    ...row,
    partnerId: partnerId ?? undefined,
    fixedPrice:
      fixedPrice === null || priceCurrency === null
        ? undefined
        : { amount: fixedPrice, currency: priceCurrency },
  }))
}

/** @returns whose it was; undefined: there is no such rule. */
export async function deletePriceRule(
  tx: Tx,
  id: string,
): Promise<{ readonly partnerId: PartnerId | null } | undefined> {
  const [row] = await tx.query<{ partnerId: PartnerId | null }>(
    sql`delete from price_rules where id = ${id} returning partner_id as "partnerId"`,
  )
  return row
}

/** Percentages as decimals; undefined: the partner has none of its own. */
export async function selectPartnerTerms(
  db: Db,
  partnerId: PartnerId,
): Promise<{ readonly fxMarginPercent: string; readonly discountPercent: string } | undefined> {
  const [row] = await db.query<{ fxMarginPercent: string; discountPercent: string }>(sql`
    select trim_scale(fx_margin_percent) as "fxMarginPercent", trim_scale(discount_percent) as "discountPercent"
    from partner_terms where partner_id = ${partnerId}`)
  return row
}
