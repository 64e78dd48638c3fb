import { sql } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { AccountKind } from './ledger.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** A row for each numbered account (wallets, corrections) that has none yet: nothing of it is counted. */
export async function insertMissingTotals(db: Db): Promise<void> {
  await db.query(sql`
    insert into account_totals (partner_id, account, currency, total, entry_number, rolled_up_at)
    select w.partner_id, w.account, w.currency, 0, 0, now()
    from numbered_accounts w left join account_totals t on t.partner_id = w.partner_id and t.account = w.account
    where t.account is null
    order by w.partner_id, w.account
    on conflict (partner_id, account) do nothing`)
}

/**
 * Adds a lot of transfers to the totals of the accounts that they touch. The row of a wallet, or of another numbered account, in
 * account_totals is the place up to which its transfers are counted; who has locked it counts on from there, others take others.
 *
 * @returns how many numbered accounts were brought forward
 */
export async function countNextTransfers(tx: Tx, walletsMost: number, entriesMost: number): Promise<number> {
  const [row] = await tx.query<{ wallets: number }>(sql`
    with due as materialized (
      select t.partner_id, t.account, t.entry_number as counted, least(w.entry_count, t.entry_number + ${entriesMost}) as up_to
      from account_totals t join numbered_accounts w on w.partner_id = t.partner_id and w.account = t.account
      where w.entry_count > t.entry_number
      order by t.partner_id, t.account limit ${walletsMost}
      for no key update of t skip locked
    ), sums as (
      select e.partner_id, e.account, e.currency, sum(e.amount)::bigint as amount
      from due d cross join lateral (${entriesOfTransfers(sql`d.partner_id`, sql`d.account`, sql`d.counted`, sql`d.up_to`)}) e
      group by e.partner_id, e.account, e.currency
    ), counted as (
      insert into account_totals as t (partner_id, account, currency, total, entry_number, rolled_up_at)
      select s.partner_id, s.account, s.currency, s.amount, coalesce(d.up_to, 0), now()
      from sums s left join due d on d.partner_id = s.partner_id and d.account = s.account
      order by s.partner_id, s.account
      on conflict (partner_id, account) do update
      set total = t.total + excluded.total, entry_number = greatest(t.entry_number, excluded.entry_number), rolled_up_at = now()
    )
    select count(*)::integer as wallets from due`)
  return row?.wallets ?? 0
}

export type KindTotal = { readonly kind: AccountKind; readonly currency: Currency; readonly total: Micros }

/** All accounts by kind and currency in one snapshot: what is counted, and the transfers since. */
export async function selectTotalsByKind(db: Db): Promise<KindTotal[]> {
  return db.query<KindTotal>(sql`
    with parts as (
      select partner_id, account, currency, total as amount from account_totals
      union all
      select e.partner_id, e.account, e.currency, e.amount
      from numbered_accounts w
      left join account_totals t on t.partner_id = w.partner_id and t.account = w.account
      cross join lateral (
        ${entriesOfTransfers(sql`w.partner_id`, sql`w.account`, sql`coalesce(t.entry_number, 0)`, sql`w.entry_count`)}
      ) e
      where w.entry_count > coalesce(t.entry_number, 0)
    )
    select a.kind, p.currency, sum(p.amount)::bigint as total
    from parts p join ledger_accounts a on a.partner_id = p.partner_id and a.code = p.account
    group by a.kind, p.currency
    order by p.currency, a.kind`)
}

/**
 * The entries that a numbered account's transfers made, of those behind one of its entries and up to another: its own, and those of
 * accounts without numbers. Where a transfer touches two numbered accounts, the first of them brings the accounts without numbers.
 */
function entriesOfTransfers(
  partnerId: Statement,
  account: Statement,
  behind: Statement,
  upTo: Statement,
): Statement {
  return sql`
    select c.partner_id, c.account, c.currency, c.amount
    from entries own
    join entries c on c.partner_id = own.partner_id and c.transfer_id = own.transfer_id
    where own.partner_id = ${partnerId} and own.account = ${account} and own.number > ${behind} and own.number <= ${upTo}
      and (c.account = own.account
        or (c.number is null and not exists (
          select from entries o
          where o.partner_id = own.partner_id and o.transfer_id = own.transfer_id and o.number is not null and o.account < own.account)))`
}
