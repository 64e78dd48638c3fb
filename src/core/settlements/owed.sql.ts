import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { MerchantId, PartnerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { payableAccount } from '../ledger/move-voucher-money.ts'
import type { Owed } from './owed.ts'

/** What a merchant is owed beside the payouts that are proposed: below zero they are more than that. */
export async function selectFree(
  db: Db,
  of: {
    readonly partnerId: PartnerId
    readonly merchant: { readonly id: MerchantId; readonly code: string }
    readonly currency: Currency
  },
): Promise<Micros> {
  const [row] = await db.query<{ free: Micros }>(sql`
    select coalesce((
      select balance from running_accounts
      where partner_id = ${of.partnerId} and account = ${payableAccount(of.merchant.code, of.currency)}
    ), 0) - coalesce((
      select sum(amount) from settlements
      where merchant_id = ${of.merchant.id} and partner_id = ${of.partnerId} and currency = ${of.currency}
        and state = 'proposed' and kind = 'payout'
    ), 0)::bigint as free`)
  return row?.free ?? 0n
}

export type OwedFilter = {
  /** A code. */
  readonly merchant: string | undefined
  readonly partnerId: PartnerId | undefined
  /** undefined: now. */
  readonly at: Date | undefined
}

/** By merchant, issuer and currency, from a position on. */
export async function selectOwed(
  db: Db,
  { merchant, partnerId, at }: OwedFilter,
  position: Position | undefined,
  limit: number,
): Promise<Owed[]> {
  const backwards = position?.direction === 'before'
  const [code = '', partner = '', currency = ''] = position?.key ?? []
  const order = backwards ? sql`desc` : sql``
  // A moment's balance is the one after the last entry that was there before it: see statements.sql.ts.
  const balance = sql`(
    select e.balance_after from entries e join transfers t on t.partner_id = e.partner_id and t.id = e.transfer_id
    where e.partner_id = r.partner_id and e.account = r.account and e.number is not null and t.created_at < ${at ?? null}::timestamptz
    order by e.number desc limit 1)`
  return db.query<Owed>(sql`
    select ${ofMerchant} as merchant, r.partner_id as "partnerId", p.name as "partnerName", r.currency,
      coalesce(${at === undefined ? sql`r.balance` : balance}, 0) as owed,
      coalesce((
        select sum(s.amount)::bigint from settlements s join merchants m on m.id = s.merchant_id
        where m.code = ${ofMerchant} and s.partner_id = r.partner_id and s.currency = r.currency
          and s.state = 'proposed' and s.kind = 'payout'
      ), 0) as proposed
    from running_accounts r join partners p on p.id = r.partner_id
    where r.kind = 'merchant_payable'
      ${merchant === undefined ? sql`` : sql`and ${ofMerchant} = ${merchant}`}
      ${partnerId === undefined ? sql`` : sql`and r.partner_id = ${partnerId}`}
      ${position === undefined ? sql`` : sql`and (${ofMerchant}, r.partner_id, r.currency) ${backwards ? sql`<` : sql`>`} (${code}::text, ${partner}::uuid, ${currency}::text)`}
    order by ${ofMerchant} ${order}, r.partner_id ${order}, r.currency ${order} limit ${limit}`)
}

/** As the index has it. */
const ofMerchant = sql`split_part(r.account, ':', 2)`
