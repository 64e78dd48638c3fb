import { sql } from '../../platform/database.ts'
import type { Statement } from '../../platform/database.ts'

/** The part of the ledger's proof that is about what merchants are paid. As in check.sql.ts, nothing here shares a line with the code that writes. */
export const settlementOffenders = {
  merchants_are_settled: sql`
    select partner_id, account as subject
    from (
      select partner_id, account, sum(told) as told, sum(booked) as booked, sum(running) as running
      from (
        select p.partner_id, 'merchant_payable:' || m.code || ':' || r.currency as account,
               p.amount - case when r.reversed_at is null then 0 else p.amount end as told, 0 as booked, 0 as running
        from redemption_parts p join redemptions r on r.id = p.redemption_id join merchants m on m.id = r.merchant_id
        union all
        select s.partner_id, 'merchant_payable:' || m.code || ':' || s.currency,
               case s.kind when 'payout' then -s.amount else s.amount end, 0, 0
        from settlements s join merchants m on m.id = s.merchant_id
        where s.state in ('approved', 'returned')
        union all
        select e.partner_id, e.account, 0, e.amount, 0
        from entries e join ledger_accounts a on a.partner_id = e.partner_id and a.code = e.account
        where a.kind = 'merchant_payable'
        union all
        select partner_id, account, 0, 0, balance from running_accounts where kind = 'merchant_payable'
      ) all_sides group by partner_id, account
    ) sums
    where told <> booked or booked <> running`,

  settlements_are_booked: sql`
    select s.partner_id, s.id::text as subject
    from settlements s
    join merchants m on m.id = s.merchant_id
    left join transfers t on t.partner_id = s.partner_id and t.id = s.id
    left join entries e on e.partner_id = s.partner_id and e.transfer_id = s.id and e.account = 'merchant_payable:' || m.code || ':' || s.currency
    left join entries c on c.partner_id = s.partner_id and c.transfer_id = s.id and c.account = 'cash:' || s.currency
    where case when s.state in ('approved', 'returned')
      then t.kind is distinct from case s.kind when 'payout' then 'merchant_payout' else 'merchant_payout_return' end
        or e.amount is distinct from case s.kind when 'payout' then -s.amount else s.amount end
        or c.amount is distinct from -e.amount
      else t.id is not null end
    union all
    select t.partner_id, t.id::text
    from transfers t left join settlements s on s.partner_id = t.partner_id and s.id = t.id
    where t.kind in ('merchant_payout', 'merchant_payout_return') and s.id is null
    union all
    select p.partner_id, p.id::text
    from settlements p
    left join settlements r on r.partner_id = p.partner_id and r.payout_id = p.id and r.state = 'approved'
    where p.kind = 'payout' and (p.state = 'returned') <> (r.id is not null and r.amount = p.amount)`,
} as const satisfies Record<string, Statement>
