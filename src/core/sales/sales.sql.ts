import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { DaySum, ProductSum, SalesSum } from './sale.ts'

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

export async function selectProductSums(
  db: Db,
  wanted: {
    readonly partnerId: PartnerId
    readonly timeZone: string
    readonly fromDay: string
    readonly toDay: string
    readonly limit: number
  },
): Promise<ProductSum[]> {
  return db.query<ProductSum>(sql`
    select k.code as "skuCode", max(i.sku_name) as name, o.currency, count(*)::integer as orders, sum(i.delivered)::integer as units,
           sum(i.unit_price * i.delivered)::bigint as paid
    from orders o
    join order_items i on i.partner_id = o.partner_id and i.order_id = o.id
    join skus k on k.id = i.sku_id
    where o.partner_id = ${wanted.partnerId} and o.status in ('completed', 'partially_completed')
      and o.created_at >= ${wanted.fromDay}::date::timestamp at time zone ${wanted.timeZone}
      and o.created_at < (${wanted.toDay}::date + 1)::timestamp at time zone ${wanted.timeZone} and i.delivered > 0
    group by k.code, o.currency
    order by paid desc, k.code, o.currency
    limit ${wanted.limit}`)
}

export async function selectDaySums(
  db: Db,
  wanted: {
    readonly partnerId: PartnerId
    readonly timeZone: string
    readonly days: number
    readonly ordersMost: number
  },
): Promise<DaySum[]> {
  const { partnerId, timeZone, days, ordersMost } = wanted
  return db.query<DaySum>(sql`
    select to_char(created_at at time zone ${timeZone}, 'YYYY-MM-DD') as day, currency, count(*)::integer as orders, sum(total_amount)::bigint as total
    from (
      select created_at, currency, total_amount from orders
      where partner_id = ${partnerId} and status in ('completed', 'partially_completed')
        and created_at >= (date_trunc('day', now() at time zone ${timeZone}) - make_interval(days => ${days - 1})) at time zone ${timeZone}
      order by created_at desc
      limit ${ordersMost}) o
    group by 1, 2
    order by 1, 2`)
}
