import { sql } from '../../platform/database.ts'
import type { Db, Statement } from '../../platform/database.ts'

/** What `checkCheckouts` proves, a statement each. */
export type CheckoutCheckName = keyof typeof offenders

/** Up to `limit` things that break a rule, in no order: "partner/order". */
export async function selectOffenders(db: Db, name: CheckoutCheckName, limit: number): Promise<string[]> {
  const rows = await db.query<{ offender: string }>(sql`
    select partner_id || '/' || subject as offender from (${offenders[name]}) o limit ${limit}`)
  return rows.map((row) => row.offender)
}

/** Nothing here shares a line with the code that writes. Each statement sees one snapshot. */
const offenders = {
  receivables_are_instalments: sql`
    select coalesce(r.partner_id, i.partner_id) as partner_id, coalesce(r.account, i.account) as subject
    from (select * from running_accounts where kind in ('lender_receivable', 'bank_receivable')) r
    full join (
      select partner_id, account, sum(principal) as owed from checkout_instalments where state in ('due', 'late') group by partner_id, account
    ) i on i.partner_id = r.partner_id and i.account = r.account
    where coalesce(-r.balance, 0) <> coalesce(i.owed, 0)`,

  paid_out_once: sql`
    select c.partner_id, c.id::text as subject
    from checkouts c
    left join transfers t on t.partner_id = c.partner_id and t.reference = 'checkout ' || c.id and t.kind = 'payout'
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account like 'wallet:%'
    where case c.status
      when 'successful' then e.amount is distinct from c.amount - case c.fee_payer when 'seller' then c.fee else 0 end
      else t.id is not null end`,

  payouts_have_orders: sql`
    select t.partner_id, t.id::text as subject
    from transfers t
    left join checkouts c on c.partner_id = t.partner_id and 'checkout ' || c.id = t.reference
    where t.kind = 'payout' and c.id is null`,

  refunds_were_paid: sql`
    select c.partner_id, c.id::text as subject
    from checkouts c
    left join (
      select f.partner_id, f.checkout_id, sum(f.amount) as amount, sum(-e.amount) as paid
      from checkout_refunds f
      left join transfers t on t.partner_id = f.partner_id and t.reference = 'refund ' || f.id and t.kind = 'payback'
      left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account like 'wallet:%'
      where f.state = 'settled' group by f.partner_id, f.checkout_id
    ) f on f.partner_id = c.partner_id and f.checkout_id = c.id
    where c.refunded <> coalesce(f.amount, 0) or c.refunded <> coalesce(f.paid, 0)`,

  instalments_are_collected: sql`
    select i.partner_id, i.checkout_id || '#' || i.number as subject
    from checkout_instalments i
    left join transfers t
      on t.partner_id = i.partner_id and t.reference = 'instalment ' || i.checkout_id || ' ' || i.number and t.kind = 'collection'
    left join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account = i.account
    where case i.state when 'paid' then i.principal <> 0 and e.amount is distinct from i.principal else t.id is not null end`,

  principals_are_what_was_financed: sql`
    select c.partner_id, c.id::text as subject
    from checkouts c
    left join (
      select partner_id, checkout_id, sum(principal) as principal from checkout_instalments group by partner_id, checkout_id
    ) i on i.partner_id = c.partner_id and i.checkout_id = c.id
    left join (
      select f.partner_id, f.checkout_id, sum(e.amount) as forgiven
      from checkout_refunds f
      join transfers t on t.partner_id = f.partner_id and t.reference = 'refund ' || f.id
      join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.account like '%_receivable:%'
      where f.state = 'settled' group by f.partner_id, f.checkout_id
    ) f on f.partner_id = c.partner_id and f.checkout_id = c.id
    where c.status = 'successful'
      and coalesce(i.principal, 0) <> c.amount + case c.fee_payer when 'buyer' then c.fee else 0 end - coalesce(f.forgiven, 0)`,

  decisions_agree: sql`
    select c.partner_id, c.id::text as subject
    from checkouts c left join checkout_decisions d on d.partner_id = c.partner_id and d.checkout_id = c.id
    where (c.chosen is null) <> (d.checkout_id is null)
      or case c.status
        when 'successful' then d.state is distinct from 'approved'
        when 'approved' then d.state is distinct from 'paying'
        else d.state in ('approved', 'paying') end
      or (d.state = 'declined') <> (c.end_reason is not distinct from 'declined')`,
} as const satisfies Record<string, Statement>
