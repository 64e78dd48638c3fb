import { prepared, sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** Two entries in the transfer of an order's charge, and their accounts where they are missing. */
export async function insertCostEntries(
  tx: Tx,
  cost: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    readonly supplier: string
    readonly amount: Micros
    readonly currency: Currency
  },
): Promise<void> {
  const [costs, payable] = [
    `cost_of_goods:${cost.currency}`,
    `supplier_payable:${cost.supplier}:${cost.currency}`,
  ]
  await tx.query(
    prepared(
      'insert_cost_entries',
      sql`
      with accounts as (
        insert into ledger_accounts (partner_id, code, kind, currency)
        values (${cost.partnerId}, ${costs}, 'cost_of_goods', ${cost.currency}), (${cost.partnerId}, ${payable}, 'supplier_payable', ${cost.currency})
        on conflict (partner_id, code) do nothing
      )
      insert into entries (partner_id, transfer_id, account, currency, amount)
      values (${cost.partnerId}, ${cost.orderId}, ${costs}, ${cost.currency}, -${cost.amount}::bigint),
             (${cost.partnerId}, ${cost.orderId}, ${payable}, ${cost.currency}, ${cost.amount}::bigint)`,
    ),
  )
}
