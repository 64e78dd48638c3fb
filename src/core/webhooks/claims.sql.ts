import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { EndpointId, EventId, OrderId, PartnerId } from '../../values/ids.ts'

/** A delivery in the hands of one sender, until its lease runs out. */
export type Claim = {
  readonly partnerId: PartnerId
  readonly eventId: EventId
  readonly endpointId: EndpointId
  /** Whoever comes with another one is too late. */
  readonly fence: bigint
  /** The number of this try, of all that were ever begun. */
  readonly number: number
  /** Tries of this round before this one. */
  readonly tries: number
  /** By the database's clock. */
  readonly claimedAt: Date
  readonly dialect: string
  readonly url: string
  readonly isCallback: boolean
  readonly type: string
  readonly happenedAt: Date
  readonly orderId: OrderId | null
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * Takes up to `room` due deliveries of endpoints that are neither paused nor resting: one for each endpoint that has none in hand, then a
 * second, and so on, those that wait longest first. An endpoint gets at most `perEndpoint` at a time, and fewer after failures, down to
 * one: a receiver that hangs holds few hands. All of a partner's endpoints at one host get no more together, however many addresses its callbacks
 * name there, and all of its endpoints no more than `perPartner`. (Two processes that claim at the same moment do not see each other, and may take as
 * many each.)
 *
 * The walk goes from endpoint to endpoint along the index, so it costs by endpoints that have something due and not by what is due.
 */
export async function claimDue(
  db: Db,
  {
    room,
    perEndpoint,
    perPartner,
    leaseSeconds,
  }: {
    readonly room: number
    readonly perEndpoint: number
    readonly perPartner: number
    readonly leaseSeconds: number
  },
): Promise<Claim[]> {
  return db.query<Claim>(
    prepared(
      'claim_webhooks',
      sql`
      with recursive waiting as (
        (select d.partner_id, d.endpoint_id from webhook_deliveries d where d.due_at is not null
         order by d.partner_id, d.endpoint_id limit 1)
        union all
        select n.partner_id, n.endpoint_id
        from waiting w
        cross join lateral (
          select d.partner_id, d.endpoint_id from webhook_deliveries d
          where d.due_at is not null and (d.partner_id, d.endpoint_id) > (w.partner_id, w.endpoint_id)
          order by d.partner_id, d.endpoint_id limit 1
        ) n
      ), taken as (
        select e.partner_id, e.id as endpoint_id, split_part(e.url, '/', 3) as host, greatest(1, ${perEndpoint}::integer - e.failures_in_a_row) as most, (
            select count(*) from webhook_deliveries d
            where d.partner_id = e.partner_id and d.endpoint_id = e.id and d.claimed_until > now()
          ) as in_hand
        from waiting w
        join webhook_endpoints e on e.partner_id = w.partner_id and e.id = w.endpoint_id
        where e.state = 'active' and (e.rests_until is null or e.rests_until <= now())
      ), free as (
        select c.partner_id, c.event_id, c.endpoint_id, c.due_at, e.in_hand + c.place as turn, e.host, e.at_host, e.at_partner
        from (
          select t.*, sum(t.in_hand) over (partition by t.partner_id, t.host) as at_host, sum(t.in_hand) over (partition by t.partner_id) as at_partner
          from taken t
        ) e
        cross join lateral (
          select d.partner_id, d.event_id, d.endpoint_id, d.due_at, row_number() over (order by d.due_at) as place
          from webhook_deliveries d
          where d.partner_id = e.partner_id and d.endpoint_id = e.endpoint_id and d.due_at <= now()
            and (d.claimed_until is null or d.claimed_until <= now())
          order by d.due_at limit greatest(e.most - e.in_hand, 0)
        ) c
        where e.at_host < ${perEndpoint} and e.at_partner < ${perPartner}
      ), candidates as (
        select partner_id, event_id, endpoint_id
        from (
          select f.*,
                 row_number() over (partition by f.partner_id, f.host order by f.turn, f.due_at) as host_turn,
                 row_number() over (partition by f.partner_id order by f.turn, f.due_at) as partner_turn
          from free f
        ) r
        where host_turn <= ${perEndpoint} - at_host and partner_turn <= ${perPartner} - at_partner
        order by turn, due_at
        limit ${room}
      ), locked as (
        select d.partner_id, d.event_id, d.endpoint_id
        from candidates c
        join webhook_deliveries d using (partner_id, event_id, endpoint_id)
        where d.due_at <= now() and (d.claimed_until is null or d.claimed_until <= now())
        for update of d skip locked
      ), claimed as (
        update webhook_deliveries d
        set claimed_until = now() + make_interval(secs => ${leaseSeconds}), fence = d.fence + 1, tries_ever = d.tries_ever + 1
        from locked l
        where d.partner_id = l.partner_id and d.event_id = l.event_id and d.endpoint_id = l.endpoint_id
        returning d.*
      )
      select d.partner_id as "partnerId", d.event_id as "eventId", d.endpoint_id as "endpointId", d.fence, d.tries_ever as number, d.tries,
             now() as "claimedAt", e.dialect, e.url, e.is_callback as "isCallback", v.type, v.created_at as "happenedAt", v.order_id as "orderId", v.details
      from claimed d
      join webhook_endpoints e on e.partner_id = d.partner_id and e.id = d.endpoint_id
      join events v on v.partner_id = d.partner_id and v.id = d.event_id
      order by d.due_at`,
    ),
  )
}

export type NewAttempt = {
  readonly durationMs: number
  readonly status: number | undefined
  readonly error: string | undefined
  readonly response: string | undefined
}

export async function insertAttempt(tx: Tx, claim: Claim, attempt: NewAttempt): Promise<void> {
  await tx.query(sql`
    insert into webhook_attempts (partner_id, event_id, endpoint_id, number, attempted_at, duration_us, status, error, response)
    values (${claim.partnerId}, ${claim.eventId}, ${claim.endpointId}, ${claim.number},
            now() - make_interval(secs => ${attempt.durationMs / 1_000}), ${Math.round(attempt.durationMs * 1_000)},
            ${attempt.status ?? null}, ${attempt.error ?? null}, ${attempt.response ?? null})
    -- Only a delivery that was removed and made anew under a sender's hands could have this number twice.
    on conflict do nothing`)
}

/** What a try came to. */
export type TryResult =
  | { readonly state: 'delivered' | 'failed' }
  | { readonly state: 'waiting'; readonly nextInSeconds: number }

/**
 * Notes a result if the claim still holds; false: it does not, and nothing was changed. What has ended leaves the table of what waits for
 * the log.
 */
export async function updateTried(tx: Tx, claim: Claim, result: TryResult): Promise<boolean> {
  const noted = await tx.query(
    result.state === 'waiting'
      ? sql`
        update webhook_deliveries
        set tries = tries + 1, claimed_until = null, due_at = now() + make_interval(secs => ${result.nextInSeconds})
        where ${isHeld(claim)}
        returning event_id`
      : sql`
        with ended as (
          delete from webhook_deliveries where ${isHeld(claim)}
          returning partner_id, event_id, endpoint_id, tries, tries_ever, fence, created_at
        )
        insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
        select partner_id, event_id, endpoint_id, ${result.state}, tries + 1, tries_ever, fence, created_at, now() from ended
        returning event_id`,
  )
  return noted.length > 0
}

/** Ends a delivery of something that the dialect does not tell, without a trace. */
export async function deleteHeld(db: Db, claim: Claim): Promise<void> {
  await db.query(sql`delete from webhook_deliveries where ${isHeld(claim)}`)
}

/** Lets it rest for a while; that was no try. */
export async function deferHeld(db: Db, claim: Claim, seconds: number): Promise<void> {
  await db.query(sql`
    update webhook_deliveries set due_at = now() + make_interval(secs => ${seconds}), claimed_until = null where ${isHeld(claim)}`)
}

const isHeld = ({ partnerId, eventId, endpointId, fence }: Claim) =>
  sql`partner_id = ${partnerId} and event_id = ${eventId} and endpoint_id = ${endpointId} and fence = ${fence} and state = 'waiting'`
