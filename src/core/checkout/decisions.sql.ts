import { prepared, sql } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { CheckoutId, PartnerId, PayerId } from '../../values/ids.ts'
import type { ClaimedDecision, Decision, DecisionState } from './decision.ts'

/** Wakes whoever decides, when the transaction commits. */
async function notifyDecisions(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_notify('checkout_decisions', '')`)
}

export async function insertDecision(
  tx: Tx,
  decision: {
    readonly partnerId: PartnerId
    readonly checkoutId: CheckoutId
    readonly payerId: PayerId
    /** Of an order on credit: `takeBuyerPlace`. */
    readonly buyerPlace: bigint | undefined
  },
): Promise<void> {
  await tx.query(sql`
    insert into checkout_decisions (partner_id, checkout_id, payer_id, buyer_place)
    values (${decision.partnerId}, ${decision.checkoutId}, ${decision.payerId}, ${decision.buyerPlace ?? null})`)
  await notifyDecisions(tx)
}

/** The next place among a buyer's orders on credit. Whoever takes it lets nobody else do so until the transaction ends. */
export async function takeBuyerPlace(tx: Tx, email: string): Promise<bigint> {
  const [row] = await tx.query<{ place: bigint }>(sql`
    insert into checkout_buyers as b (email, place) values (${email}, 1)
    on conflict (email) do update set place = b.place + 1
    returning place`)
  if (row === undefined) throw new Error('The statement answered with no place.')
  return row.place
}

/** Takes up to `limit` decisions that are due for `leaseMs`. */
export async function claimDue(
  db: Db,
  claim: { readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedDecision[]> {
  const claimedUntilMs = performance.now() + claim.leaseMs
  const rows = await db.query<DecisionRow & ClaimPart>(
    prepared(
      'claim_checkout_decisions',
      sql`
      with due as (
        select partner_id, checkout_id from checkout_decisions
        where due_at <= now() and (claimed_until is null or claimed_until <= now())
        order by due_at limit ${claim.limit}
        for no key update skip locked
      ), d as (
        update checkout_decisions d
        set claimed_until = now() + ${claim.leaseMs} * interval '1 millisecond', fence = d.fence + 1, claims = d.claims + 1
        from due u where d.partner_id = u.partner_id and d.checkout_id = u.checkout_id
        returning d.*
      )
      select ${columns}, d.fence, d.sends, d.asks, d.claims from d ${withPayer}`,
    ),
  )
  return rows.map((row) => ({
    ...toDecision(row),
    fence: row.fence,
    sends: row.sends,
    asks: row.asks,
    claims: row.claims,
    claimedUntilMs,
  }))
}

type ClaimPart = Pick<ClaimedDecision, 'fence' | 'sends' | 'asks' | 'claims'>

/** A decision under the claim that this process holds; a newer claim makes it nobody's. */
type Claim = Pick<ClaimedDecision, 'partnerId' | 'checkoutId' | 'fence'>

const held = ({ partnerId, checkoutId, fence }: Claim): Statement =>
  sql`partner_id = ${partnerId} and checkout_id = ${checkoutId} and fence = ${fence}`

/** Writes down, before anything is sent, that the application goes out now. False: the claim is lost, or nobody wants it any more. */
export async function storeIntent(db: Db, claim: Claim): Promise<boolean> {
  const rows = await db.query(sql`
    update checkout_decisions set sends = sends + 1, sent_at = coalesce(sent_at, now())
    where ${held(claim)} and claimed_until > now() and state = 'waiting'
    returning checkout_id`)
  return rows.length > 0
}

/** Gives a decision back, to be looked at again; null: not by a machine. False: the claim is lost, and nothing was written. */
export async function giveBack(
  db: Db,
  claim: Claim,
  next: {
    readonly afterMs: number | null
    readonly asks: number
    readonly detail: string
    readonly continueUrl?: string | undefined
    readonly state?: 'parked' | undefined
  },
): Promise<boolean> {
  const rows = await db.query(sql`
    update checkout_decisions
    set claimed_until = null, claims = 0, asks = ${next.asks}, detail = ${next.detail},
        due_at = ${next.afterMs === null ? sql`null` : sql`now() + ${next.afterMs} * interval '1 millisecond'`},
        continue_url = coalesce(${next.continueUrl ?? null}, continue_url)
        ${next.state === undefined ? sql`` : sql`, state = ${next.state}`}
    where ${held(claim)} ${next.state === undefined ? sql`` : sql`and state in ('waiting', 'paying')`}
    returning checkout_id`)
  return rows.length > 0
}

/** Takes a claimed decision from one state to another. False: the claim is lost, or somebody else has moved it. */
export async function moveDecision(
  tx: Tx,
  claim: Claim,
  move: {
    readonly from: DecisionState
    readonly to: DecisionState
    readonly detail?: string | undefined
    readonly payerReference?: string | undefined
  },
): Promise<boolean> {
  const isOver = move.to === 'approved' || move.to === 'declined' || move.to === 'withdrawn'
  const rows = await tx.query(sql`
    update checkout_decisions
    set state = ${move.to}, detail = coalesce(${move.detail ?? null}, detail),
        payer_reference = coalesce(${move.payerReference ?? null}, payer_reference),
        ${isOver ? sql`due_at = null, claimed_until = null, ended_at = now()` : sql`claims = 0`}
    where ${held(claim)} and state = ${move.from}
    returning checkout_id`)
  return rows.length > 0
}

/**
 * Nobody wants the order any more. Whoever is asking the payer now has lost it, and the payer is told, unless it was never asked: then
 * that is the end of it.
 */
export async function withdrawDecision(tx: Tx, partnerId: PartnerId, checkoutId: CheckoutId): Promise<void> {
  await tx.query(sql`
    update checkout_decisions
    set state = case when sends = 0 then 'withdrawn' else 'withdrawing' end, fence = fence + 1, claimed_until = null, claims = 0, asks = 0,
        due_at = case when sends = 0 then null else now() end, ended_at = case when sends = 0 then now() end
    where partner_id = ${partnerId} and checkout_id = ${checkoutId} and state in ('waiting', 'paying', 'parked')`)
  await notifyDecisions(tx)
}

/** What the buyer said on the simulated bank's page, once: the first word stands. The payer is asked at once, and by nobody who did not know. */
export async function storeWord(
  tx: Tx,
  checkoutId: CheckoutId,
  word: 'approve' | 'decline',
): Promise<boolean> {
  const rows = await tx.query(sql`
    update checkout_decisions set word = ${word}, due_at = now(), asks = 0, fence = fence + 1, claimed_until = null
    where checkout_id = ${checkoutId} and state = 'waiting' and word is null and continue_url is not null
    returning checkout_id`)
  await notifyDecisions(tx)
  return rows.length > 0
}

/** A decision that waits for its next question is due now, unless that comes in two seconds anyway. */
export async function bringForward(tx: Tx, checkoutId: CheckoutId): Promise<void> {
  const rows = await tx.query(sql`
    update checkout_decisions set due_at = now(), asks = 0
    where checkout_id = ${checkoutId} and state = 'waiting' and due_at > now() + interval '2 seconds'
      and (claimed_until is null or claimed_until <= now())
    returning checkout_id`)
  if (rows.length > 0) await notifyDecisions(tx)
}

/** A decision that a person wants to be looked at again, at once: where its order is by now. False: it has ended, or there is none. */
export async function restartDecision(tx: Tx, checkoutId: CheckoutId): Promise<boolean> {
  const rows = await tx.query(sql`
    update checkout_decisions d
    set state = case when d.state <> 'parked' then d.state when c.status = 'approved' then 'paying' when c.status = 'unsuccessful' then 'withdrawing'
                     else 'waiting' end,
        due_at = now(), asks = 0, claims = 0
    from checkouts c
    where d.checkout_id = ${checkoutId} and c.partner_id = d.partner_id and c.id = d.checkout_id
      and d.state in ('waiting', 'paying', 'withdrawing', 'parked')
    returning d.checkout_id`)
  await notifyDecisions(tx)
  return rows.length > 0
}

export async function selectDecision(db: Db, checkoutId: CheckoutId): Promise<Decision | undefined> {
  const [row] = await db.query<DecisionRow>(
    sql`select ${columns} from checkout_decisions d ${withPayer} where d.checkout_id = ${checkoutId}`,
  )
  return row === undefined ? undefined : toDecision(row)
}

/** Orders on credit of the same buyer that were agreed before this one and are undecided, or not paid back. */
export async function countOpenOrders(db: Db, checkoutId: CheckoutId): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    select count(*)::integer as count
    from checkouts mine
    join checkout_decisions of_mine on of_mine.checkout_id = mine.id
    join checkouts c on c.buyer_email = mine.buyer_email and c.id <> mine.id and c.chosen = 'pay_later'
    join checkout_decisions d on d.partner_id = c.partner_id and d.checkout_id = c.id
    where mine.id = ${checkoutId}
      and (d.buyer_place < of_mine.buyer_place
        or (d.buyer_place is null and (of_mine.buyer_place is not null or (d.created_at, c.id) < (of_mine.created_at, mine.id))))
      and (d.state in ('waiting', 'paying', 'parked')
        or exists (select from checkout_instalments i where i.partner_id = c.partner_id and i.checkout_id = c.id and i.state in ('due', 'late')))`)
  return row?.count ?? 0
}

/** The day on which what is agreed in this transaction begins, by the database's clock. */
export async function selectDay(db: Db): Promise<string> {
  const [row] = await db.query<{ day: string }>(sql`select now()::date::text as day`)
  if (row === undefined) throw new Error('The database did not tell the day.')
  return row.day
}

/** How many decisions are open by state, and for how long the oldest has been. */
export async function selectOpenDecisions(
  db: Db,
): Promise<{ readonly state: DecisionState; readonly count: number; readonly oldestSeconds: number }[]> {
  return db.query(sql`
    select state, count(*)::integer as count, extract(epoch from now() - min(created_at))::float8 as "oldestSeconds"
    from checkout_decisions where state not in ('approved', 'declined', 'withdrawn') group by state`)
}

type Nullable = 'continueUrl' | 'word' | 'payerReference' | 'endedAt'
type DecisionRow = Omit<Decision, Nullable> & {
  readonly [Key in Nullable]: NonNullable<Decision[Key]> | null
}

function toDecision(row: DecisionRow): Decision {
  const { partnerId, checkoutId, payerId, payerCode, state, detail, createdAt, agreedOn } = row
  return {
    partnerId,
    checkoutId,
    payerId,
    payerCode,
    state,
    detail,
    createdAt,
    agreedOn,
    continueUrl: row.continueUrl ?? undefined,
    word: row.word ?? undefined,
    payerReference: row.payerReference ?? undefined,
    endedAt: row.endedAt ?? undefined,
  }
}

const columns = sql`
  d.partner_id as "partnerId", d.checkout_id as "checkoutId", d.payer_id as "payerId", p.code as "payerCode", d.state,
  d.continue_url as "continueUrl", d.word, d.payer_reference as "payerReference", d.detail, d.created_at as "createdAt",
  d.created_at::date::text as "agreedOn", d.ended_at as "endedAt"`
const withPayer = sql`join payers p on p.id = d.payer_id`
