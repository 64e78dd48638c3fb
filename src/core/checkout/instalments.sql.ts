import { plainArray, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { CheckoutId, PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Currency } from '../../values/money.ts'
import type { Instalment } from './schedule.ts'

type InstalmentState = 'due' | 'late' | 'paid' | 'void'

export type StoredInstalment = Instalment & {
  readonly number: number
  readonly state: InstalmentState
  readonly paidAt: Date | undefined
}

export async function insertInstalments(
  tx: Tx,
  { partnerId, checkoutId, account }: OfCheckout & { readonly account: string },
  instalments: readonly (Instalment & { readonly number: number })[],
): Promise<void> {
  await tx.query(sql`
    insert into checkout_instalments (partner_id, checkout_id, number, account, due_on, principal, interest)
    select ${partnerId}, ${checkoutId}, k.number, ${account}, k.due_on, k.principal, k.interest
    from unnest(${plainArray(instalments.map((one) => one.number))}::smallint[], ${plainArray(instalments.map((one) => one.dueOn))}::date[],
                ${plainArray(instalments.map((one) => one.principal))}::bigint[], ${plainArray(instalments.map((one) => one.interest))}::bigint[])
      as k (number, due_on, principal, interest)`)
}

/** All of an order, in their order. */
export async function selectInstalments(db: Db, checkoutId: CheckoutId): Promise<StoredInstalment[]> {
  const rows = await db.query<Omit<StoredInstalment, 'paidAt'> & { paidAt: Date | null }>(sql`
    select i.number::integer as number, i.due_on as "dueOn", i.principal, i.interest, i.state, i.paid_at as "paidAt"
    from checkouts c join checkout_instalments i on i.partner_id = c.partner_id and i.checkout_id = c.id
    where c.id = ${checkoutId} order by i.number`)
  return rows.map((row) => ({ ...row, paidAt: row.paidAt ?? undefined }))
}

/** Notes that an instalment was paid. Undefined, and nothing written: it is not open. */
export async function markPaid(
  tx: Tx,
  { partnerId, checkoutId }: OfCheckout,
  number: number,
): Promise<(Instalment & { readonly account: string }) | undefined> {
  const [row] = await tx.query<Instalment & { account: string }>(sql`
    update checkout_instalments set state = 'paid', paid_at = now()
    where partner_id = ${partnerId} and checkout_id = ${checkoutId} and number = ${number} and state in ('due', 'late')
    returning due_on as "dueOn", principal, interest, account`)
  return row
}

/** Writes what is left of open instalments after a refund; those of which nothing is left are void. */
export async function replaceOpen(
  tx: Tx,
  { partnerId, checkoutId }: OfCheckout,
  instalments: readonly (Instalment & { readonly number: number })[],
): Promise<void> {
  await tx.query(sql`
    update checkout_instalments i
    set principal = k.principal, interest = k.interest, state = case when k.principal = 0 then 'void' else i.state end
    from unnest(${plainArray(instalments.map((one) => one.number))}::smallint[],
                ${plainArray(instalments.map((one) => one.principal))}::bigint[], ${plainArray(instalments.map((one) => one.interest))}::bigint[])
      as k (number, principal, interest)
    where i.partner_id = ${partnerId} and i.checkout_id = ${checkoutId} and i.number = k.number and i.state in ('due', 'late')`)
}

/** An open instalment that somebody is to be told of. */
export type DueInstalment = OfCheckout &
  Instalment & {
    readonly number: number
    readonly account: string
    readonly email: string | null
    readonly locale: Locale
    readonly sellerName: string
    readonly reference: string
    readonly currency: Currency
    readonly isOverdue: boolean
  }

/** Takes instalments that fall due within so many days and were not told of, and marks them as told. */
export async function takeUnreminded(tx: Tx, withinDays: number, limit: number): Promise<DueInstalment[]> {
  return tx.query<DueInstalment>(sql`
    with taken as (
      select partner_id, checkout_id, number from checkout_instalments
      where state = 'due' and reminded_at is null and due_on >= current_date and due_on <= current_date + ${withinDays}::integer
      order by due_on limit ${limit} for update skip locked
    ), i as (
      update checkout_instalments i set reminded_at = now() from taken t
      where i.partner_id = t.partner_id and i.checkout_id = t.checkout_id and i.number = t.number
      returning i.*
    )
    select ${dueColumns} from i ${withOrder}`)
}

/** Takes open instalments whose day is over, and marks them as late. */
export async function takeOverdue(tx: Tx, limit: number): Promise<DueInstalment[]> {
  return tx.query<DueInstalment>(sql`
    with taken as (
      select partner_id, checkout_id, number from checkout_instalments
      where state = 'due' and due_on < current_date order by due_on limit ${limit} for update skip locked
    ), i as (
      update checkout_instalments i set state = 'late' from taken t
      where i.partner_id = t.partner_id and i.checkout_id = t.checkout_id and i.number = t.number
      returning i.*
    )
    select ${dueColumns} from i ${withOrder}`)
}

/** Open instalments whose day has come, of all partners, those that wait longest first, behind one of them. */
export async function selectDue(
  db: Db,
  after: DueInstalment | undefined,
  limit: number,
): Promise<DueInstalment[]> {
  return db.query<DueInstalment>(sql`
    select ${dueColumns} from checkout_instalments i ${withOrder}
    where i.state in ('due', 'late') and i.due_on <= current_date
      ${
        after === undefined
          ? sql``
          : sql`and (i.due_on, i.checkout_id, i.number) > (${after.dueOn}::date, ${after.checkoutId}, ${after.number})`
      }
    order by i.due_on, i.checkout_id, i.number
    limit ${limit}`)
}

type OfCheckout = { readonly partnerId: PartnerId; readonly checkoutId: CheckoutId }

const dueColumns = sql`
  i.partner_id as "partnerId", i.checkout_id as "checkoutId", i.number::integer as number, i.account, i.due_on as "dueOn", i.principal, i.interest,
  c.buyer_email as email, p.locale, s.name as "sellerName", c.reference, c.currency, i.due_on < current_date as "isOverdue"`
const withOrder = sql`
  join checkouts c on c.partner_id = i.partner_id and c.id = i.checkout_id
  join checkout_sellers s on s.partner_id = c.partner_id and s.id = c.seller_id
  join partners p on p.id = c.partner_id`
