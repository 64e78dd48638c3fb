import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { DataKeyId, EndpointId, PartnerId } from '../../values/ids.ts'
import type { Sealed } from '../keys/ring.ts'
import type { AfterFailure, Endpoint, EndpointState, Health, TroubledEndpoint } from './webhook.ts'

export type NewEndpoint = {
  readonly partnerId: PartnerId
  readonly id: EndpointId
  readonly dialect: string
  readonly url: string
  readonly events: readonly string[]
  readonly description: string
  readonly secret: Sealed
}

/** Lets nobody else make or remove endpoints of the partner until the transaction ends; undefined: there is no such partner. */
export async function lockEndpointCount(tx: Tx, partnerId: PartnerId): Promise<number | undefined> {
  const partners = await tx.query(sql`select from partners where id = ${partnerId} for no key update`)
  if (partners.length === 0) return undefined
  // A statement of its own: only now does it see what others made while this one waited.
  const [row] = await tx.query<{ count: number }>(
    sql`select count(*)::integer as count from webhook_endpoints where partner_id = ${partnerId} and not is_callback`,
  )
  return row?.count
}

export async function insertEndpoint(tx: Tx, endpoint: NewEndpoint): Promise<Endpoint> {
  return toOneEndpoint(
    await tx.query<EndpointRow>(sql`
      insert into webhook_endpoints (partner_id, id, dialect, url, events, description, secret, data_key_id)
      values (${endpoint.partnerId}, ${endpoint.id}, ${endpoint.dialect}, ${endpoint.url}, ${endpoint.events}, ${endpoint.description},
              ${endpoint.secret.ciphertext}, ${endpoint.secret.dataKeyId})
      returning ${columns}`),
  )
}

export type NewCallback = Pick<NewEndpoint, 'partnerId' | 'id' | 'dialect' | 'url' | 'secret'>

/** False, and nothing written: the address is there already. */
export async function insertCallback(tx: Tx, callback: NewCallback): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into webhook_endpoints (partner_id, id, dialect, url, secret, data_key_id, is_callback)
    values (${callback.partnerId}, ${callback.id}, ${callback.dialect}, ${callback.url}, ${callback.secret.ciphertext},
            ${callback.secret.dataKeyId}, true)
    on conflict (partner_id, dialect, md5(url)) where is_callback do nothing
    returning id`)
  return rows.length > 0
}

/** The endpoint of an address that came before, active whatever had become of it; undefined: it is new. */
export async function claimCallback(
  tx: Tx,
  { partnerId, dialect, url }: Pick<NewCallback, 'partnerId' | 'dialect' | 'url'>,
): Promise<EndpointId | undefined> {
  const [row] = await tx.query<{ id: EndpointId; state: EndpointState }>(sql`
    select id, state from webhook_endpoints
    where partner_id = ${partnerId} and dialect = ${dialect} and md5(url) = md5(${url}) and is_callback
    for key share`)
  if (row?.state === 'disabled')
    await tx.query(sql`
      update webhook_endpoints
      set state = 'active', disabled_reason = null, disabled_at = null, failures_in_a_row = 0, failing_since = null, rests_until = null
      where partner_id = ${partnerId} and id = ${row.id} and state = 'disabled'`)
  return row?.id
}

/** Newest first from a position, which is an endpoint's id: those that were registered, or those that came with requests. */
export async function selectEndpoints(
  db: Db,
  { partnerId, isCallback }: { readonly partnerId: PartnerId; readonly isCallback: boolean },
  position: Position | undefined,
  limit: number,
): Promise<Endpoint[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<EndpointRow>(sql`
    select ${columns} from webhook_endpoints
    where partner_id = ${partnerId} and is_callback = ${isCallback}
      ${position === undefined ? sql`` : backwards ? sql`and id > ${id}` : sql`and id < ${id}`}
    order by ${backwards ? sql`id` : sql`id desc`}
    limit ${limit}`)
  return rows.map(toEndpoint)
}

export async function selectEndpoint(
  db: Db,
  partnerId: PartnerId,
  id: EndpointId,
): Promise<Endpoint | undefined> {
  const [row] = await db.query<EndpointRow>(
    sql`select ${columns} from webhook_endpoints where partner_id = ${partnerId} and id = ${id}`,
  )
  return row === undefined ? undefined : toEndpoint(row)
}

export async function lockEndpoint(
  tx: Tx,
  partnerId: PartnerId,
  id: EndpointId,
): Promise<Endpoint | undefined> {
  const [row] = await tx.query<EndpointRow>(
    sql`select ${columns} from webhook_endpoints where partner_id = ${partnerId} and id = ${id} for no key update`,
  )
  return row === undefined ? undefined : toEndpoint(row)
}

export type EndpointChange = {
  readonly url: string
  readonly events: readonly string[]
  readonly description: string
  readonly state: Exclude<EndpointState, 'disabled'>
}

/** Writes what a partner may choose. An endpoint that was disabled, or calls another address now, begins without a past. */
export async function updateEndpointRow(
  tx: Tx,
  partnerId: PartnerId,
  id: EndpointId,
  change: EndpointChange & { readonly isFresh: boolean },
): Promise<Endpoint> {
  return toOneEndpoint(
    await tx.query<EndpointRow>(sql`
      update webhook_endpoints
      set url = ${change.url}, events = ${change.events}, description = ${change.description}, state = ${change.state},
          disabled_reason = null, disabled_at = null
          ${change.isFresh ? sql`, failures_in_a_row = 0, failing_since = null, rests_until = null` : sql``}
      where partner_id = ${partnerId} and id = ${id}
      returning ${columns}`),
  )
}

export async function updateSecret(
  tx: Tx,
  partnerId: PartnerId,
  id: EndpointId,
  secret: Sealed,
  graceSeconds: number,
): Promise<Endpoint> {
  const former =
    graceSeconds > 0
      ? sql`previous_secret = secret, previous_data_key_id = data_key_id, previous_until = now() + make_interval(secs => ${graceSeconds})`
      : sql`previous_secret = null, previous_data_key_id = null, previous_until = null`
  return toOneEndpoint(
    await tx.query<EndpointRow>(sql`
      update webhook_endpoints set ${former}, secret = ${secret.ciphertext}, data_key_id = ${secret.dataKeyId}
      where partner_id = ${partnerId} and id = ${id}
      returning ${columns}`),
  )
}

/** False: there was none. */
export async function deleteEndpointRow(tx: Tx, partnerId: PartnerId, id: EndpointId): Promise<boolean> {
  const gone = await tx.query(
    sql`delete from webhook_endpoints where partner_id = ${partnerId} and id = ${id} returning id`,
  )
  return gone.length > 0
}

/** The secrets that sign for an endpoint now, the present one first. */
export async function selectSecrets(db: Db, partnerId: PartnerId, id: EndpointId): Promise<Sealed[]> {
  const [row] = await db.query<SecretsRow>(sql`
    select secret, data_key_id as "dataKeyId", previous_secret as "previousSecret", previous_data_key_id as "previousDataKeyId",
           coalesce(previous_until > now(), false) as "isPreviousValid"
    from webhook_endpoints where partner_id = ${partnerId} and id = ${id}`)
  if (row === undefined) return []
  const present = { ciphertext: row.secret, dataKeyId: row.dataKeyId }
  if (!row.isPreviousValid || row.previousSecret === null || row.previousDataKeyId === null) return [present]
  return [present, { ciphertext: row.previousSecret, dataKeyId: row.previousDataKeyId }]
}

type SecretsRow = {
  readonly secret: Buffer
  readonly dataKeyId: DataKeyId
  readonly previousSecret: Buffer | null
  readonly previousDataKeyId: DataKeyId | null
  readonly isPreviousValid: boolean
}

/** A success ends what failures began. Most of the time there were none, and the row is left alone: it is the same for all deliveries. */
export async function clearFailures(tx: Tx, partnerId: PartnerId, id: EndpointId): Promise<void> {
  await tx.query(sql`
    update webhook_endpoints set failures_in_a_row = 0, failing_since = null, rests_until = null
    where partner_id = ${partnerId} and id = ${id} and failures_in_a_row > 0`)
}

/** Locks an endpoint that is not disabled, and says how it does. */
export async function lockHealth(
  tx: Tx,
  partnerId: PartnerId,
  id: EndpointId,
): Promise<(Health & { readonly url: string }) | undefined> {
  const [row] = await tx.query<Health & { readonly url: string }>(sql`
    select url, failures_in_a_row as "failuresInARow",
           coalesce(extract(epoch from now() - failing_since), 0)::float8 as "failingSeconds",
           coalesce(rests_until > now(), false) as "isResting"
    from webhook_endpoints where partner_id = ${partnerId} and id = ${id} and state <> 'disabled'
    for no key update`)
  return row
}

export async function updateFailures(
  tx: Tx,
  partnerId: PartnerId,
  id: EndpointId,
  { failuresInARow, restSeconds }: AfterFailure,
): Promise<void> {
  await tx.query(sql`
    update webhook_endpoints
    set failures_in_a_row = ${failuresInARow}, failing_since = coalesce(failing_since, now())
        ${restSeconds === undefined ? sql`` : sql`, rests_until = now() + make_interval(secs => ${restSeconds})`}
    where partner_id = ${partnerId} and id = ${id}`)
}

export async function updateDisabled(
  tx: Tx,
  partnerId: PartnerId,
  id: EndpointId,
  reason: string,
): Promise<void> {
  await tx.query(sql`
    update webhook_endpoints set state = 'disabled', disabled_reason = ${reason}, disabled_at = now()
    where partner_id = ${partnerId} and id = ${id}`)
}

type EndpointRow = Omit<
  Endpoint,
  'disabledReason' | 'disabledAt' | 'previousSecretUntil' | 'failingSince' | 'restsUntil'
> & {
  readonly disabledReason: string | null
  readonly disabledAt: Date | null
  readonly previousSecretUntil: Date | null
  readonly failingSince: Date | null
  readonly restsUntil: Date | null
}

function toOneEndpoint(rows: readonly EndpointRow[]): Endpoint {
  const [row] = rows
  if (row === undefined) throw new Error('The statement answered with no endpoint.')
  return toEndpoint(row)
}

function toEndpoint(row: EndpointRow): Endpoint {
  return {
    ...row,
    disabledReason: row.disabledReason ?? undefined,
    disabledAt: row.disabledAt ?? undefined,
    previousSecretUntil: row.previousSecretUntil ?? undefined,
    failingSince: row.failingSince ?? undefined,
    restsUntil: row.restsUntil ?? undefined,
  }
}

const columns = sql`
  partner_id as "partnerId", id, dialect, url, events, is_callback as "isCallback", description, state, disabled_reason as "disabledReason", disabled_at as "disabledAt",
  case when previous_until > now() then previous_until end as "previousSecretUntil", failures_in_a_row as "failuresInARow",
  failing_since as "failingSince", case when rests_until > now() then rests_until end as "restsUntil", created_at as "createdAt"`

export async function selectTroubled(db: Db, limit: number): Promise<TroubledEndpoint[]> {
  return db.query<TroubledEndpoint>(sql`
    select partner_id as "partnerId", id, url, dialect, state, disabled_reason as "disabledReason", failures_in_a_row as "failuresInARow",
           failing_since as "failingSince", rests_until as "restsUntil"
    from webhook_endpoints where failing_since is not null or state = 'disabled'
    order by failing_since nulls last, id limit ${limit}`)
}
