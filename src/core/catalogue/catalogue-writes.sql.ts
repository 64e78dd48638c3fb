import { sql, textArray } from '../../platform/database.ts'
import type { Statement, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { ProductId, SkuId } from '../../values/ids.ts'
import type {
  BrandInput,
  CategoryInput,
  CountryInput,
  CurrencyInput,
  FamilyInput,
  ProductInput,
  SkuInput,
} from './input.ts'

/** Rows written by one statement; the others were as given already. */
export type Written = { readonly created: number; readonly updated: number }

/** Lets one writer at a time change the catalogue, until its transaction ends: reading what is there and writing is then one step. */
export async function lockCatalogue(tx: Tx): Promise<void> {
  await tx.query(sql`select from catalogue_version for no key update`)
}

/**
 * Runs the statements of an import. They join what is given to what is stored, each thousands of rows. Where the planner believes a
 * table to be empty, because it was when it was last analysed, it would compare every row with every row.
 */
export async function withoutNestedLoops<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.query(sql`set local enable_nestloop = off`)
  const result = await work()
  await tx.query(sql`set local enable_nestloop to default`)
  return result
}

/** The next version; every process is told when the transaction commits. */
export async function moveVersionOn(tx: Tx): Promise<void> {
  await tx.query(sql`
    with moved as (update catalogue_version set version = version + 1 returning version)
    select pg_notify('catalogue_changed', version::text) from moved`)
}

const tables = {
  currency: sql`currencies`,
  country: sql`countries`,
  category: sql`categories`,
  family: sql`brand_families`,
  brand: sql`brands`,
  product: sql`products`,
} as const satisfies Record<string, Statement>

/** What others refer to by code. */
export type Referable = keyof typeof tables

/** Those of the codes that are not stored. */
export async function selectUnknownCodes(
  tx: Tx,
  kind: Referable,
  codes: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ code: string }>(sql`
    select g.code from unnest(${textArray(codes)}::text[]) as g (code)
    where not exists (select from ${tables[kind]} t where t.code = g.code)`)
  return rows.map(({ code }) => code)
}

export async function writeCurrencies(tx: Tx, currencies: readonly CurrencyInput[]): Promise<Written> {
  return countOf(
    tx,
    sql`
    with given as (
      select * from jsonb_to_recordset(${jsonOf(currencies)}) as g (place integer, code text, "numericCode" integer, decimals integer, names jsonb)
    ), changed as (
      update currencies t set numeric_code = g."numericCode", decimals = g.decimals, names = g.names
      from given g
      where t.code = g.code and (t.numeric_code, t.decimals, t.names) is distinct from (g."numericCode", g.decimals, g.names)
      returning 1
    ), made as (
      insert into currencies (code, numeric_code, decimals, names)
      select g.code, g."numericCode", g.decimals, g.names
      from given g where not exists (select from currencies t where t.code = g.code)
      returning 1
    )`,
  )
}

export async function writeCountries(tx: Tx, countries: readonly CountryInput[]): Promise<Written> {
  return countOf(
    tx,
    sql`
    with given as (
      select code, code3, names, currency, coalesce("dialCode", '') as dial_code
      from jsonb_to_recordset(${jsonOf(countries)}) as g (code text, code3 text, names jsonb, currency text, "dialCode" text)
    ), changed as (
      update countries t set code3 = g.code3, names = g.names, currency = g.currency, dial_code = g.dial_code
      from given g
      where t.code = g.code and (t.code3, t.names, t.currency, t.dial_code) is distinct from (g.code3, g.names, g.currency, g.dial_code)
      returning 1
    ), made as (
      insert into countries (code, code3, names, currency, dial_code)
      select g.code, g.code3, g.names, g.currency, g.dial_code
      from given g where not exists (select from countries t where t.code = g.code)
      returning 1
    )`,
  )
}

/** Makes the categories that are missing, without parents yet: these may be among them. @returns their codes. */
export async function insertCategories(tx: Tx, categories: readonly CategoryInput[]): Promise<string[]> {
  const rows = await tx.query<{ code: string }>(sql`
    insert into categories (code, names, sort)
    select g.code, g.names, coalesce(g.sort, 0)
    from jsonb_to_recordset(${jsonOf(categories)}) as g (place integer, code text, names jsonb, sort integer)
    where not exists (select from categories t where t.code = g.code)
    order by g.place
    returning code`)
  return rows.map(({ code }) => code)
}

/** @returns the codes of the categories that were different. */
export async function updateCategories(tx: Tx, categories: readonly CategoryInput[]): Promise<string[]> {
  const rows = await tx.query<{ code: string }>(sql`
    with given as (
      select g.code, p.id as parent_id, g.names, coalesce(g.sort, 0) as sort
      from jsonb_to_recordset(${jsonOf(categories)}) as g (code text, parent text, names jsonb, sort integer)
      left join categories p on p.code = g.parent
    )
    update categories t set parent_id = g.parent_id, names = g.names, sort = g.sort
    from given g
    where t.code = g.code and (t.parent_id, t.names, t.sort) is distinct from (g.parent_id, g.names, g.sort)
    returning t.code`)
  return rows.map(({ code }) => code)
}

/** Makes the attributes of these categories what is given. @returns the codes of the categories whose attributes were different. */
export async function replaceAttributes(tx: Tx, categories: readonly CategoryInput[]): Promise<string[]> {
  const attributes = categories.flatMap((category) =>
    (category.attributes ?? []).map((attribute, sort) => ({ ...attribute, category: category.code, sort })),
  )
  const rows = await tx.query<{ code: string }>(sql`
    with given as (
      select c.id as category_id, g.code, g.names, g.type, g.target, g.sort
      from jsonb_to_recordset(${jsonOf(attributes)}) as g (category text, code text, names jsonb, type text, target text, sort integer)
      join categories c on c.code = g.category
    ), gone as (
      delete from category_attributes t using categories c
      where c.id = t.category_id and c.code = any (${textArray(categories.map(({ code }) => code))}::text[])
        and not exists (select from given g where (g.category_id, g.code, g.target) = (t.category_id, t.code, t.target))
      returning t.category_id
    ), changed as (
      update category_attributes t set names = g.names, type = g.type, sort = g.sort
      from given g
      where (t.category_id, t.code, t.target) = (g.category_id, g.code, g.target)
        and (t.names, t.type, t.sort) is distinct from (g.names, g.type, g.sort)
      returning t.category_id
    ), made as (
      insert into category_attributes (category_id, code, names, type, target, sort)
      select g.category_id, g.code, g.names, g.type, g.target, g.sort
      from given g
      where not exists (select from category_attributes t where (t.category_id, t.code, t.target) = (g.category_id, g.code, g.target))
      returning category_id
    )
    select code from categories
    where id in (select category_id from gone union all select category_id from changed union all select category_id from made)`)
  return rows.map(({ code }) => code)
}

/** Each category with its parent's code. */
export async function selectCategoryParents(
  tx: Tx,
): Promise<{ readonly code: string; readonly parent: string | null }[]> {
  return tx.query(
    sql`select c.code, p.code as parent from categories c left join categories p on p.id = c.parent_id order by c.code`,
  )
}

export async function writeFamilies(tx: Tx, families: readonly FamilyInput[]): Promise<Written> {
  return countOf(
    tx,
    sql`
    with given as (
      select * from jsonb_to_recordset(${jsonOf(families)}) as g (place integer, code text, names jsonb)
    ), changed as (
      update brand_families t set names = g.names from given g where t.code = g.code and t.names <> g.names returning 1
    ), made as (
      insert into brand_families (code, names)
      select g.code, g.names from given g where not exists (select from brand_families t where t.code = g.code) order by g.place
      returning 1
    )`,
  )
}

export async function writeBrands(tx: Tx, brands: readonly BrandInput[]): Promise<Written> {
  return countOf(
    tx,
    sql`
    with given as (
      select g.place, g.code, f.id as family_id, g.names, coalesce(g.image, '') as image, g."redeemUrl" as redeem_url
      from jsonb_to_recordset(${jsonOf(brands)}) as g (place integer, code text, family text, names jsonb, image text, "redeemUrl" text)
      left join brand_families f on f.code = g.family
    ), changed as (
      update brands t set family_id = g.family_id, names = g.names, image = g.image, redeem_url = g.redeem_url
      from given g
      where t.code = g.code
        and (t.family_id, t.names, t.image, t.redeem_url) is distinct from (g.family_id, g.names, g.image, g.redeem_url)
      returning 1
    ), made as (
      insert into brands (code, family_id, names, image, redeem_url)
      select g.code, g.family_id, g.names, g.image, g.redeem_url
      from given g where not exists (select from brands t where t.code = g.code)
      order by g.place
      returning 1
    )`,
  )
}

/** Descriptions must be clean. */
export async function writeProducts(tx: Tx, products: readonly ProductInput[]): Promise<Written> {
  const rows = products.map((product) => ({ ...product, id: newId<ProductId>() }))
  return countOf(
    tx,
    sql`
    with given as (
      select g.place, g.id, g.code, c.id as category_id, b.id as brand_id, g.type, g.country, g.names,
             coalesce(g.descriptions, '{"en": ""}') as descriptions, coalesce(g.image, '') as image,
             coalesce(g.attributes, '{}') as attributes, coalesce(g.fields, '[]') as fields, coalesce(g.active, true) as active
      from jsonb_to_recordset(${jsonOf(rows)}) as g (
        place integer, id uuid, code text, category text, brand text, type text, country text, names jsonb, descriptions jsonb,
        image text, attributes jsonb, fields jsonb, active boolean
      )
      join categories c on c.code = g.category
      join brands b on b.code = g.brand
    ), changed as (
      update products t set category_id = g.category_id, brand_id = g.brand_id, type = g.type, country = g.country, names = g.names,
        descriptions = g.descriptions, image = g.image, attributes = g.attributes, fields = g.fields, active = g.active
      from given g
      where t.code = g.code
        and (t.category_id, t.brand_id, t.type, t.country, t.names, t.descriptions, t.image, t.attributes, t.fields, t.active)
          is distinct from (g.category_id, g.brand_id, g.type, g.country, g.names, g.descriptions, g.image, g.attributes, g.fields, g.active)
      returning 1
    ), made as (
      insert into products (id, code, category_id, brand_id, type, country, names, descriptions, image, attributes, fields, active)
      select g.id, g.code, g.category_id, g.brand_id, g.type, g.country, g.names, g.descriptions, g.image, g.attributes, g.fields, g.active
      from given g where not exists (select from products t where t.code = g.code)
      order by g.place
      returning 1
    )`,
  )
}

export async function writeSkus(tx: Tx, skus: readonly SkuInput[]): Promise<Written> {
  return countOf(
    tx,
    sql`
    with given as (
      select g.place, g.id, g.code, p.id as product_id, g.names, g.kind, g.currency, g.face_value, g.least_value, g.most_value,
             coalesce(g."maxPerOrder", 10) as max_per_order, coalesce(g.image, '') as image, coalesce(g.attributes, '{}') as attributes,
             coalesce(g.active, true) as active
      from jsonb_to_recordset(${jsonOf(skus.map(toSkuRow))}) as g (
        place integer, id uuid, code text, product text, names jsonb, kind text, currency text, face_value bigint, least_value bigint,
        most_value bigint, "maxPerOrder" integer, image text, attributes jsonb, active boolean
      )
      join products p on p.code = g.product
    ), changed as (
      update skus t set product_id = g.product_id, names = g.names, kind = g.kind, currency = g.currency, face_value = g.face_value,
        least_value = g.least_value, most_value = g.most_value, max_per_order = g.max_per_order, image = g.image,
        attributes = g.attributes, active = g.active
      from given g
      where t.code = g.code
        and (t.product_id, t.names, t.kind, t.currency, t.face_value, t.least_value, t.most_value, t.max_per_order, t.image, t.attributes, t.active)
          is distinct from (g.product_id, g.names, g.kind, g.currency, g.face_value, g.least_value, g.most_value, g.max_per_order, g.image, g.attributes, g.active)
      returning 1
    ), made as (
      insert into skus (id, code, product_id, names, kind, currency, face_value, least_value, most_value, max_per_order, image, attributes, active)
      select g.id, g.code, g.product_id, g.names, g.kind, g.currency, g.face_value, g.least_value, g.most_value, g.max_per_order, g.image,
             g.attributes, g.active
      from given g where not exists (select from skus t where t.code = g.code)
      order by g.place
      returning 1
    )`,
  )
}

/** A SKU of which there were ever codes in our own stock, and what must not change under them. */
export type StockedSku = {
  readonly code: string
  readonly brandId: number
  /** Its currency, kind and denomination, as one text. */
  readonly worth: string
  /** Whether there are codes now. */
  readonly hasCodes: boolean
}

/** Of the SKUs of these codes, and those of the products of these codes. */
export async function selectStocked(
  tx: Tx,
  {
    productCodes,
    skuCodes,
  }: { readonly productCodes: readonly string[]; readonly skuCodes: readonly string[] },
): Promise<StockedSku[]> {
  return tx.query(sql`
    select s.code, p.brand_id as "brandId", concat_ws(' ', s.currency, s.kind, s.face_value, s.least_value, s.most_value) as worth,
           exists (select from stock_codes c where c.sku_id = s.id) as "hasCodes"
    from skus s join products p on p.id = s.product_id
    where (p.code = any (${textArray(productCodes)}::text[]) or s.code = any (${textArray(skuCodes)}::text[]))
      and (s.id in (select m.sku_id from stock_movements m) or s.id in (select i.sku_id from stock_imports i where i.state = 'staging'))`)
}

/** JSON has no bigint: micro-units go as texts. */
function toSkuRow({ denomination, ...sku }: SkuInput): Record<string, unknown> {
  const values =
    denomination.kind === 'fixed'
      ? { face_value: String(denomination.value) }
      : { least_value: String(denomination.least), most_value: String(denomination.most) }
  return { ...sku, id: newId<SkuId>(), kind: denomination.kind, ...values }
}

/** The rows as one parameter; `place` keeps their order, in which numbers are given out. */
function jsonOf(rows: readonly object[]): Statement {
  return sql`${JSON.stringify(rows.map((row, place) => ({ ...row, place })))}::jsonb`
}

/** Runs a statement that ends with the common tables `changed` and `made`. */
async function countOf(tx: Tx, statement: Statement): Promise<Written> {
  const [row] = await tx.query<Written>(sql`${statement}
    select (select count(*)::integer from made) as created, (select count(*)::integer from changed) as updated`)
  return row ?? { created: 0, updated: 0 }
}
