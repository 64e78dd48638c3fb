import { plainArray, prepared, separatedArray, sql, textArray } from '../../platform/database.ts'
import type { Db, Statement } from '../../platform/database.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import type { Call, CallFilter, FreshCall } from './call.ts'

type CallRow = {
  called_at: Date
  id: string
  partner_id: PartnerId | null
  credential_id: CredentialId | null
  dialect: string
  method: string
  path: string
  status: number
  duration_us: number
  address: string
  request: string | null
  response: string | null
}

/** Where a page of calls ends. The request id breaks ties; a client may reuse one, which at worst hides a call of the same microsecond. */
export type CallPosition = { readonly calledAt: string; readonly id: string }

/** A call and what is written of its texts: masked, cut, and storable. */
export type NewCallRow = Pick<Call, 'path' | 'request' | 'response'> & { readonly call: FreshCall }

/**
 * Adds calls in one statement and its own transaction. A crash of the database may lose the last moments of this log: that is not
 * worth a wait for the disk beside the orders' own.
 */
export async function insertCalls(db: Db, rows: readonly NewCallRow[]): Promise<void> {
  const text = (pick: (row: NewCallRow) => string | undefined): Statement =>
    separatedArray(rows.map((row) => pick(row) ?? null))
  const plain = (pick: (call: FreshCall) => string | number | undefined): string =>
    plainArray(rows.map(({ call }) => pick(call) ?? null))
  await db.query(
    prepared(
      'insert_calls',
      sql`
      with quietly as materialized (select set_config('synchronous_commit', 'off', true))
      insert into api_calls (called_at, id, partner_id, credential_id, dialect, method, path, status, duration_us, address, request, response)
      select to_timestamp(k.called_at_ms / 1000), k.id, k.partner_id, k.credential_id, k.dialect, k.method, k.path, k.status, k.duration_us,
             k.address, k.request, k.response
      from quietly, unnest(
        ${plain((call) => call.calledAtMs)}::float8[],
        ${plain((call) => call.id)}::text[],
        ${plain((call) => call.partnerId)}::uuid[],
        ${plain((call) => call.credentialId)}::uuid[],
        ${plain((call) => call.dialect)}::text[],
        ${plain((call) => call.method)}::text[],
        ${text((row) => row.path)},
        ${plain((call) => call.status)}::integer[],
        ${plain((call) => call.durationUs)}::integer[],
        ${textArray(rows.map(({ call }) => call.address))}::text[],
        ${text((row) => row.request)},
        ${text((row) => row.response)}
      ) as k (called_at_ms, id, partner_id, credential_id, dialect, method, path, status, duration_us, address, request, response)`,
    ),
  )
}

/** One row more than `limit`, if there is one: newest first, or oldest first when going back. */
export async function selectCalls(
  db: Db,
  partnerId: PartnerId | undefined,
  filter: CallFilter,
  page: {
    readonly position: CallPosition | undefined
    readonly direction: 'after' | 'before'
    readonly limit: number
  },
): Promise<(Call & { readonly position: CallPosition })[]> {
  const { position, direction, limit } = page
  const conditions = conditionsOf(partnerId, filter)
  if (position !== undefined) {
    const key = sql`(${position.calledAt}::timestamptz, ${position.id}::text)`
    conditions.push(direction === 'after' ? sql`(called_at, id) < ${key}` : sql`(called_at, id) > ${key}`)
  }
  const where = conditions.reduce((all, condition) => sql`${all} and ${condition}`, sql`true`)
  const order = direction === 'after' ? sql`called_at desc, id desc` : sql`called_at, id`
  const rows = await db.query<CallRow & { key_at: string }>(sql`
    select called_at, id, partner_id, credential_id, dialect, method, path, status, duration_us, address, request, response,
           called_at::text as key_at
    from api_calls where ${where} order by ${order} limit ${limit + 1}`)
  return rows.map((row) => ({ ...toCall(row), position: { calledAt: row.key_at, id: row.id } }))
}

function conditionsOf(partnerId: PartnerId | undefined, filter: CallFilter): Statement[] {
  const conditions: Statement[] = []
  if (partnerId !== undefined) conditions.push(sql`partner_id = ${partnerId}`)
  if (filter.requestId !== undefined) conditions.push(sql`id = ${filter.requestId}`)
  if (filter.dialect !== undefined) conditions.push(sql`dialect = ${filter.dialect}`)
  if (filter.method !== undefined) conditions.push(sql`method = ${filter.method}`)
  if (filter.statusFrom !== undefined) conditions.push(sql`status >= ${filter.statusFrom}`)
  if (filter.statusTo !== undefined) conditions.push(sql`status <= ${filter.statusTo}`)
  if (filter.from !== undefined) conditions.push(sql`called_at >= ${filter.from}`)
  if (filter.to !== undefined) conditions.push(sql`called_at < ${filter.to}`)
  if (filter.text !== undefined) {
    const text = filter.text
    conditions.push(
      sql`(id = ${text} or position(${text} in path) > 0 or position(${text} in request) > 0 or position(${text} in response) > 0)`,
    )
  }
  return conditions
}

function toCall(row: CallRow): Call {
  return {
    calledAt: row.called_at,
    id: row.id,
    partnerId: row.partner_id ?? undefined,
    credentialId: row.credential_id ?? undefined,
    dialect: row.dialect,
    method: row.method,
    path: row.path,
    status: row.status,
    durationUs: row.duration_us,
    address: row.address,
    request: row.request ?? undefined,
    response: row.response ?? undefined,
  }
}
