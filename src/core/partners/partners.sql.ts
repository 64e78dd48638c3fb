import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Partner, PartnerStatus } from './partner.ts'

/** A partner as it is stored: null stands for undefined. */
export type PartnerRow = Omit<Partner, 'requestsPerMinute'> & { readonly requestsPerMinute: number | null }

export type NewPartner = {
  readonly id: PartnerId
  readonly name: string
  readonly email: string
  readonly locale: Locale
  readonly timeZone: string
  readonly requestsPerMinute: number | undefined
}

export async function insertPartner(tx: Tx, partner: NewPartner): Promise<Partner> {
  const rows = await tx.query<PartnerRow>(sql`
    insert into partners (id, name, email, locale, time_zone, requests_per_minute)
    values (${partner.id}, ${partner.name}, ${partner.email}, ${partner.locale}, ${partner.timeZone}, ${partner.requestsPerMinute ?? null})
    returning ${columns}`)
  return toOnePartner(rows)
}

/** At the most two: more than one partner may have an e-mail address. */
export async function selectPartners(
  db: Db,
  by: { readonly id: PartnerId } | { readonly number: bigint } | { readonly email: string },
): Promise<Partner[]> {
  const matches =
    'id' in by
      ? sql`id = ${by.id}`
      : 'number' in by
        ? sql`number = ${by.number}`
        : sql`lower(email) = lower(${by.email})`
  const rows = await db.query<PartnerRow>(sql`select ${columns} from partners where ${matches} limit 2`)
  return rows.map(toPartner)
}

/** Newest first from a position, which is a partner's number. */
export async function selectPartnerList(
  db: Db,
  filters: { readonly status?: PartnerStatus | undefined; readonly text?: string | undefined },
  position: Position | undefined,
  limit: number,
): Promise<Partner[]> {
  const backwards = position?.direction === 'before'
  const number = position?.key[0] ?? '0'
  const rows = await db.query<PartnerRow>(sql`
    select ${columns} from partners
    where true
      ${filters.status === undefined ? sql`` : sql`and status = ${filters.status}`}
      ${filters.text === undefined ? sql`` : sql`and (position(lower(${filters.text}) in lower(name)) > 0 or position(lower(${filters.text}) in lower(email)) > 0)`}
      ${position === undefined ? sql`` : backwards ? sql`and number > ${number}` : sql`and number < ${number}`}
    order by ${backwards ? sql`number` : sql`number desc`}
    limit ${limit}`)
  return rows.map(toPartner)
}

/** Keeps the partner from being changed by others until the transaction ends; undefined if there is none. */
export async function lockPartner(tx: Tx, partnerId: PartnerId): Promise<Partner | undefined> {
  const [row] = await tx.query<PartnerRow>(
    sql`select ${columns} from partners where id = ${partnerId} for no key update`,
  )
  return row === undefined ? undefined : toPartner(row)
}

export async function updateStatus(tx: Tx, partnerId: PartnerId, status: PartnerStatus): Promise<Partner> {
  return toOnePartner(
    await tx.query<PartnerRow>(
      sql`update partners set status = ${status} where id = ${partnerId} returning ${columns}`,
    ),
  )
}

export async function updateRateLimit(
  tx: Tx,
  partnerId: PartnerId,
  requestsPerMinute: number | undefined,
): Promise<Partner> {
  return toOnePartner(
    await tx.query<PartnerRow>(sql`
      update partners set requests_per_minute = ${requestsPerMinute ?? null} where id = ${partnerId} returning ${columns}`),
  )
}

export async function notifyPartnerChanged(tx: Tx, partnerId: PartnerId): Promise<void> {
  await tx.query(sql`select pg_notify('partner_changed', ${partnerId})`)
}

function toOnePartner(rows: readonly PartnerRow[]): Partner {
  const [row] = rows
  if (row === undefined) throw new Error('The statement answered with no partner.')
  return toPartner(row)
}

function toPartner(row: PartnerRow): Partner {
  return { ...row, requestsPerMinute: row.requestsPerMinute ?? undefined }
}

const columns = sql`
  id, number, name, email, status, locale, time_zone as "timeZone", requests_per_minute as "requestsPerMinute", created_at as "createdAt"`

export async function selectNames(
  db: Db,
  ids: readonly PartnerId[],
): Promise<{ readonly id: PartnerId; readonly name: string }[]> {
  return db.query<{ id: PartnerId; name: string }>(sql`select id, name from partners where id = any (${ids})`)
}
