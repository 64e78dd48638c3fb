import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { OrderId, PartnerId, TransferId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { JournalKind } from './ledger.ts'

export type TransferLine = {
  readonly transferId: TransferId
  readonly kind: JournalKind
  readonly orderId: OrderId | null
  readonly reference: string | null
  readonly actor: string
  readonly createdAt: Date
  readonly account: string
  /** Credit positive. */
  readonly amount: Micros
  readonly currency: Currency
  readonly balanceAfter: Micros | null
}

/** Both sides of one transfer, or of all transfers of an order, oldest first. */
export async function selectTransferLines(
  db: Db,
  partnerId: PartnerId,
  id: TransferId | OrderId,
): Promise<TransferLine[]> {
  return db.query<TransferLine>(sql`
    select t.id as "transferId", t.kind, t.order_id as "orderId", t.reference, t.actor, t.created_at as "createdAt",
           e.account, e.amount, e.currency, e.balance_after as "balanceAfter"
    from (
      select * from transfers where partner_id = ${partnerId} and id = ${id}
      union
      select * from transfers where partner_id = ${partnerId} and order_id = ${id} and order_id <> id
    ) t
    join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id
    order by t.created_at, t.id, e.amount, e.account`)
}
