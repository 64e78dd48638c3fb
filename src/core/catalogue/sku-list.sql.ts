import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { Translations } from '../../values/locale.ts'
import type { StoredSku } from './stored.ts'

export async function selectSkus(
  db: Db,
  filter: { readonly text: string | undefined },
  position: Position | undefined,
  limit: number,
): Promise<StoredSku[]> {
  const isBackwards = position?.direction === 'before'
  const pattern = `%${filter.text?.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const fits =
    filter.text === undefined
      ? sql``
      : sql`and (s.code ilike ${pattern} or s.names::text ilike ${pattern} or p.names::text ilike ${pattern})`
  const beyond =
    position === undefined
      ? sql``
      : isBackwards
        ? sql`and s.code < ${position.key[0]}`
        : sql`and s.code > ${position.key[0]}`
  return db.query<StoredSku>(sql`
    select s.id, s.code, s.names, p.id as "productId", p.code as "productCode", p.names as "productNames", s.currency, s.face_value as "faceValue",
           s.least_value as "leastValue", s.most_value as "mostValue", s.max_per_order as "maxPerOrder", s.active as "isActive",
           p.active as "isProductActive"
    from skus s join products p on p.id = s.product_id
    where true ${fits} ${beyond}
    order by ${isBackwards ? sql`s.code desc` : sql`s.code`} limit ${limit}`)
}

/** What is undefined stays as it is. @returns false: there is no such SKU. */
export async function updateSku(
  tx: Tx,
  id: string,
  change: {
    readonly names: Translations | undefined
    readonly maxPerOrder: number | undefined
    readonly isActive: boolean | undefined
  },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update skus set names = coalesce(${jsonOf(change.names)}::jsonb, names), max_per_order = coalesce(${change.maxPerOrder ?? null}::integer, max_per_order),
                    active = coalesce(${change.isActive ?? null}::boolean, active)
    where id = ${id} returning 1`)
  return rows.length > 0
}

/** What is undefined stays as it is. @returns false: there is no such product. */
export async function updateProduct(
  tx: Tx,
  id: string,
  change: { readonly names: Translations | undefined; readonly isActive: boolean | undefined },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update products set names = coalesce(${jsonOf(change.names)}::jsonb, names), active = coalesce(${change.isActive ?? null}::boolean, active)
    where id = ${id} returning 1`)
  return rows.length > 0
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
