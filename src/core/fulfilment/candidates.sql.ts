import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId, SkuId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

export type CandidateRow = {
  readonly supplierId: SupplierId
  readonly productCode: string
  readonly priority: number
  readonly cost: Micros | null
  readonly costRate: string | null
  readonly currency: Currency
}

/** Who could fill a SKU now, those left out that have refused the item. An eSIM's next package comes from whoever the eSIM came from. */
export async function selectCandidates(
  db: Db,
  wanted: {
    readonly skuId: SkuId
    readonly refusedBy: readonly SupplierId[]
    readonly partnerId: PartnerId
    /** Of the eSIM that is topped up; null for everything else. */
    readonly iccid: string | null
  },
): Promise<CandidateRow[]> {
  return db.query<CandidateRow>(
    prepared(
      'select_candidates',
      sql`
      select s.id as "supplierId", k.product_code as "productCode", coalesce(k.priority, s.priority) as priority, k.cost,
             k.cost_rate::text as "costRate", s.currency
      from supplier_skus k join suppliers s on s.id = k.supplier_id
      where k.sku_id = ${wanted.skuId} and k.active and k.in_stock and s.active and s.id <> all (${wanted.refusedBy}::uuid[])
        and (${wanted.iccid}::text is null or exists (
          select from esims e where e.partner_id = ${wanted.partnerId} and e.iccid = ${wanted.iccid} and e.supplier_id = s.id))`,
    ),
  )
}

/** Under which name a supplier sells a SKU; undefined if it does not any more. */
export async function selectProductCode(
  db: Db,
  skuId: SkuId,
  supplierId: SupplierId,
): Promise<CandidateRow | undefined> {
  const [row] = await db.query<CandidateRow>(
    prepared(
      'select_product_code',
      sql`
      select s.id as "supplierId", k.product_code as "productCode", coalesce(k.priority, s.priority) as priority, k.cost,
             k.cost_rate::text as "costRate", s.currency
      from supplier_skus k join suppliers s on s.id = k.supplier_id
      where k.sku_id = ${skuId} and k.supplier_id = ${supplierId}`,
    ),
  )
  return row
}
