import { sql } from '../../platform/database.ts'
import type { Statement } from '../../platform/database.ts'

/** The part of the ledger's proof that is about vouchers. As in check.sql.ts, nothing here shares a line with the code that writes. */
export const voucherOffenders = {
  vouchers_are_owed: sql`
    select coalesce(w.partner_id, b.partner_id) as partner_id, 'voucher_liability:' || coalesce(w.currency, b.currency) as subject
    from (
      select partner_id, currency, sum(owed) as owed
      from (
        select partner_id, currency, sum(balance) as owed from vouchers group by partner_id, currency
        union all
        select partner_id, currency, sum(amount - issued_amount) from disbursements
        where state in ('pending', 'processing') group by partner_id, currency
      ) o group by partner_id, currency
    ) w
    full join (
      select e.partner_id, e.currency, sum(e.amount) as owed
      from entries e join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
      where a.kind = 'voucher_liability' group by e.partner_id, e.currency
    ) b on b.partner_id = w.partner_id and b.currency = w.currency
    where coalesce(w.owed, 0) <> coalesce(b.owed, 0)`,

  vouchers_were_spent: sql`
    select v.partner_id, v.id::text as subject
    from vouchers v
    left join (
      select p.partner_id, p.voucher_id, sum(p.amount) as spent
      from redemption_parts p join redemptions r on r.id = p.redemption_id
      where r.reversed_at is null
      group by p.partner_id, p.voucher_id
    ) s on s.partner_id = v.partner_id and s.voucher_id = v.id
    where v.redeemed <> coalesce(s.spent, 0)`,

  redemptions_are_shared: sql`
    select r.partner_id, r.id::text as subject
    from redemptions r
    left join (select redemption_id, sum(amount) as shared from redemption_parts group by redemption_id) p on p.redemption_id = r.id
    where r.amount <> coalesce(p.shared, 0)`,

  redemptions_are_booked: sql`
    select p.partner_id, p.redemption_id::text as subject
    from (select partner_id, redemption_id, sum(amount) as taken from redemption_parts group by partner_id, redemption_id) p
    join redemptions r on r.id = p.redemption_id
    left join entries e on e.partner_id = p.partner_id and e.transfer_id = p.redemption_id and e.account = 'voucher_liability:' || r.currency
    left join entries b on b.partner_id = p.partner_id and b.transfer_id = r.reversal_id and b.account = 'voucher_liability:' || r.currency
    where e.amount is distinct from -p.taken or (r.reversed_at is not null and b.amount is distinct from p.taken)`,

  merchants_are_owed: sql`
    select coalesce(w.partner_id, b.partner_id) as partner_id, coalesce(w.account, b.account) as subject
    from (
      select p.partner_id, 'merchant_payable:' || m.code || ':' || r.currency as account, sum(p.amount) as owed
      from redemption_parts p
      join redemptions r on r.id = p.redemption_id
      join merchants m on m.id = r.merchant_id
      where r.reversed_at is null
      group by p.partner_id, m.code, r.currency
    ) w
    full join (
      select e.partner_id, e.account, sum(e.amount) as owed
      from entries e
      join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
      join transfers t on t.partner_id = e.partner_id and t.id = e.transfer_id
      where a.kind = 'merchant_payable' and t.kind in ('redemption', 'redemption_reversal')
      group by e.partner_id, e.account
    ) b on b.partner_id = w.partner_id and b.account = w.account
    where coalesce(w.owed, 0) <> coalesce(b.owed, 0)`,

  disbursements_are_booked: sql`
    select d.partner_id, d.id::text as subject
    from disbursements d
    left join wallets w on w.partner_id = d.partner_id and w.id = d.wallet_id
    left join transfers t on t.partner_id = d.partner_id and t.id = d.id and t.kind = 'disbursement'
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account = w.account
    where e.amount is distinct from -(d.amount + d.fee)
    union all
    select t.partner_id, t.id::text
    from transfers t left join disbursements d on d.partner_id = t.partner_id and d.id = t.id
    where t.kind = 'disbursement' and d.id is null`,

  disbursements_are_issued: sql`
    select d.partner_id, d.id::text as subject
    from disbursements d
    left join (
      select partner_id, disbursement_id, count(*) as count, max(position) as last, sum(amount) as amount
      from vouchers where disbursement_id is not null group by partner_id, disbursement_id
    ) v on v.partner_id = d.partner_id and v.disbursement_id = d.id
    left join (
      select partner_id, disbursement_id, count(*) as count, sum(amount) as amount
      from disbursement_recipients group by partner_id, disbursement_id
    ) r on r.partner_id = d.partner_id and r.disbursement_id = d.id
    where coalesce(v.count, 0) <> d.issued_count or coalesce(v.last, 0) <> d.issued_count or coalesce(v.amount, 0) <> d.issued_amount
      or r.count is distinct from d.recipients_count or r.amount is distinct from d.amount
      or (d.state = 'completed' and d.issued_count <> d.recipients_count)`,

  clearing_is_even: sql`
    select min(e.partner_id::text)::uuid as partner_id, e.currency as subject
    from entries e join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
    where a.kind = 'clearing' group by e.currency having sum(e.amount) <> 0`,
} as const satisfies Record<string, Statement>
