import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { BreakId, OrderId, PartnerId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { BreakKind } from './break.ts'

export type NewBreak = {
  readonly id: BreakId
  readonly kind: BreakKind
  readonly supplierId: SupplierId
  readonly partnerId: PartnerId | undefined
  readonly orderId: OrderId | undefined
  readonly item: number | undefined
  readonly reference: string
  readonly amount: Micros | undefined
  readonly currency: Currency | undefined
  readonly detail: string
}

/** False: the same break is there already. */
export async function insertBreak(db: Db, row: NewBreak): Promise<boolean> {
  const rows = await db.query(sql`
    insert into breaks (id, kind, supplier_id, partner_id, order_id, item, reference, amount, currency, detail)
    values (${row.id}, ${row.kind}, ${row.supplierId}, ${row.partnerId ?? null}, ${row.orderId ?? null}, ${row.item ?? null},
            ${row.reference}, ${row.amount ?? null}, ${row.currency ?? null}, ${row.detail})
    on conflict (supplier_id, kind, reference) do nothing
    returning id`)
  return rows.length > 0
}
