import { prepared, sql } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { OrderId, SupplierId } from '../../values/ids.ts'
import type { ClaimedItem, FulfilmentState, ItemKey } from './fulfilment.ts'

/** Takes up to `limit` items that are due for `leaseMs`; those of suppliers that have their hands full stay. */
export async function claimDue(
  db: Db,
  claim: { readonly limit: number; readonly leaseMs: number; readonly busySuppliers: readonly SupplierId[] },
): Promise<ClaimedItem[]> {
  const claimedUntilMs = performance.now() + claim.leaseMs
  const rows = await db.query<ClaimRow>(
    prepared(
      'claim_fulfilments',
      sql`
      with due as (
        select partner_id, order_id, item from fulfilments
        where due_at <= now() and (claimed_until is null or claimed_until <= now())
          and (supplier_id is null or supplier_id <> all (${claim.busySuppliers}::uuid[]))
        order by due_at limit ${claim.limit}
        for no key update skip locked
      ), claimed as (
        update fulfilments f
        set claimed_until = now() + ${claim.leaseMs} * interval '1 millisecond', fence = f.fence + 1, claims = f.claims + 1
        from due d where f.partner_id = d.partner_id and f.order_id = d.order_id and f.item = d.item
        returning f.*
      )
      ${claimedItems}`,
    ),
  )
  return rows.map((row) => toClaimed(row, claimedUntilMs))
}

/**
 * Takes a parked item for what two persons decided about it; it is locked until the transaction ends, and whoever held it before has
 * lost it. Undefined, and nothing written: it is not parked, or somebody has worked on it since.
 */
export async function claimParked(tx: Tx, claim: Claim): Promise<ClaimedItem | undefined> {
  const [row] = await tx.query<ClaimRow>(sql`
    with claimed as (
      update fulfilments f set fence = f.fence + 1 where ${held(claim)} and state = 'parked' returning f.*
    )
    ${claimedItems}`)
  return row === undefined ? undefined : toClaimed(row, Number.POSITIVE_INFINITY)
}

/** The rows of `claimed` with what a supplier has to know. */
const claimedItems = sql`
  select c.partner_id as "partnerId", c.order_id as "orderId", c.item, c.state, c.supplier_id as "supplierId", c.sends, c.sent_at as "sentAt",
         c.asks, c.claims, c.fence, extract(epoch from now() - c.created_at)::double precision * 1000 as "ageMs",
         extract(epoch from clock_timestamp())::double precision * 1000 as "takenAtMs",
         (select max(a.started_at) from fulfilment_attempts a
          where a.partner_id = c.partner_id and a.order_id = c.order_id and a.item = c.item and a.kind = 'buy'
            and a.supplier_id = c.supplier_id and coalesce(a.answer, 'unknown') = 'unknown') as "unansweredAt",
         c.refused_by as "refusedBy", i.sku_id as "skuId", i.sku_name as "skuName", p.brand_id as "brandId", p.type as "productType",
         o.dialect, i.quantity, i.unit_price as "unitPrice", o.currency as "walletCurrency", i.face_value as "faceValue",
         i.face_currency as "faceCurrency", k.kind = 'range' as "isOpenAmount", i.customer_data as "customerData"
  from claimed c
  join orders o on o.partner_id = c.partner_id and o.id = c.order_id
  join order_items i on i.partner_id = c.partner_id and i.order_id = c.order_id and i.item = c.item
  join skus k on k.id = i.sku_id
  join products p on p.id = k.product_id`

type ClaimRow = Omit<
  ClaimedItem,
  'supplierId' | 'sentAt' | 'unansweredAt' | 'claimedUntilMs' | 'clockStartMs'
> & {
  readonly takenAtMs: number
  readonly supplierId: SupplierId | null
  readonly sentAt: Date | null
  readonly unansweredAt: Date | null
}

function toClaimed({ takenAtMs, ...row }: ClaimRow, claimedUntilMs: number): ClaimedItem {
  return {
    ...row,
    clockStartMs: takenAtMs - performance.now(),
    supplierId: row.supplierId ?? undefined,
    sentAt: row.sentAt ?? undefined,
    unansweredAt: row.unansweredAt ?? undefined,
    claimedUntilMs,
  }
}

/** An item under the claim that this process holds; a newer claim makes it nobody's. */
export type Claim = ItemKey & { readonly fence: bigint }

function held({ partnerId, orderId, item, fence }: Claim): Statement {
  return sql`partner_id = ${partnerId} and order_id = ${orderId} and item = ${item} and fence = ${fence}`
}

/**
 * Writes down, before anything is sent, that a purchase goes to a supplier now. Undefined, and nothing written: the claim has run out
 * or is another's.
 */
export async function storeIntent(
  db: Db,
  claim: Claim,
  supplierId: SupplierId,
): Promise<{ sends: number; sentAt: Date } | undefined> {
  const [row] = await db.query<{ sends: number; sentAt: Date }>(
    prepared(
      'store_intent',
      sql`
      with intent as (
        update fulfilments
        set state = 'dispatching', supplier_id = ${supplierId},
            sends = case when supplier_id = ${supplierId} then sends + 1 else 1 end,
            sent_at = case when supplier_id = ${supplierId} then sent_at else now() end
        where ${held(claim)} and claimed_until > now() and state in ('accepted', 'dispatching', 'unknown', 'pending')
        returning partner_id, order_id, item, fence, sends, sent_at
      ), noted as (
        insert into fulfilment_attempts (partner_id, order_id, item, fence, kind, supplier_id)
        select partner_id, order_id, item, fence, 'buy', ${supplierId} from intent
      )
      select sends, sent_at as "sentAt" from intent`,
    ),
  )
  return row
}

/** Completes the record of an exchange. A question is written down only now; a purchase was before it was sent. */
export async function noteAttempt(
  db: Db,
  claim: Claim,
  attempt: {
    readonly kind: 'buy' | 'inquire'
    readonly supplierId: SupplierId
    readonly tookMs: number
    readonly answer: string
    readonly detail: string
  },
): Promise<void> {
  await db.query(
    prepared(
      'note_attempt',
      sql`
      insert into fulfilment_attempts (partner_id, order_id, item, fence, kind, supplier_id, started_at, ended_at, answer, detail)
      values (${claim.partnerId}, ${claim.orderId}, ${claim.item}, ${claim.fence}, ${attempt.kind}, ${attempt.supplierId},
              now() - ${attempt.tookMs} * interval '1 millisecond', now(), ${attempt.answer}, ${attempt.detail})
      on conflict (partner_id, order_id, item, fence, kind)
      do update set ended_at = excluded.ended_at, answer = excluded.answer, detail = excluded.detail`,
    ),
  )
}

export type NextWait = {
  readonly state: FulfilmentState
  /** Null: nothing more is to be done by a machine. */
  readonly afterMs: number | null
  readonly asks: number
  /** Whether the supplier that was asked has nothing to do with it any more. */
  readonly forgetSupplier?: boolean
  readonly refusedBy?: SupplierId | undefined
  readonly refusal?: string | undefined
  readonly supplierReference?: string | undefined
  readonly parkedReason?: string | undefined
}

/**
 * Gives a claimed item back in a state that is not its end. Who waits for the order hears of it where its supplier has spoken. False: the claim is
 * another's, and nothing was written.
 */
export async function giveBack(db: Db, claim: Claim, next: NextWait): Promise<boolean> {
  const refused = next.refusedBy ?? null
  const rows = await db.query(
    prepared(
      'give_back_fulfilment',
      sql`
      update fulfilments
      set state = ${next.state}, asks = ${next.asks}, claims = 0, claimed_until = null,
          due_at = now() + ${next.afterMs}::double precision * interval '1 millisecond',
          supplier_id = case when ${next.forgetSupplier ?? false} then null else supplier_id end,
          sent_at = case when ${next.forgetSupplier ?? false} then null else sent_at end,
          sends = case when ${next.forgetSupplier ?? false} then 0 else sends end,
          refused_by = case when ${refused}::uuid is null then refused_by else array_append(refused_by, ${refused}::uuid) end,
          refusal = coalesce(${next.refusal ?? null}, refusal),
          supplier_reference = coalesce(${next.supplierReference ?? null}, supplier_reference),
          parked_reason = ${next.parkedReason ?? null}
      where ${held(claim)}
      returning case when state in ('unknown', 'pending', 'parked') then pg_notify('order_news', order_id::text) end as told`,
    ),
  )
  return rows.length > 0
}

/**
 * Ends an item that has not ended. Undefined, and nothing written: the claim is another's, or it has ended already.
 *
 * @param end.lookAgainAfterMs when to ask once more whether it stays so; undefined: never
 * @param end.evenParkedWith whose word ends it without a claim too, if it was left to a person after this supplier was asked
 */
export async function endFulfilment(
  tx: Tx,
  claim: Claim,
  end: {
    readonly state: 'completed' | 'failed'
    readonly refusal?: string | undefined
    readonly supplierReference?: string | undefined
    readonly lookAgainAfterMs?: number | undefined
    readonly evenParkedWith?: SupplierId | undefined
  },
): Promise<boolean> {
  const rows = await tx.query(
    prepared(
      'end_fulfilment',
      sql`
      update fulfilments
      set state = ${end.state}, ended_at = now(), claims = 0, asks = 0, claimed_until = null, refusal = coalesce(${end.refusal ?? null}, refusal),
          due_at = now() + ${end.lookAgainAfterMs ?? null}::double precision * interval '1 millisecond',
          supplier_reference = coalesce(${end.supplierReference ?? null}, supplier_reference), parked_reason = null
      where partner_id = ${claim.partnerId} and order_id = ${claim.orderId} and item = ${claim.item} and state not in ('completed', 'failed')
        and (fence = ${claim.fence} or (state = 'parked' and supplier_id = ${end.evenParkedWith ?? null} and claimed_until is null))
      returning 1 as one`,
    ),
  )
  return rows.length > 0
}

/** Ends an item that nobody has been asked for, whoever has it in hand. Its order's dialect; undefined, and nothing written: it is not such a one. */
export async function cancelUnasked(
  tx: Tx,
  { partnerId, orderId, item }: ItemKey,
): Promise<string | undefined> {
  const [row] = await tx.query<{ dialect: string }>(sql`
    update fulfilments f
    set state = 'failed', refusal = 'cancelled', fence = f.fence + 1, claims = 0, claimed_until = null, due_at = null, ended_at = now()
    from orders o
    where f.partner_id = ${partnerId} and f.order_id = ${orderId} and f.item = ${item} and f.state = 'accepted' and f.supplier_id is null
      and o.partner_id = f.partner_id and o.id = f.order_id
    returning o.dialect`)
  return row?.dialect
}

/**
 * Has an item's supplier asked at once. One that ended just now is left alone: its supplier's own news of that end is on its way.
 * False: there is nothing to ask.
 */
export async function askAtOnce(db: Db, orderId: OrderId, item: number): Promise<boolean> {
  const rows = await db.query(sql`
    with due as (
      update fulfilments set due_at = now(), asks = 0
      where order_id = ${orderId} and item = ${item} and state <> 'parked'
        and (state not in ('completed', 'failed') or ended_at < now() - interval '1 minute')
      returning order_id
    )
    select pg_notify('fulfilment_due', '') from due`)
  return rows.length > 0
}

/**
 * Lets a machine go on with an item at once; a parked one is unknown then, or as if nobody had been asked if nobody was. False: there
 * is no such item.
 */
export async function makeDue(db: Db, { partnerId, orderId, item }: ItemKey): Promise<boolean> {
  const rows = await db.query(sql`
    with due as (
      update fulfilments
      set due_at = now(), asks = 0, claims = 0, parked_reason = null,
          state = case when state <> 'parked' then state when supplier_id is null then 'accepted' else 'unknown' end
      where partner_id = ${partnerId} and order_id = ${orderId} and item = ${item}
      returning order_id
    )
    select pg_notify('fulfilment_due', '') from due`)
  return rows.length > 0
}

/** In which state an item is now, and whose it is; undefined: nobody has been asked, or whoever was has refused. */
export async function selectState(
  db: Db,
  { partnerId, orderId, item }: ItemKey,
): Promise<{ readonly state: FulfilmentState; readonly supplierId: SupplierId | undefined } | undefined> {
  const [row] = await db.query<{ state: FulfilmentState; supplierId: SupplierId | null }>(sql`
    select state, supplier_id as "supplierId" from fulfilments
    where partner_id = ${partnerId} and order_id = ${orderId} and item = ${item}`)
  return row === undefined ? undefined : { ...row, supplierId: row.supplierId ?? undefined }
}

/** Locks an item until the transaction ends: what is decided about it, and booked for it, is by one at a time. */
export async function lockItem(tx: Tx, { partnerId, orderId, item }: ItemKey): Promise<void> {
  await tx.query(sql`
    select 1 as one from fulfilments where partner_id = ${partnerId} and order_id = ${orderId} and item = ${item} for no key update`)
}

/**
 * How many items are in each state that is not final, how many seconds the oldest of them is old, and how many of them were sent to
 * their supplier over `overdueSeconds` ago.
 */
export async function selectOpenCounts(
  db: Db,
  overdueSeconds: number,
): Promise<{ state: FulfilmentState; count: number; oldestSeconds: number; overdue: number }[]> {
  return db.query(sql`
    select state, count(*)::integer as count, extract(epoch from now() - min(created_at))::double precision as "oldestSeconds",
           (count(*) filter (where sent_at < now() - ${overdueSeconds} * interval '1 second'))::integer as overdue
    from fulfilments where state not in ('completed', 'failed')
    group by state`)
}
