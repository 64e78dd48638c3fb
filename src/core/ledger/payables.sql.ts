import { sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { PartnerId, TransferId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { SettlementKind } from './ledger.ts'

export type NewPayableTransfer = {
  readonly partnerId: PartnerId
  readonly id: TransferId
  readonly kind: SettlementKind
  /** The account of what the merchant is owed. */
  readonly account: string
  readonly currency: Currency
  /** Micro-units; below zero the merchant is paid. */
  readonly change: Micros
  readonly description: string
  readonly actor: string
}

/**
 * Moves what a merchant is owed against cash, in one statement. False, and nothing written: it is owed less than it would be paid, or was
 * never owed anything out of these books.
 */
export async function movePayable(tx: Tx, transfer: NewPayableTransfer): Promise<boolean> {
  const { partnerId, id, currency, change } = transfer
  const rows = await tx.query(sql`
    with owed as (
      update running_accounts set balance = balance + ${change}::bigint, entry_count = entry_count + 1
      where partner_id = ${partnerId} and account = ${transfer.account} and kind = 'merchant_payable'
        and (${change}::bigint > 0 or balance + ${change}::bigint >= 0)
      returning account, balance, entry_count
    ), cash as (
      insert into ledger_accounts (partner_id, code, kind, currency)
      select ${partnerId}::uuid, 'cash:' || ${currency}::text, 'cash', ${currency}::text from owed
      on conflict (partner_id, code) do nothing
    ), written as (
      insert into transfers (partner_id, id, kind, description, actor)
      select ${partnerId}::uuid, ${id}::uuid, ${transfer.kind}::text, ${transfer.description}::text, ${transfer.actor}::text from owed
    )
    insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
    select ${partnerId}::uuid, ${id}::uuid, side.account, ${currency}::text, side.amount, side.number, side.balance_after
    from owed cross join lateral (
      values (owed.account, ${change}::bigint, owed.entry_count, owed.balance),
             ('cash:' || ${currency}::text, -${change}::bigint, null, null)
    ) as side (account, amount, number, balance_after)
    returning transfer_id`)
  return rows.length > 0
}
