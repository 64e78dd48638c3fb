import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId, TransferId } from '../../values/ids.ts'
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

export type NewCorrection = {
  readonly partnerId: PartnerId
  readonly id: TransferId
  readonly orderId: OrderId
  readonly supplier: string
  readonly currency: Currency
  /** More than 0: we owe the supplier more; less: we owe it less. */
  readonly amount: Micros
  readonly reference: string
  readonly description: string
  readonly actor: string
}

/** Writes a correction with both its entries and the account's new balance. False, and nothing written: a transfer has the reference already. */
export async function insertCorrection(tx: Tx, row: NewCorrection): Promise<boolean> {
  const payable = `supplier_payable:${row.supplier}:${row.currency}`
  const rows = await tx.query(sql`
    with accounts as (
      insert into ledger_accounts (partner_id, code, kind, currency)
      values (${row.partnerId}, ${`corrections:${row.currency}`}, 'corrections', ${row.currency}),
             (${row.partnerId}, ${payable}, 'supplier_payable', ${row.currency})
      on conflict (partner_id, code) do nothing
    ), claimed as (
      insert into transfers (partner_id, id, kind, order_id, reference, description, actor)
      values (${row.partnerId}, ${row.id}, 'correction', ${row.orderId}, ${row.reference}, ${row.description}, ${row.actor})
      on conflict (partner_id, reference) where reference is not null do nothing
      returning partner_id, id
    ), moved as (
      insert into corrections as c (partner_id, currency, balance, entry_count)
      select partner_id, ${row.currency}, -${row.amount}::bigint, 1 from claimed
      on conflict (partner_id, account) do update set balance = c.balance + excluded.balance, entry_count = c.entry_count + 1
      returning partner_id, account, currency, balance, entry_count
    )
    insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
    select m.partner_id, k.id, side.account, m.currency, side.amount, side.number, side.balance_after
    from moved m join claimed k on k.partner_id = m.partner_id
    cross join lateral (values
      (m.account, -${row.amount}::bigint, m.entry_count, m.balance),
      (${payable}::text, ${row.amount}::bigint, null, null)
    ) as side (account, amount, number, balance_after)
    returning transfer_id`)
  return rows.length > 0
}

/** What is booked as owed to a supplier for an order, its charge and all corrections together. Micro-units. */
export async function selectCost(
  db: Db,
  cost: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    readonly supplier: string
    readonly currency: Currency
  },
): Promise<Micros> {
  const [row] = await db.query<{ total: Micros }>(sql`
    select coalesce(sum(e.amount), 0)::bigint as total
    from (
      select id from transfers where partner_id = ${cost.partnerId} and id = ${cost.orderId}
      union
      select id from transfers where partner_id = ${cost.partnerId} and order_id = ${cost.orderId} and order_id <> id
    ) t
    join entries e on e.partner_id = ${cost.partnerId} and e.transfer_id = t.id
      and e.account = ${`supplier_payable:${cost.supplier}:${cost.currency}`}`)
  return row?.total ?? 0n
}
