import { sql } from '../../platform/database.ts'
import type { Statement } from '../../platform/database.ts'

/** The part of the ledger's proof that is about money that came in and went out by bank. As in check.sql.ts, nothing here shares a line with the code that writes. */
export const bankOffenders = {
  withdrawals_are_held: sql`
    select d.partner_id, d.id::text as subject
    from withdrawals d
    left join holds h on h.partner_id = d.partner_id and h.id = d.id
    left join wallets w on w.partner_id = d.partner_id and w.id = d.wallet_id
    left join transfers t on t.partner_id = d.partner_id and t.reference = 'withdrawal ' || d.id and t.kind = 'withdrawal'
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account = w.account
    where h.amount is distinct from d.amount or h.wallet_id is distinct from d.wallet_id
      or h.state <> case d.state when 'pending_approval' then 'open' else 'released' end
      or case d.state when 'paid' then e.amount is distinct from -d.amount else t.id is not null end
    union all
    select h.partner_id, h.id::text
    from holds h left join withdrawals d on d.partner_id = h.partner_id and d.id = h.id
    where h.order_id is null and d.id is null`,

  bank_lines_are_booked: sql`
    select l.partner_id, l.id::text as subject
    from bank_lines l
    left join wallets w on w.partner_id = l.partner_id and w.id = l.wallet_id
    left join transfers t on t.partner_id = l.partner_id and t.reference = 'bank ' || l.id and t.kind = 'topup'
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account = w.account
    where l.partner_id is not null
      and case l.state when 'booked' then e.amount is distinct from l.amount else t.id is not null end
    union all
    select t.partner_id, t.id::text
    from transfers t left join bank_lines l on 'bank ' || l.id = t.reference and l.partner_id = t.partner_id
    where t.kind = 'topup' and t.reference ~ '^bank [0-9a-f-]{36}$' and l.state is distinct from 'booked'`,
} as const satisfies Record<string, Statement>
