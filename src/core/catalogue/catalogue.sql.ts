import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { parseDecimal } from '../../values/decimal.ts'
import type { PartnerId, ProductId, SkuId } from '../../values/ids.ts'
import { percentScale, rateScale } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type {
  Brand,
  Category,
  CategoryAttribute,
  Country,
  PartnerTerms,
  PriceRule,
  Sku,
} from './catalogue.ts'
import type { Rate } from './rates.ts'
import type { CatalogueParts, ProductPart, StockCounts } from './snapshot.ts'

/** Everything that a snapshot is made of, as of one moment: the transaction must not have read anything before. */
export async function selectCatalogue(tx: Tx): Promise<CatalogueParts> {
  await tx.query(sql`set transaction isolation level repeatable read, read only`)
  const { version, stock } = await selectChanges(tx, noMark)
  return {
    version,
    stock: stock ?? { mark: noMark, counts: new Map() },
    categories: await selectCategories(tx),
    countries: await selectCountries(tx),
    brands: await selectBrands(tx),
    products: await selectProducts(tx),
    skus: await selectSkus(tx),
    rules: await selectRules(tx),
    rates: await selectRates(tx),
    terms: await selectTerms(tx),
    supplied: await selectSupplied(tx),
  }
}

/**
 * The catalogue's version, and the stock counts unless they are those of `knownMark`. The mark depends on which movements there
 * are, not on the last one alone: ids are committed in any order, and a roll-up puts one movement in the place of many.
 */
export async function selectChanges(
  db: Db,
  knownMark: string,
): Promise<{ version: bigint; stock: StockCounts | undefined }> {
  const rows = await db.query<{ version: bigint; mark: string; skuId: SkuId | null; count: bigint }>(sql`
    with movements as (select count(*) || '/' || coalesce(sum(id), 0) as mark from stock_movements)
    select v.version, m.mark, s.sku_id as "skuId", s.count
    from catalogue_version v
    cross join movements m
    left join lateral (
      select sku_id, sum(change)::bigint as count from stock_movements where m.mark <> ${knownMark} group by sku_id
    ) s on true`)
  const [first] = rows
  if (first === undefined) throw new Error('The catalogue has no version: the migrations were not applied.')
  if (first.mark === knownMark) return { version: first.version, stock: undefined }
  const counts = new Map(
    rows.flatMap(({ skuId, count }) => (skuId === null ? [] : [[skuId, Number(count)] as const])),
  )
  return { version: first.version, stock: { mark: first.mark, counts } }
}

/** No movements have this mark. */
const noMark = ''

async function selectCategories(db: Db): Promise<Category[]> {
  type Row = Omit<Category, 'parentId'> & {
    readonly parentId: number | null
    readonly attributes: readonly CategoryAttribute[]
  }
  const rows = await db.query<Row>(sql`
    select c.id, c.code, c.parent_id as "parentId", c.names, coalesce(a.attributes, '[]') as attributes
    from categories c
    left join (
      select category_id, jsonb_agg(jsonb_build_object('code', code, 'names', names, 'type', type, 'target', target) order by sort, target, code) as attributes
      from category_attributes group by category_id
    ) a on a.category_id = c.id
    order by c.sort, c.id`)
  return rows.map((row) => ({ ...row, parentId: row.parentId ?? undefined }))
}

async function selectCountries(db: Db): Promise<Country[]> {
  const rows = await db.query<Omit<Country, 'currency'> & { readonly currency: Currency | null }>(sql`
    select code, code3, names, currency, dial_code as "dialCode" from countries order by code`)
  return rows.map((row) => ({ ...row, currency: row.currency ?? undefined }))
}

async function selectBrands(db: Db): Promise<Brand[]> {
  type Row = Omit<Brand, 'familyCode' | 'familyNames' | 'redeemUrl'> & {
    readonly familyCode: string | null
    readonly familyNames: Brand['familyNames'] | null
    readonly redeemUrl: string | null
  }
  const rows = await db.query<Row>(sql`
    select b.id, b.code, f.code as "familyCode", f.names as "familyNames", b.names, b.image, b.redeem_url as "redeemUrl"
    from brands b left join brand_families f on f.id = b.family_id`)
  return rows.map((row) => ({
    ...row,
    familyCode: row.familyCode ?? undefined,
    familyNames: row.familyNames ?? undefined,
    redeemUrl: row.redeemUrl ?? undefined,
  }))
}

async function selectProducts(db: Db): Promise<ProductPart[]> {
  const rows = await db.query<Omit<ProductPart, 'country'> & { readonly country: string | null }>(sql`
    select id, number, code, category_id as "categoryId", brand_id as "brandId", type, country, names, descriptions, image, attributes, fields
    from products where active order by number`)
  return rows.map((row) => ({ ...row, country: row.country ?? undefined }))
}

type SkuRow = Omit<Sku, 'denomination'> & {
  readonly kind: 'fixed' | 'range'
  readonly faceValue: Micros | null
  readonly leastValue: Micros | null
  readonly mostValue: Micros | null
}

async function selectSkus(db: Db): Promise<Sku[]> {
  const rows = await db.query<SkuRow>(sql`
    select s.id, s.number, s.code, s.product_id as "productId", s.names, s.currency, s.kind, s.face_value as "faceValue",
           s.least_value as "leastValue", s.most_value as "mostValue", s.max_per_order as "maxPerOrder", s.image, s.attributes
    from skus s join products p on p.id = s.product_id
    where s.active and p.active order by s.number`)
  return rows.map(({ kind, faceValue, leastValue, mostValue, ...sku }) => {
    // Which values are there for which kind is a check of the table.
    if (kind === 'fixed') return { ...sku, denomination: { kind, value: faceValue ?? 0n } }
    return { ...sku, denomination: { kind, least: leastValue ?? 0n, most: mostValue ?? 0n } }
  })
}

type RuleRow = {
  readonly partnerId: PartnerId | null
  readonly skuId: SkuId | null
  readonly productId: ProductId | null
  readonly brandId: number | null
  readonly categoryId: number | null
  readonly markupPercent: string
  readonly markupFixed: Micros
  readonly fixedPrice: Micros | null
  readonly priceCurrency: Currency | null
}

async function selectRules(db: Db): Promise<PriceRule[]> {
  const rows = await db.query<RuleRow>(sql`
    select partner_id as "partnerId", sku_id as "skuId", product_id as "productId", brand_id as "brandId", category_id as "categoryId",
           markup_percent as "markupPercent", markup_fixed as "markupFixed", fixed_price as "fixedPrice", price_currency as "priceCurrency"
    from price_rules`)
  return rows.map((row) => ({
    partnerId: row.partnerId ?? undefined,
    scope: scopeOf(row),
    markupPercent: readExactly(row.markupPercent, percentScale),
    markupFixed: row.markupFixed,
    fixedPrice:
      row.fixedPrice === null || row.priceCurrency === null
        ? undefined
        : { amount: row.fixedPrice, currency: row.priceCurrency },
  }))
}

function scopeOf({ skuId, productId, brandId, categoryId }: RuleRow): PriceRule['scope'] {
  if (skuId !== null) return { kind: 'sku', id: skuId }
  if (productId !== null) return { kind: 'product', id: productId }
  if (brandId !== null) return { kind: 'brand', id: brandId }
  return categoryId === null ? { kind: 'all' } : { kind: 'category', id: categoryId }
}

/** Of each pair the newest rate in force. The statement's time is later than the moment that the transaction sees, so none is left out. */
async function selectRates(db: Db): Promise<Rate[]> {
  const rows = await db.query<Omit<Rate, 'rate'> & { readonly rate: string }>(sql`
    select distinct on (base, quote) base, quote, rate
    from fx_rates where valid_from <= statement_timestamp()
    order by base, quote, valid_from desc`)
  return rows.map((row) => ({ ...row, rate: readExactly(row.rate, rateScale) }))
}

async function selectTerms(db: Db): Promise<PartnerTerms[]> {
  const rows = await db.query<{ partnerId: PartnerId; fxMargin: string; discount: string }>(sql`
    select partner_id as "partnerId", fx_margin_percent as "fxMargin", discount_percent as discount from partner_terms`)
  return rows.map(({ partnerId, fxMargin, discount }) => ({
    partnerId,
    fxMarginPercent: readExactly(fxMargin, percentScale),
    discountPercent: readExactly(discount, percentScale),
  }))
}

async function selectSupplied(db: Db): Promise<ReadonlySet<SkuId>> {
  const rows = await db.query<{ readonly skuId: SkuId }>(sql`
    select distinct k.sku_id as "skuId"
    from supplier_skus k join suppliers s on s.id = k.supplier_id
    where k.active and k.in_stock and s.active`)
  return new Set(rows.map((row) => row.skuId))
}

/** A numeric column's text; its scale is the column's own. */
function readExactly(text: string, scale: number): bigint {
  const value = parseDecimal(text, scale)
  if (value === undefined)
    throw new Error(`The database holds the number ${text}, which has more than ${scale} fraction digits.`)
  return value
}
