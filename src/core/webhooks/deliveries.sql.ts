import type { Position } from '../../platform/cursor.ts'
import { plainArray, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { EndpointId, EventId, PartnerId } from '../../values/ids.ts'
import type { Attempt, Delivery, DeliveryState } from './webhook.ts'

export type DeliveryFilters = {
  readonly state?: DeliveryState | undefined
  /** When the event happened; `from` included, `to` not. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

/** With microseconds kept, for cursors. */
export type DeliveryRow = Delivery & { readonly createdAtText: string }

/** Newest first from a position, which is when an event came and its id. */
export async function selectDeliveries(
  db: Db,
  { partnerId, endpointId }: EndpointKey,
  filters: DeliveryFilters,
  position: Position | undefined,
  limit: number,
): Promise<DeliveryRow[]> {
  const backwards = position?.direction === 'before'
  const [createdAt, eventId] = position?.key ?? []
  const rows = await db.query<NullableRow>(sql`
    select ${columns}
    from all_webhook_deliveries d left join events v on v.partner_id = d.partner_id and v.id = d.event_id
    where d.partner_id = ${partnerId} and d.endpoint_id = ${endpointId}
      ${filters.state === undefined ? sql`` : sql`and d.state = ${filters.state}`}
      ${filters.from === undefined ? sql`` : sql`and d.created_at >= ${filters.from}`}
      ${filters.to === undefined ? sql`` : sql`and d.created_at < ${filters.to}`}
      ${position === undefined ? sql`` : backwards ? sql`and (d.created_at, d.event_id) > (${createdAt}, ${eventId})` : sql`and (d.created_at, d.event_id) < (${createdAt}, ${eventId})`}
    order by ${backwards ? sql`d.created_at, d.event_id` : sql`d.created_at desc, d.event_id desc`}
    limit ${limit}`)
  return rows.map(toDelivery)
}

export async function selectDelivery(
  db: Db,
  { partnerId, endpointId }: EndpointKey,
  eventId: EventId,
): Promise<Delivery | undefined> {
  const [row] = await db.query<NullableRow>(sql`
    select ${columns}
    from all_webhook_deliveries d left join events v on v.partner_id = d.partner_id and v.id = d.event_id
    where d.partner_id = ${partnerId} and d.endpoint_id = ${endpointId} and d.event_id = ${eventId}`)
  return row === undefined ? undefined : toDelivery(row)
}

/** Newest first from a position, which is a try's number. */
export async function selectAttempts(
  db: Db,
  { partnerId, endpointId }: EndpointKey,
  eventId: EventId,
  position: Position | undefined,
  limit: number,
): Promise<Attempt[]> {
  const backwards = position?.direction === 'before'
  const number = position?.key[0] ?? '0'
  const rows = await db.query<AttemptRow>(sql`
    select number, attempted_at as "attemptedAt", duration_us::float8 / 1000 as "durationMs", status, error, response
    from webhook_attempts
    where partner_id = ${partnerId} and event_id = ${eventId} and endpoint_id = ${endpointId}
      ${position === undefined ? sql`` : backwards ? sql`and number > ${number}` : sql`and number < ${number}`}
    order by ${backwards ? sql`number` : sql`number desc`}
    limit ${limit}`)
  return rows.map((row) => ({
    ...row,
    status: row.status ?? undefined,
    error: row.error ?? undefined,
    response: row.response ?? undefined,
  }))
}

/** Begins another round of these deliveries, at once. Whoever is trying one now is too late. Answers how many there were. */
export async function restartDeliveries(
  tx: Tx,
  endpoint: EndpointKey,
  eventIds: readonly EventId[],
): Promise<number> {
  const restarted = new Set<EventId>()
  // One that ends, or that somebody else restarts, while a statement looks for it is where the next one looks.
  for (const restart of [restartWaiting, restartEnded, restartWaiting]) {
    const left = eventIds.filter((id) => !restarted.has(id))
    if (left.length === 0) break
    for (const { eventId } of await tx.query<{ eventId: EventId }>(restart(endpoint, left)))
      restarted.add(eventId)
  }
  return restarted.size
}

const restartWaiting = ({ partnerId, endpointId }: EndpointKey, eventIds: readonly EventId[]) => sql`
  update webhook_deliveries
  set state = 'waiting', tries = 0, due_at = now(), claimed_until = null, fence = fence + 1, ended_at = null
  where partner_id = ${partnerId} and endpoint_id = ${endpointId} and event_id = any (${plainArray(eventIds)}::uuid[])
  returning event_id as "eventId"`

const restartEnded = ({ partnerId, endpointId }: EndpointKey, eventIds: readonly EventId[]) => sql`
  with ended as (
    delete from webhook_ended_deliveries
    where partner_id = ${partnerId} and endpoint_id = ${endpointId} and event_id = any (${plainArray(eventIds)}::uuid[])
    returning partner_id, event_id, endpoint_id, tries_ever, fence, created_at
  )
  insert into webhook_deliveries (partner_id, event_id, endpoint_id, tries_ever, fence, created_at)
  select partner_id, event_id, endpoint_id, tries_ever, fence + 1, created_at from ended
  returning event_id as "eventId"`

/** Ended deliveries in the order in which their events came, from an instant on up to another, behind a position. */
export async function selectEnded(
  tx: Tx,
  { partnerId, endpointId }: EndpointKey,
  span: { readonly from: Date; readonly to: string; readonly states: readonly DeliveryState[] },
  after: EndedRow | undefined,
  limit: number,
): Promise<EndedRow[]> {
  return tx.query<EndedRow>(sql`
    select event_id as "eventId", created_at::text as "createdAtText" from webhook_ended_deliveries
    where partner_id = ${partnerId} and endpoint_id = ${endpointId} and state = any (${span.states})
      and created_at >= ${span.from} and created_at <= ${span.to}
      ${after === undefined ? sql`` : sql`and (created_at, event_id) > (${after.createdAtText}, ${after.eventId})`}
    order by created_at, event_id
    limit ${limit}`)
}

export type EndedRow = { readonly eventId: EventId; readonly createdAtText: string }

/** The database's clock, with microseconds. */
export async function selectNow(db: Db): Promise<string> {
  const [row] = await db.query<{ now: string }>(sql`select now()::text as now`)
  return row?.now ?? ''
}

/** An event that goes to this endpoint alone. */
export async function insertEventFor(
  tx: Tx,
  { partnerId, endpointId }: EndpointKey,
  event: { readonly id: EventId; readonly type: string },
): Promise<void> {
  await tx.query(sql`
    with event as (
      insert into events (partner_id, id, type) values (${partnerId}, ${event.id}, ${event.type}) returning partner_id, id
    )
    insert into webhook_deliveries (partner_id, event_id, endpoint_id) select partner_id, id, ${endpointId} from event`)
}

/** Puts an event that is recorded on its way to one endpoint. */
export async function insertDelivery(
  tx: Tx,
  { partnerId, endpointId }: EndpointKey,
  eventId: EventId,
): Promise<void> {
  await tx.query(sql`
    insert into webhook_deliveries (partner_id, event_id, endpoint_id) values (${partnerId}, ${eventId}, ${endpointId})
    on conflict do nothing`)
}

/** Wakes whoever delivers, when the transaction commits. */
export async function notifyDue(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_notify('webhooks_due', '')`)
}

/** Removes a lot of an endpoint's deliveries and their tries; answers how many deliveries there were. */
export async function deleteDeliveries(
  db: Db,
  { partnerId, endpointId }: EndpointKey,
  limit: number,
): Promise<number> {
  const gone = await db.query(sql`
    with lot as (
      select event_id from all_webhook_deliveries where partner_id = ${partnerId} and endpoint_id = ${endpointId} limit ${limit}
    ), attempts as (
      delete from webhook_attempts a using lot
      where a.partner_id = ${partnerId} and a.endpoint_id = ${endpointId} and a.event_id = lot.event_id
    ), ended as (
      delete from webhook_ended_deliveries d using lot
      where d.partner_id = ${partnerId} and d.endpoint_id = ${endpointId} and d.event_id = lot.event_id
    ), waiting as (
      delete from webhook_deliveries d using lot
      where d.partner_id = ${partnerId} and d.endpoint_id = ${endpointId} and d.event_id = lot.event_id
    )
    select from lot`)
  return gone.length
}

/** Takes a lot of what a process of the version before has ended in its place on to the log; answers how many there were. */
export async function moveEnded(db: Db, limit: number): Promise<number> {
  const moved = await db.query(sql`
    with lot as (
      select partner_id, event_id, endpoint_id from webhook_deliveries where state <> 'waiting' limit ${limit} for update skip locked
    ), ended as (
      delete from webhook_deliveries d using lot
      where d.partner_id = lot.partner_id and d.event_id = lot.event_id and d.endpoint_id = lot.endpoint_id
      returning d.*
    )
    insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
    select partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, coalesce(ended_at, now()) from ended
    returning event_id`)
  return moved.length
}

/** Ends, as failed, a lot of what is older than so many days and waits for paused endpoints; answers how many there were. */
export async function endLongPaused(db: Db, days: number, limit: number): Promise<number> {
  const ended = await db.query(sql`
    with lot as (
      select d.partner_id, d.event_id, d.endpoint_id
      from webhook_endpoints e
      join webhook_deliveries d on d.partner_id = e.partner_id and d.endpoint_id = e.id
      -- One that was in hand when the pause began is its sender's to end.
      where e.state = 'paused' and d.state = 'waiting' and d.created_at < now() - make_interval(days => ${days})
        and (d.claimed_until is null or d.claimed_until <= now())
      limit ${limit}
      for update of d skip locked
    ), ended as (
      delete from webhook_deliveries d using lot
      where d.partner_id = lot.partner_id and d.event_id = lot.event_id and d.endpoint_id = lot.endpoint_id
      returning d.*
    )
    insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
    select partner_id, event_id, endpoint_id, 'failed', tries, tries_ever, fence, created_at, now() from ended
    returning event_id`)
  return ended.length
}

/** Removes a lot of what waits for endpoints that are gone, or were disabled so many days ago, with its tries; answers how many there were. */
export async function deleteHopeless(db: Db, disabledDays: number, limit: number): Promise<number> {
  const gone = await db.query(sql`
    with lot as (
      select d.partner_id, d.event_id, d.endpoint_id
      from webhook_deliveries d
      left join webhook_endpoints e on e.partner_id = d.partner_id and e.id = d.endpoint_id
      where e.id is null or e.disabled_at < now() - make_interval(days => ${disabledDays})
      limit ${limit}
    ), attempts as (
      delete from webhook_attempts a using lot
      where a.partner_id = lot.partner_id and a.event_id = lot.event_id and a.endpoint_id = lot.endpoint_id
    )
    delete from webhook_deliveries d using lot
    where d.partner_id = lot.partner_id and d.event_id = lot.event_id and d.endpoint_id = lot.endpoint_id
    returning d.event_id`)
  return gone.length
}

/** Removes a lot of callback addresses of long ago to which nothing is on its way or was lately; answers how many there were. */
export async function deleteSilentCallbacks(db: Db, keepDays: number, limit: number): Promise<number> {
  const gone = await db.query(sql`
    delete from webhook_endpoints e
    using (
      select partner_id, id from webhook_endpoints k
      where k.is_callback and k.created_at < now() - make_interval(days => ${keepDays})
        and not exists (select from webhook_deliveries d where d.partner_id = k.partner_id and d.endpoint_id = k.id)
        and not exists (select from webhook_ended_deliveries d where d.partner_id = k.partner_id and d.endpoint_id = k.id)
      limit ${limit}
      for update skip locked
    ) old
    where e.partner_id = old.partner_id and e.id = old.id
    returning e.id`)
  return gone.length
}

/** What is on its way to endpoints, and what waits for paused ones. */
export type Backlog = {
  /** Events on their way to active endpoints. */
  readonly waiting: number
  /** For how long the oldest of them has been due. */
  readonly oldestSeconds: number
  /** Events that wait until a paused endpoint is active again. */
  readonly paused: number
}

export async function selectBacklog(db: Db): Promise<Backlog> {
  const [row] = await db.query<Backlog>(sql`
    select count(*) filter (where e.state = 'active')::float8 as waiting,
           greatest(coalesce(extract(epoch from now() - min(d.due_at) filter (where e.state = 'active')), 0), 0)::float8 as "oldestSeconds",
           count(*) filter (where e.state = 'paused')::float8 as paused
    from webhook_deliveries d
    join webhook_endpoints e on e.partner_id = d.partner_id and e.id = d.endpoint_id
    where d.due_at is not null and e.state in ('active', 'paused')`)
  return row ?? { waiting: 0, oldestSeconds: 0, paused: 0 }
}

export type EndpointKey = { readonly partnerId: PartnerId; readonly endpointId: EndpointId }

type AttemptRow = Pick<Attempt, 'number' | 'attemptedAt' | 'durationMs'> & {
  readonly status: number | null
  readonly error: string | null
  readonly response: string | null
}

type NullableRow = Omit<DeliveryRow, 'type' | 'orderId' | 'dueAt' | 'endedAt'> & {
  readonly [Key in 'type' | 'orderId' | 'dueAt' | 'endedAt']: DeliveryRow[Key] | null
}

function toDelivery(row: NullableRow): DeliveryRow {
  return {
    ...row,
    type: row.type ?? '',
    orderId: row.orderId ?? undefined,
    dueAt: row.dueAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
  }
}

const columns = sql`
  d.event_id as "eventId", d.endpoint_id as "endpointId", v.type, v.order_id as "orderId", d.state, d.tries, d.tries_ever as "triesEver",
  d.due_at as "dueAt", d.created_at as "createdAt", d.created_at::text as "createdAtText", d.ended_at as "endedAt"`
