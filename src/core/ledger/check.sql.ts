import { sql } from '../../platform/database.ts'
import type { Db, Statement } from '../../platform/database.ts'
import { bankOffenders } from './check-bank.sql.ts'
import { settlementOffenders } from './check-settlements.sql.ts'
import { voucherOffenders } from './check-vouchers.sql.ts'

/** What `checkLedger` proves, a statement each. */
export type LedgerCheckName = keyof typeof offenders

/** Up to `limit` things that break a rule, in no order: "partner/transfer", "partner/wallet:USD-1", "partner/order". */
export async function selectOffenders(db: Db, name: LedgerCheckName, limit: number): Promise<string[]> {
  const rows = await db.query<{ offender: string }>(sql`
    select partner_id || '/' || subject as offender from (${offenders[name]}) o limit ${limit}`)
  return rows.map((row) => row.offender)
}

/** Every account whose entries are numbered, from the tables themselves. */
const numbered = sql`(
  select partner_id, account, balance, entry_count from wallets
  union all select partner_id, account, balance, entry_count from corrections
  union all select partner_id, account, balance, entry_count from running_accounts)`

/**
 * Nothing here shares a line with the code that writes the journal. Each statement sees one snapshot, so it may run beside orders,
 * and groups or sorts what the server can spill to disk, so it needs no more memory for more rows.
 */
const offenders = {
  transfers_sum_to_zero: sql`
    select partner_id, transfer_id::text as subject from entries group by partner_id, transfer_id, currency having sum(amount) <> 0`,

  transfers_have_two_entries: sql`
    select t.partner_id, t.id::text as subject
    from transfers t
    left join (select partner_id, transfer_id, count(*) as count from entries group by partner_id, transfer_id) e
      on e.partner_id = t.partner_id and e.transfer_id = t.id
    where coalesce(e.count, 0) < 2`,

  transfers_are_numbered: sql`
    select t.partner_id, t.id::text as subject
    from transfers t
    left join (select distinct partner_id, transfer_id from entries where number is not null) e
      on e.partner_id = t.partner_id and e.transfer_id = t.id
    where e.transfer_id is null`,

  entries_belong: sql`
    select e.partner_id, e.transfer_id || '/' || e.account as subject
    from entries e
    left join transfers t on t.partner_id = e.partner_id and t.id = e.transfer_id
    left join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
    where t.id is null or a.code is null`,

  currencies_agree: sql`
    select e.partner_id, e.transfer_id || '/' || e.account as subject
    from entries e join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
    where e.currency <> a.currency
    union all
    select w.partner_id, w.account
    from wallets w join ledger_accounts a on a.partner_id = w.partner_id and a.code = w.account
    where w.currency <> a.currency or a.kind <> 'wallet'
    union all
    select c.partner_id, c.account
    from corrections c join ledger_accounts a on a.partner_id = c.partner_id and a.code = c.account
    where c.currency <> a.currency or a.kind <> 'corrections'
    union all
    select r.partner_id, r.account
    from running_accounts r join ledger_accounts a on a.partner_id = r.partner_id and a.code = r.account
    where r.currency <> a.currency or r.kind <> a.kind
    union all
    select o.partner_id, o.id::text
    from orders o join wallets w on w.partner_id = o.partner_id and w.id = o.wallet_id
    where o.currency <> w.currency`,

  numbered_balances: sql`
    select w.partner_id, w.account as subject
    from ${numbered} w
    left join (select partner_id, account, sum(amount) as total from entries group by partner_id, account) e
      on e.partner_id = w.partner_id and e.account = w.account
    left join lateral (
      select l.balance_after from entries l
      where l.partner_id = w.partner_id and l.account = w.account and l.number is not null
      order by l.number desc limit 1
    ) last on true
    where w.balance <> coalesce(e.total, 0) or w.balance <> coalesce(last.balance_after, 0)`,

  numbered_chains: sql`
    select partner_id, account || '#' || number as subject
    from (
      select partner_id, account, number, amount, balance_after,
             row_number() over chain as expected, lag(balance_after, 1, 0::bigint) over chain as balance_before
      from entries where number is not null
      window chain as (partition by partner_id, account order by number)
    ) e
    where number <> expected or balance_after <> balance_before + amount
    union all
    select w.partner_id, w.account
    from ${numbered} w
    left join (
      select partner_id, account, count(*) as count, count(number) as numbered from entries group by partner_id, account
    ) e on e.partner_id = w.partner_id and e.account = w.account
    where w.entry_count <> coalesce(e.count, 0) or w.entry_count <> coalesce(e.numbered, 0)
    union all
    select e.partner_id, e.account || '#' || coalesce(e.number::text, '?')
    from entries e join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
    where (e.number is not null) <> (a.kind in ('wallet', 'corrections', 'merchant_payable', 'clearing', 'lender_receivable', 'bank_receivable'))`,

  wallets_reserved: sql`
    select w.partner_id, w.account as subject
    from wallets w
    left join (select partner_id, wallet_id, sum(amount) as held from holds where state = 'open' group by partner_id, wallet_id) h
      on h.partner_id = w.partner_id and h.wallet_id = w.id
    where w.reserved <> coalesce(h.held, 0)`,

  wallets_not_overdrawn: sql`
    select partner_id, account as subject from wallets
    where balance - reserved + case when allow_overdraft then overdraft_limit else 0 end < 0`,

  corrections_are_alone: sql`
    select t.partner_id, t.id::text as subject
    from transfers t
    join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id
    join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
    where case t.kind when 'correction' then a.kind = 'wallet' else a.kind = 'corrections' end`,

  holds_settled: sql`
    select h.partner_id, h.id::text as subject
    from holds h
    join wallets w on w.partner_id = h.partner_id and w.id = h.wallet_id
    left join transfers t on t.partner_id = h.partner_id and t.id = h.order_id and t.kind = 'charge'
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account = w.account
    where case h.state when 'settled' then e.amount is distinct from -h.settled_amount else h.settled_amount <> 0 end`,

  orders_have_charges: sql`
    select o.partner_id, o.id::text as subject
    from orders o left join transfers t on t.partner_id = o.partner_id and t.id = o.id and t.kind = 'charge'
    where o.status in ('completed', 'partially_completed') and t.id is null`,

  charges_have_orders: sql`
    select t.partner_id, t.id::text as subject
    from transfers t left join orders o on o.partner_id = t.partner_id and o.id = t.order_id
    where (t.kind = 'charge' and (o.id is null or t.order_id <> t.id)) or (t.order_id is not null and o.id is null)`,

  charges_are_totals: sql`
    select o.partner_id, o.id::text as subject
    from orders o
    join transfers t on t.partner_id = o.partner_id and t.id = o.id and t.kind = 'charge'
    left join wallets w on w.partner_id = o.partner_id and w.id = o.wallet_id
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account = w.account
    where o.status in ('completed', 'partially_completed') and e.amount is distinct from -o.total_amount`,

  orders_net: sql`
    select o.partner_id, o.id::text as subject
    from orders o
    left join (
      select t.partner_id, t.order_id, sum(e.amount) as net
      from transfers t join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.number is not null
      where t.order_id is not null and t.kind <> 'correction'
      group by t.partner_id, t.order_id
    ) m on m.partner_id = o.partner_id and m.order_id = o.id
    where coalesce(m.net, 0) <> 0
      and (o.status not in ('completed', 'partially_completed') or m.net <> -o.total_amount)`,

  orders_are_held: sql`
    select o.partner_id, o.id::text as subject
    from orders o
    left join (select partner_id, order_id, sum(amount) as held from holds where state = 'open' group by partner_id, order_id) h
      on h.partner_id = o.partner_id and h.order_id = o.id
    where coalesce(h.held, 0) <> case when o.status in ('created', 'processing') then o.total_amount else 0 end`,

  orders_belong: sql`
    select o.partner_id, o.id::text as subject
    from orders o left join wallets w on w.partner_id = o.partner_id and w.id = o.wallet_id
    where w.id is null
    union all
    select o.partner_id, o.id::text
    from orders o
    left join (select distinct partner_id, order_id from order_items) i on i.partner_id = o.partner_id and i.order_id = o.id
    where i.order_id is null
    union all
    select i.partner_id, i.order_id || '#' || i.item
    from order_items i left join orders o on o.partner_id = i.partner_id and o.id = i.order_id
    where o.id is null
    union all
    select c.partner_id, c.order_id || '#' || c.item || '.' || c.position
    from order_codes c left join order_items i on i.partner_id = c.partner_id and i.order_id = c.order_id and i.item = c.item
    where i.order_id is null`,

  account_totals: sql`
    select t.partner_id, t.account as subject
    from account_totals t
    join ${numbered} w on w.partner_id = t.partner_id and w.account = t.account
    left join entries e on e.partner_id = t.partner_id and e.account = t.account and e.number = t.entry_number
    where t.entry_number > w.entry_count or t.total <> coalesce(e.balance_after, 0)
    union all
    select coalesce(s.partner_id, t.partner_id), coalesce(s.account, t.account)
    from (
      select c.partner_id, c.account, sum(c.amount) as total
      from (
        select distinct on (partner_id, transfer_id) partner_id, transfer_id, account, number
        from entries where number is not null order by partner_id, transfer_id, account
      ) first
      join account_totals counted
        on counted.partner_id = first.partner_id and counted.account = first.account and first.number <= counted.entry_number
      join entries c on c.partner_id = first.partner_id and c.transfer_id = first.transfer_id and c.number is null
      group by c.partner_id, c.account
    ) s
    full join (
      select t.partner_id, t.account, t.total
      from account_totals t left join ${numbered} w on w.partner_id = t.partner_id and w.account = t.account
      where w.account is null
    ) t on t.partner_id = s.partner_id and t.account = s.account
    where coalesce(s.total, 0) <> coalesce(t.total, 0)`,
  ...voucherOffenders,
  ...bankOffenders,
  ...settlementOffenders,
} as const satisfies Record<string, Statement>
