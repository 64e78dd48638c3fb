import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { OrderId, PartnerId, SkuId, SupplierId } from '../../values/ids.ts'
import type { EsimSummary } from './esim.ts'

export type EsimRow = {
  readonly id: string
  readonly orderId: OrderId
  readonly skuId: SkuId
  readonly supplierId: SupplierId
  readonly supplierReference: string | null
  readonly coverage: unknown
}

export async function selectEsim(db: Db, partnerId: PartnerId, iccid: string): Promise<EsimRow | undefined> {
  const [row] = await db.query<EsimRow>(sql`
    select e.id, e.order_id as "orderId", e.sku_id as "skuId", e.supplier_id as "supplierId", e.supplier_reference as "supplierReference",
           p.attributes -> 'coverage' as coverage
    from esims e join skus k on k.id = e.sku_id join products p on p.id = k.product_id
    where e.partner_id = ${partnerId} and e.iccid = ${iccid}`)
  return row
}

export async function selectEsims(
  db: Db,
  partnerId: PartnerId,
  position: Position | undefined,
  limit: number,
): Promise<EsimSummary[]> {
  const isBackwards = position?.direction === 'before'
  const beyond =
    position === undefined
      ? sql``
      : isBackwards
        ? sql`and e.id > ${position.key[0]}`
        : sql`and e.id < ${position.key[0]}`
  return db.query<EsimSummary>(sql`
    select e.id, e.iccid, e.order_id as "orderId", x.sku_name as name, e.created_at as "createdAt",
           (select count(*)::integer from esim_packages p where p.partner_id = e.partner_id and p.iccid = e.iccid) as packages
    from esims e
    join esim_packages x on x.partner_id = e.partner_id and x.iccid = e.iccid and x.order_id = e.order_id
    where e.partner_id = ${partnerId} ${beyond}
    order by ${isBackwards ? sql`e.id` : sql`e.id desc`} limit ${limit}`)
}

export type PackageRow = {
  readonly orderId: OrderId
  readonly productCode: string
  readonly name: string
  readonly dataGb: unknown
  readonly validityDays: unknown
  readonly boughtAt: Date
}

/** What was put on an eSIM, the oldest first; the newest hundred of them. */
export async function selectPackages(db: Db, partnerId: PartnerId, iccid: string): Promise<PackageRow[]> {
  const rows = await db.query<PackageRow>(sql`
    select x.order_id as "orderId", x.product_code as "productCode", x.sku_name as name, k.attributes -> 'data_gb' as "dataGb",
           k.attributes -> 'validity_days' as "validityDays", x.bought_at as "boughtAt"
    from esim_packages x join skus k on k.id = x.sku_id
    where x.partner_id = ${partnerId} and x.iccid = ${iccid}
    order by x.bought_at desc, x.order_id desc limit 100`)
  return rows.toReversed()
}
