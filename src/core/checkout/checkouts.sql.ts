import type { Position } from '../../platform/cursor.ts'
import { prepared, sql } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { CheckoutId, CredentialId, PartnerId, SellerId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import { formersOf } from './checkout.ts'
import type { Buyer, Checkout, CheckoutStatus, EndReason } from './checkout.ts'
import type { PaymentTerms } from './seller.ts'

export type NewCheckout = Pick<
  Checkout,
  | 'partnerId'
  | 'id'
  | 'sellerId'
  | 'dialect'
  | 'currency'
  | 'amount'
  | 'fee'
  | 'feePayer'
  | 'rate'
  | 'reference'
  | 'terms'
  | 'redirectUrl'
  | 'webhookUrl'
  | 'pageUrl'
  | 'source'
> & {
  /** JSON as the client wrote it. */
  readonly metadata: string | undefined
  readonly idempotencyKey: string | undefined
  readonly requestHash: string
  readonly days: number
  /** With which key it is made. */
  readonly credentialId: CredentialId | undefined
}

/** False, and nothing written: the seller has an order under this idempotency key. */
export async function insertCheckout(tx: Tx, row: NewCheckout): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into checkouts (partner_id, id, seller_id, dialect, currency, amount, fee, fee_payer, rate_30_days, reference, terms, redirect_url,
                           webhook_url, page_url, source, meta_data, idempotency_key, request_hash, expires_at, credential_id)
    values (${row.partnerId}, ${row.id}, ${row.sellerId}, ${row.dialect}, ${row.currency}, ${row.amount}, ${row.fee}, ${row.feePayer},
            ${row.rate}::numeric / 10000000000, ${row.reference}, ${row.terms}, ${row.redirectUrl}, ${row.webhookUrl ?? null}, ${row.pageUrl},
            ${row.source ?? null}, ${row.metadata ?? null}, ${row.idempotencyKey ?? null}, ${row.requestHash},
            now() + make_interval(days => ${row.days}), ${row.credentialId ?? null})
    on conflict (partner_id, seller_id, idempotency_key) do nothing
    returning id`)
  return rows.length > 0
}

export async function selectByIdempotencyKey(
  db: Db,
  key: { readonly partnerId: PartnerId; readonly sellerId: SellerId; readonly idempotencyKey: string },
): Promise<{ readonly id: CheckoutId; readonly requestHash: string } | undefined> {
  const [row] = await db.query<{ id: CheckoutId; requestHash: string }>(sql`
    select id, request_hash as "requestHash" from checkouts
    where partner_id = ${key.partnerId} and seller_id = ${key.sellerId} and idempotency_key = ${key.idempotencyKey}`)
  return row
}

/** With which key an order was made; undefined: nobody knows. */
export async function selectCredentialOf(db: Db, id: CheckoutId): Promise<CredentialId | undefined> {
  const [row] = await db.query<{ credentialId: CredentialId | null }>(
    sql`select credential_id as "credentialId" from checkouts where id = ${id}`,
  )
  return row?.credentialId ?? undefined
}

export async function selectCheckout(db: Db, id: CheckoutId): Promise<Checkout | undefined> {
  const [row] = await db.query<CheckoutRow>(
    prepared(
      'select_checkout',
      sql`select ${checkoutColumns} from checkouts c ${withSeller} where c.id = ${id}`,
    ),
  )
  return row === undefined ? undefined : toCheckout(row)
}

/** Locks an order until the transaction ends. */
export async function lockCheckout(tx: Tx, id: CheckoutId): Promise<Checkout | undefined> {
  const [row] = await tx.query<CheckoutRow>(
    sql`select ${checkoutColumns} from checkouts c ${withSeller} where c.id = ${id} for no key update of c`,
  )
  return row === undefined ? undefined : toCheckout(row)
}

/** Newest first from a position, which is an order's id. */
export async function selectCheckouts(
  db: Db,
  filter: { readonly partnerId: PartnerId; readonly status: CheckoutStatus | undefined },
  position: Position | undefined,
  limit: number,
): Promise<Checkout[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<CheckoutRow>(sql`
    select ${checkoutColumns} from checkouts c ${withSeller}
    where c.partner_id = ${filter.partnerId}
      ${filter.status === undefined ? sql`` : sql`and c.status = ${filter.status}`}
      ${position === undefined ? sql`` : backwards ? sql`and c.id > ${id}` : sql`and c.id < ${id}`}
    order by ${backwards ? sql`c.id` : sql`c.id desc`}
    limit ${limit}`)
  return rows.map(toCheckout)
}

export type StatusChange = {
  readonly status: CheckoutStatus
  readonly endReason?: EndReason | undefined
  /** Only an order whose time is not over, or only one whose time is. */
  readonly when?: 'in_time' | 'expired' | undefined
}

/** Takes an order to a status that may follow its present one. Undefined, and nothing written: it may not. */
export async function updateStatus(
  tx: Tx,
  id: CheckoutId,
  change: StatusChange,
): Promise<Checkout | undefined> {
  const { status, endReason, when } = change
  const [row] = await tx.query<CheckoutRow>(sql`
    with c as (
      update checkouts
      set status = ${status}, version = version + 1, end_reason = ${endReason ?? null},
          ended_at = case when ${endReason ?? null}::text is null then null else now() end,
          paid_at = case when ${status} = 'successful' then now() end
      where id = ${id} and status = any (${formersOf(status)})
        ${when === undefined ? sql`` : when === 'in_time' ? sql`and expires_at > now()` : sql`and expires_at <= now() and status in ('created', 'pending')`}
      returning *
    )
    select ${checkoutColumns} from c ${withSeller}`)
  return row === undefined ? undefined : toCheckout(row)
}

/** Writes down what the buyer agrees to, once. False, and nothing written: it is not the buyer's turn. */
export async function updateAgreement(
  tx: Tx,
  id: CheckoutId,
  agreement: {
    readonly chosen: PaymentTerms
    readonly months: number | undefined
    readonly buyer: Buyer | undefined
  },
): Promise<boolean> {
  const { chosen, months, buyer } = agreement
  const rows = await tx.query(sql`
    update checkouts
    set chosen = ${chosen}, months = ${months ?? null}, buyer_company = ${buyer?.company ?? null}, buyer_email = ${buyer?.email ?? null},
        buyer_turnover = ${buyer?.turnover ?? null}
    where id = ${id} and status = 'pending' and chosen is null and expires_at > now() and ${chosen} = any (terms)
    returning id`)
  return rows.length > 0
}

/** Orders whose time is over before anybody has paid for them. */
export async function selectExpired(db: Db, limit: number): Promise<CheckoutId[]> {
  const rows = await db.query<{ id: CheckoutId }>(sql`
    select id from checkouts where status in ('created', 'pending') and expires_at <= now() order by expires_at limit ${limit}`)
  return rows.map((row) => row.id)
}

/** False, and nothing written: that would be more than was paid. */
export async function addRefunded(tx: Tx, id: CheckoutId, amount: Micros): Promise<boolean> {
  const rows = await tx.query(sql`
    update checkouts set refunded = refunded + ${amount}
    where id = ${id} and status = 'successful' and refunded + ${amount} <= amount returning id`)
  return rows.length > 0
}

type Nullable = 'webhookUrl' | 'source' | 'endReason' | 'chosen' | 'months' | 'endedAt'

type CheckoutRow = Omit<Checkout, Nullable | 'buyer' | 'metadata'> & {
  readonly [Key in Nullable]: NonNullable<Checkout[Key]> | null
} & {
  readonly metadata: unknown
  readonly buyerCompany: string | null
  readonly buyerEmail: string | null
  readonly buyerTurnover: Micros | null
}

function toCheckout(row: CheckoutRow): Checkout {
  const { buyerCompany, buyerEmail, buyerTurnover, ...rest } = row
  const buyer =
    buyerCompany === null || buyerEmail === null || buyerTurnover === null
      ? undefined
      : { company: buyerCompany, email: buyerEmail, turnover: buyerTurnover }
  return {
    ...rest,
    webhookUrl: row.webhookUrl ?? undefined,
    source: row.source ?? undefined,
    metadata: row.metadata ?? undefined,
    endReason: row.endReason ?? undefined,
    chosen: row.chosen ?? undefined,
    months: row.months ?? undefined,
    endedAt: row.endedAt ?? undefined,
    buyer,
  }
}

/** Of `c`, an order, beside `withSeller`. */
const checkoutColumns: Statement = sql`
  c.partner_id as "partnerId", c.id, c.seller_id as "sellerId", s.name as "sellerName", c.dialect, c.currency, c.amount, c.fee,
  c.fee_payer as "feePayer", (c.rate_30_days * 10000000000)::bigint as rate, c.reference, c.terms, c.redirect_url as "redirectUrl",
  c.webhook_url as "webhookUrl", c.page_url as "pageUrl", c.source, c.meta_data as metadata, c.status, c.end_reason as "endReason",
  c.chosen, c.months::integer as months, c.buyer_company as "buyerCompany", c.buyer_email as "buyerEmail", c.buyer_turnover as "buyerTurnover",
  c.refunded, c.created_at as "createdAt", c.expires_at as "expiresAt", c.expires_at <= now() as "isExpired", c.ended_at as "endedAt"`

const withSeller: Statement = sql`join checkout_sellers s on s.partner_id = c.partner_id and s.id = c.seller_id`
