import type { Position } from '../../platform/cursor.ts'
import { sql, violatedConstraint } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { DataKeyId, PartnerId, UserId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Role, User } from './user.ts'

/** A person with what a sign-in is checked against. */
export type StoredUser = User & {
  readonly passwordHash: string | undefined
  readonly totp:
    | { readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId; readonly isConfirmed: boolean }
    | undefined
  readonly totpStep: number
  readonly recoveryHashes: readonly Buffer[]
}

type UserRow = Omit<User, 'signedInAt'> & {
  readonly signedInAt: Date | null
  readonly passwordHash: string | null
  readonly totpSecret: Buffer | null
  readonly totpKeyId: DataKeyId | null
  readonly totpStep: string
  readonly recoveryHashes: Buffer[]
}

const columns = sql`
  partner_id as "partnerId", id, email, name, role, locale, time_zone as "timeZone",
  case when disabled_at is not null then 'disabled' when password_hash is null then 'invited' else 'active' end as state,
  totp_confirmed_at is not null as "hasAuthenticator", created_at as "createdAt", signed_in_at as "signedInAt",
  password_hash as "passwordHash", totp_secret as "totpSecret", totp_key_id as "totpKeyId", totp_step::text as "totpStep",
  recovery_hashes as "recoveryHashes"`

/** Throws Failure already_exists for an address that somebody has. */
export async function insertUser(
  tx: Tx,
  user: Pick<User, 'partnerId' | 'id' | 'email' | 'name' | 'role' | 'locale' | 'timeZone'> & {
    readonly invitedBy: string
  },
): Promise<User> {
  try {
    const [row] = await tx.query<UserRow>(sql`
      insert into users (partner_id, id, email, name, role, locale, time_zone, invited_by)
      values (${user.partnerId}, ${user.id}, ${user.email}, ${user.name}, ${user.role}, ${user.locale}, ${user.timeZone}, ${user.invitedBy})
      returning ${columns}`)
    if (row === undefined) throw new Error('An insertion returns its row.')
    return toUser(row)
  } catch (error) {
    if (violatedConstraint(error) !== 'users_email') throw error
    const sentence = 'Somebody with this e-mail address is there already.'
    throw new Failure('already_exists', { fields: [{ field: 'email', sentence }], sentence })
  }
}

export async function selectUser(
  db: Db,
  by: { readonly partnerId: PartnerId; readonly id: UserId } | { readonly email: string },
  lock = false,
): Promise<StoredUser | undefined> {
  const which = 'email' in by ? sql`email = ${by.email}` : sql`partner_id = ${by.partnerId} and id = ${by.id}`
  const [row] = await db.query<UserRow>(
    sql`select ${columns} from users where ${which} ${lock ? sql`for no key update` : sql``}`,
  )
  return row === undefined ? undefined : toStored(row)
}

/** In order of their ids, which are those of their making; newest first. */
export async function selectUsers(
  db: Db,
  partnerId: PartnerId,
  position: Position | undefined,
  limit: number,
): Promise<User[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<UserRow>(sql`
    select ${columns} from users
    where partner_id = ${partnerId}
      ${position === undefined ? sql`` : backwards ? sql`and id > ${id}` : sql`and id < ${id}`}
    order by ${backwards ? sql`id` : sql`id desc`}
    limit ${limit}`)
  return rows.map(toUser)
}

/** How many of a side's people can sign in with a role; they stay locked, so that two changes cannot leave nobody. */
export async function lockActiveOf(tx: Tx, partnerId: PartnerId, role: Role): Promise<readonly UserId[]> {
  const rows = await tx.query<{ id: UserId }>(sql`
    select id from users
    where partner_id = ${partnerId} and role = ${role} and disabled_at is null and password_hash is not null
    order by id
    limit 1000
    for no key update`)
  return rows.map(({ id }) => id)
}

export async function countUsers(db: Db, partnerId: PartnerId): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    sql`select count(*)::integer as count from users where partner_id = ${partnerId}`,
  )
  return row?.count ?? 0
}

export async function updateUser(
  tx: Tx,
  user: Pick<User, 'partnerId' | 'id'>,
  change: {
    readonly name: string
    readonly role: Role
    readonly locale: Locale
    readonly timeZone: string
    readonly isDisabled: boolean
  },
): Promise<User> {
  const { name, role, locale, timeZone, isDisabled } = change
  const [row] = await tx.query<UserRow>(sql`
    update users set name = ${name}, role = ${role}, locale = ${locale}, time_zone = ${timeZone},
      disabled_at = ${isDisabled ? sql`coalesce(disabled_at, now())` : sql`null`}
    where partner_id = ${user.partnerId} and id = ${user.id}
    returning ${columns}`)
  if (row === undefined) throw new Failure('user_not_found')
  return toUser(row)
}

export async function updatePassword(tx: Tx, { partnerId, id }: Owner, hash: string): Promise<void> {
  await tx.query(sql`
    update users set password_hash = ${hash} where partner_id = ${partnerId} and id = ${id}`)
}

export async function noteSignIn(tx: Tx, { partnerId, id }: Owner): Promise<void> {
  await tx.query(sql`update users set signed_in_at = now() where partner_id = ${partnerId} and id = ${id}`)
}

/** Uses a time step up; false: that step, or a later one, was used before. */
export async function useStep(tx: Tx, { partnerId, id }: Owner, step: number): Promise<boolean> {
  const used = await tx.query(sql`
    update users set totp_step = ${step}
    where partner_id = ${partnerId} and id = ${id} and totp_step < ${step} returning id`)
  return used.length > 0
}

/** Uses a recovery code up; false: there is no such code any more. */
export async function useRecoveryCode(tx: Tx, { partnerId, id }: Owner, hash: Buffer): Promise<boolean> {
  const used = await tx.query(sql`
    update users set recovery_hashes = array_remove(recovery_hashes, ${hash})
    where partner_id = ${partnerId} and id = ${id} and ${hash} = any (recovery_hashes) returning id`)
  return used.length > 0
}

/** Stores a secret that is not in force yet. */
export async function updatePendingSecret(
  tx: Tx,
  { partnerId, id }: Owner,
  sealed: { readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId },
): Promise<void> {
  await tx.query(sql`
    update users set totp_secret = ${sealed.ciphertext}, totp_key_id = ${sealed.dataKeyId}, totp_step = 0
    where partner_id = ${partnerId} and id = ${id} and totp_confirmed_at is null`)
}

export async function confirmSecret(
  tx: Tx,
  { partnerId, id }: Owner,
  recoveryHashes: readonly Buffer[],
): Promise<void> {
  await tx.query(sql`
    update users set totp_confirmed_at = now(), recovery_hashes = ${recoveryHashes}
    where partner_id = ${partnerId} and id = ${id} and totp_secret is not null`)
}

export async function clearSecret(tx: Tx, { partnerId, id }: Owner): Promise<void> {
  await tx.query(sql`
    update users set totp_secret = null, totp_key_id = null, totp_confirmed_at = null, totp_step = 0, recovery_hashes = '{}'
    where partner_id = ${partnerId} and id = ${id}`)
}

type Owner = Pick<User, 'partnerId' | 'id'>

function toUser(row: UserRow): User {
  const { partnerId, id, email, name, role, locale, timeZone, state, hasAuthenticator, createdAt } = row
  const signedInAt = row.signedInAt ?? undefined
  return {
    partnerId,
    id,
    email,
    name,
    role,
    locale,
    timeZone,
    state,
    hasAuthenticator,
    createdAt,
    signedInAt,
  }
}

function toStored(row: UserRow): StoredUser {
  const { totpSecret, totpKeyId } = row
  return {
    ...toUser(row),
    passwordHash: row.passwordHash ?? undefined,
    totp:
      totpSecret === null || totpKeyId === null
        ? undefined
        : { ciphertext: totpSecret, dataKeyId: totpKeyId, isConfirmed: row.hasAuthenticator },
    totpStep: Number(row.totpStep),
    recoveryHashes: row.recoveryHashes,
  }
}

/**
 * Whether `maker` invited the person, or made the key, under whose name somebody acts at a partner; or those who did. Names are those of the audit
 * log: `user:<id>`, and `key:<id>` or, in some dialects, `api:<id>`.
 */
export async function selectIsMaker(
  db: Db,
  {
    partnerId,
    actor,
    maker,
  }: { readonly partnerId: PartnerId; readonly actor: string; readonly maker: string },
): Promise<boolean> {
  const [row] = await db.query<{ isMaker: boolean }>(sql`
    with recursive names (name, step) as (
      select ${actor}::text, 0
      union
      select made.by, n.step + 1
      from names n
      cross join lateral (
        select split_part(n.name, ':', 1) as kind,
               case when split_part(n.name, ':', 2) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then split_part(n.name, ':', 2)::uuid end as id
      ) k
      cross join lateral (
        select coalesce(c.made_by, 'key:' || c.parent_id) as by from credentials c where c.partner_id = ${partnerId} and c.id = k.id and k.kind <> 'user'
        union all
        select u.invited_by from users u where u.partner_id = ${partnerId} and u.id = k.id and k.kind = 'user'
      ) made
      where made.by is not null and n.step < 10
    )
    select exists (select from names where name = ${maker} and step > 0) as "isMaker"`)
  return row?.isMaker ?? false
}
