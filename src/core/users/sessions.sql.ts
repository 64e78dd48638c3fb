import type { Position } from '../../platform/cursor.ts'
import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, SessionId, UserId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { PartnerStatus } from '../partners/partner.ts'
import type { Role, Session, User } from './user.ts'

type Owner = { readonly partnerId: PartnerId; readonly id: UserId }

export async function insertSession(
  tx: Tx,
  session: {
    readonly partnerId: PartnerId
    readonly id: SessionId
    readonly userId: UserId
    readonly tokenHash: Buffer
    readonly address: string
    readonly agent: string
    readonly lifeSeconds: number
  },
): Promise<void> {
  await tx.query(sql`
    insert into user_sessions (partner_id, id, user_id, token_hash, address, agent, expires_at)
    values (${session.partnerId}, ${session.id}, ${session.userId}, ${session.tokenHash}, ${session.address}, ${session.agent},
            now() + make_interval(secs => ${session.lifeSeconds}))`)
}

/** Ends the oldest of somebody's sessions, so that this many are left. */
export async function endOldSessions(tx: Tx, { partnerId, id }: Owner, most: number): Promise<void> {
  await tx.query(sql`
    update user_sessions set ended_at = now()
    where partner_id = ${partnerId} and user_id = ${id} and ended_at is null and id not in (
      select id from user_sessions where partner_id = ${partnerId} and user_id = ${id} and ended_at is null
      order by id desc limit ${most})`)
}

export type SignedInRow = {
  readonly sessionId: SessionId
  readonly user: User
  readonly partnerStatus: PartnerStatus | undefined
  /** Whether the session was last noted as seen more than a minute ago. */
  readonly isStale: boolean
}

/** Whose session a token is, if it can be used now. */
export async function selectSignedIn(
  db: Db,
  tokenHash: Buffer,
  idleSeconds: number,
): Promise<SignedInRow | undefined> {
  const [row] = await db.query<{
    sessionId: SessionId
    isStale: boolean
    partnerStatus: PartnerStatus | null
    partnerId: PartnerId
    id: UserId
    email: string
    name: string
    role: Role
    locale: Locale
    timeZone: string
    hasAuthenticator: boolean
    createdAt: Date
    signedInAt: Date | null
  }>(
    prepared(
      'select_signed_in',
      sql`
      select s.id as "sessionId", s.seen_at < clock_timestamp() - interval '1 minute' as "isStale", p.status as "partnerStatus",
             u.partner_id as "partnerId", u.id, u.email, u.name, u.role, u.locale, u.time_zone as "timeZone",
             u.totp_confirmed_at is not null as "hasAuthenticator", u.created_at as "createdAt", u.signed_in_at as "signedInAt"
      from user_sessions s
      join users u on u.partner_id = s.partner_id and u.id = s.user_id
      left join partners p on p.id = s.partner_id
      where s.token_hash = ${tokenHash} and s.ended_at is null and s.expires_at > clock_timestamp()
        and s.seen_at > clock_timestamp() - make_interval(secs => ${idleSeconds})
        and u.disabled_at is null and u.password_hash is not null`,
    ),
  )
  if (row === undefined) return undefined
  const { sessionId, isStale, partnerStatus, signedInAt, ...user } = row
  return {
    sessionId,
    isStale,
    partnerStatus: partnerStatus ?? undefined,
    user: { ...user, state: 'active', signedInAt: signedInAt ?? undefined },
  }
}

export async function noteSeen(db: Db, partnerId: PartnerId, id: SessionId, address: string): Promise<void> {
  await db.query(sql`
    update user_sessions set seen_at = now(), address = ${address} where partner_id = ${partnerId} and id = ${id}`)
}

/** Newest first, those that can be used now. */
export async function selectSessions(
  db: Db,
  { partnerId, id: userId }: Owner,
  idleSeconds: number,
  position: Position | undefined,
  limit: number,
): Promise<Session[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  return db.query<Session>(sql`
    select id, address, agent, created_at as "createdAt", seen_at as "seenAt", expires_at as "expiresAt" from user_sessions
    where partner_id = ${partnerId} and user_id = ${userId} and ended_at is null and expires_at > now()
      and seen_at > now() - make_interval(secs => ${idleSeconds})
      ${position === undefined ? sql`` : backwards ? sql`and id > ${id}` : sql`and id < ${id}`}
    order by ${backwards ? sql`id` : sql`id desc`}
    limit ${limit}`)
}

/** One session of somebody, or all but one. @returns how many ended now */
export async function endSessionRows(
  tx: Tx,
  { partnerId, id: userId }: Owner,
  which: { readonly only: SessionId } | { readonly allBut: SessionId | undefined },
): Promise<number> {
  const some =
    'only' in which ? sql`and id = ${which.only}` : sql`and id is distinct from ${which.allBut ?? null}`
  const ended = await tx.query(sql`
    update user_sessions set ended_at = now()
    where partner_id = ${partnerId} and user_id = ${userId} and ended_at is null ${some} returning id`)
  return ended.length
}

/** Removes sessions that ended long ago. @returns how many */
export async function deleteOldSessions(db: Db, days: number, limit: number): Promise<number> {
  const gone = await db.query(sql`
    delete from user_sessions where (partner_id, id) in (
      select partner_id, id from user_sessions where expires_at < now() - make_interval(days => ${days}) limit ${limit})
    returning id`)
  return gone.length
}
