import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { SalesSum } from './sale.ts'

export async function selectSalesSums(
  db: Db,
  wanted: {
    readonly partnerId: PartnerId
    readonly dialect: string
    readonly from: Date
    /** Exclusive. */
    readonly until: Date
    readonly limit: number
  },
): Promise<SalesSum[]> {
  return db.query<SalesSum>(sql`
    select k.code as "skuCode", k.names ->> 'en' as "skuName", i.face_currency as currency, count(*)::integer as orders,
           sum(i.face_value * i.delivered)::bigint as "faceValue"
    from orders o
    join order_items i on i.partner_id = o.partner_id and i.order_id = o.id
    join skus k on k.id = i.sku_id
    where o.partner_id = ${wanted.partnerId} and o.dialect = ${wanted.dialect}
      and o.created_at >= ${wanted.from} and o.created_at < ${wanted.until} and i.delivered > 0
    group by k.code, k.names, i.face_currency
    order by k.code, i.face_currency
    limit ${wanted.limit}`)
}
