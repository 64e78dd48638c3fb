import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { CredentialId, DataKeyId, PartnerId } from '../../values/ids.ts'
import type { Sealed } from '../keys/ring.ts'

/** The credential of a user name, as far as a sign-in has to know it. */
export type Login = {
  readonly partnerId: PartnerId
  readonly credentialId: CredentialId
  readonly sealed: Sealed
  readonly tokenHash: Buffer
  readonly timeZone: string
  readonly isActive: boolean
  /** The networks that it may be used from; none: from anywhere. */
  readonly allowedAddresses: readonly string[]
}

type LoginRow = Omit<Login, 'sealed'> & { readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId }

/** Undefined: there is no such user name, or its key has ended. */
export async function selectLogin(db: Db, dialect: string, username: string): Promise<Login | undefined> {
  const [row] = await db.query<LoginRow>(sql`
    select c.partner_id as "partnerId", c.id as "credentialId", c.secret as ciphertext, c.data_key_id as "dataKeyId",
           c.token_hash as "tokenHash", p.time_zone as "timeZone", p.status = 'active' as "isActive",
           c.allowed_addresses::text[] as "allowedAddresses"
    from credentials c join partners p on p.id = c.partner_id
    where c.username = ${username} and c.dialect = ${dialect} and c.secret is not null and c.revoked_at is null
      and (c.expires_at is null or c.expires_at > clock_timestamp())`)
  if (row === undefined) return undefined
  const { ciphertext, dataKeyId, ...login } = row
  return { ...login, sealed: { ciphertext, dataKeyId } }
}

/** The database's clock, in ms since 1970. */
export async function selectNowMs(db: Db): Promise<number> {
  const [row] = await db.query<{ now: number }>(
    sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now`,
  )
  return row?.now ?? 0
}

/** Counts a try in the running minute, and says how many there have been. */
export async function countTry(db: Db, bucket: string): Promise<number> {
  const [row] = await db.query<{ tries: number }>(sql`
    insert into sign_in_windows as w (bucket, window_start, tries) values (${bucket}, date_trunc('minute', now()), 1)
    on conflict (bucket) do update
    set tries = case when w.window_start = excluded.window_start then w.tries + 1 else 1 end, window_start = excluded.window_start
    returning tries`)
  return row?.tries ?? 0
}

/** Writes a token for a while, with all that its credential may do, unless that has ended. */
export async function insertAccessToken(
  tx: Tx,
  token: {
    readonly partnerId: PartnerId
    readonly parentId: CredentialId
    readonly id: CredentialId
    readonly tokenHash: Buffer
    readonly tokenHint: string
    readonly lifeSeconds: number
  },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into credentials (partner_id, id, dialect, label, token_hash, token_hint, scopes, allowed_addresses, expires_at, parent_id)
    select partner_id, ${token.id}, dialect, label, ${token.tokenHash}, ${token.tokenHint}, scopes, allowed_addresses,
           least(expires_at, now() + make_interval(secs => ${token.lifeSeconds})), id
    from credentials
    where partner_id = ${token.partnerId} and id = ${token.parentId} and revoked_at is null
      and (expires_at is null or expires_at > clock_timestamp())
    returning id`)
  return rows.length > 0
}

/** Removes a lot of tokens that ended so many hours ago; answers how many there were. */
export async function deleteEndedTokens(db: Db, hours: number, limit: number): Promise<number> {
  const gone = await db.query(sql`
    delete from credentials where (partner_id, id) in (
      select partner_id, id from credentials
      where parent_id is not null and expires_at < now() - make_interval(hours => ${hours}) limit ${limit})
    returning id`)
  return gone.length
}
