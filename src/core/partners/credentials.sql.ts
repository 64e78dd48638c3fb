import type { Position } from '../../platform/cursor.ts'
import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { CredentialId, DataKeyId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'
import type { Credential } from './credential.ts'
import type { PayingWallet } from './partner.ts'
import type { PartnerRow } from './partners.sql.ts'
import type { Plan } from '../plans/plan.ts'

export type NewCredential = {
  readonly partnerId: PartnerId
  readonly id: CredentialId
  readonly dialect: string
  readonly label: string
  readonly tokenHash: Buffer
  readonly tokenHint: string
  readonly sealedSecret: { readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId } | undefined
  /** The sealed secret is the token itself. */
  readonly tokenKept: boolean
  readonly publicKey: Buffer | undefined
  readonly username?: string | undefined
  readonly scopes: readonly string[]
  readonly allowedAddresses: readonly string[]
  readonly expiresAt: Date | undefined
  /** In the words of the audit log. */
  readonly madeBy: string
}

export async function insertCredential(tx: Tx, credential: NewCredential): Promise<void> {
  await tx.query(sql`
    insert into credentials (partner_id, id, dialect, label, token_hash, token_hint, secret, data_key_id, public_key, username, scopes, allowed_addresses, expires_at, token_kept, made_by)
    values (${credential.partnerId}, ${credential.id}, ${credential.dialect}, ${credential.label}, ${credential.tokenHash},
            ${credential.tokenHint}, ${credential.sealedSecret?.ciphertext ?? null}, ${credential.sealedSecret?.dataKeyId ?? null}, ${credential.publicKey ?? null}, ${credential.username ?? null},
            ${credential.scopes}, ${credential.allowedAddresses}::cidr[], ${credential.expiresAt ?? null}, ${credential.tokenKept}, ${credential.madeBy})`)
}

/** Newest first from a position, which is a credential's id. */
export async function selectCredentials(
  db: Db,
  partnerId: PartnerId,
  position: Position | undefined,
  limit: number,
): Promise<Credential[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<CredentialRow>(sql`
    select ${columns} from credentials
    where partner_id = ${partnerId} and parent_id is null
      ${position === undefined ? sql`` : backwards ? sql`and id > ${id}` : sql`and id < ${id}`}
    order by ${backwards ? sql`id` : sql`id desc`}
    limit ${limit}`)
  return rows.map(toCredential)
}

export async function selectDialect(
  db: Db,
  partnerId: PartnerId,
  id: CredentialId,
): Promise<string | undefined> {
  const [row] = await db.query<{ dialect: string }>(
    sql`select dialect from credentials where partner_id = ${partnerId} and id = ${id}`,
  )
  return row?.dialect
}

/** Locks a credential that can be used now; undefined if there is none. */
export async function lockUsableCredential(
  tx: Tx,
  partnerId: PartnerId,
  id: CredentialId,
): Promise<Credential | undefined> {
  const [row] = await tx.query<CredentialRow>(sql`
    select ${columns} from credentials
    where partner_id = ${partnerId} and id = ${id} and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())
    for no key update`)
  return row === undefined ? undefined : toCredential(row)
}

/** Lets a credential end after a while, unless it ends sooner anyway. */
export async function limitLife(
  tx: Tx,
  partnerId: PartnerId,
  id: CredentialId,
  seconds: number,
): Promise<void> {
  await tx.query(sql`
    update credentials set expires_at = least(expires_at, now() + make_interval(secs => ${seconds}))
    where partner_id = ${partnerId} and id = ${id}`)
}

/** `revoked`: it was valid until now. */
export async function updateRevoked(
  tx: Tx,
  partnerId: PartnerId,
  id: CredentialId,
): Promise<'revoked' | 'was_revoked' | 'not_found'> {
  const revoked = await tx.query(sql`
    update credentials set revoked_at = now() where partner_id = ${partnerId} and id = ${id} and revoked_at is null returning id`)
  if (revoked.length > 0) return 'revoked'
  const known = await tx.query(sql`select from credentials where partner_id = ${partnerId} and id = ${id}`)
  return known.length > 0 ? 'was_revoked' : 'not_found'
}

/** Everything that a call needs to know about who makes it, in one row. */
export type CallerRow = {
  readonly partner: PartnerRow
  readonly plan: StoredPlan | null
  readonly credentialId: CredentialId
  readonly scopes: readonly string[]
  readonly allowedAddresses: readonly string[]
  readonly secret: Buffer | null
  readonly dataKeyId: DataKeyId | null
  readonly publicKey: Buffer | null
  /** By the database's clock; null: never. */
  readonly expiresInMs: number | null
  readonly walletId: WalletId | null
  readonly walletCurrency: Currency | null
  /** All of the partner's, in the order of their numbers. */
  readonly wallets: readonly PayingWallet[]
}

/** A plan as JSON: null stands for undefined. */
type StoredPlan = { readonly [Key in keyof Plan]: Exclude<Plan[Key], undefined> | null } & Pick<
  Plan,
  'code' | 'name'
>

type FlatCallerRow = Omit<CallerRow, 'partner'> & PartnerRow

/** Whose token this is, if it is valid now. */
export async function selectCaller(
  db: Db,
  dialect: string,
  tokenHash: Buffer,
): Promise<CallerRow | undefined> {
  const [row] = await db.query<FlatCallerRow>(
    prepared(
      'select_caller',
      sql`
      select p.id, p.number, p.name, p.email, p.status, p.locale, p.time_zone as "timeZone",
             p.requests_per_minute as "requestsPerMinute", p.created_at as "createdAt",
             case when l.code is not null then jsonb_build_object('code', l.code, 'name', l.name, 'requestsPerMinute', l.requests_per_minute,
               'requestsPerMonth', l.requests_per_month, 'areas', l.areas) end as plan,
             c.id as "credentialId", c.scopes, c.allowed_addresses::text[] as "allowedAddresses", c.secret, c.data_key_id as "dataKeyId",
             c.public_key as "publicKey",
             (extract(epoch from c.expires_at - clock_timestamp()) * 1000)::float8 as "expiresInMs",
             w.id as "walletId", w.currency as "walletCurrency",
             (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'code', o.code, 'currency', o.currency) order by length(o.code), o.code), '[]')
              from wallets o where o.partner_id = c.partner_id) as wallets
      from credentials c
      join partners p on p.id = c.partner_id
      left join partner_plans pp on pp.partner_id = c.partner_id
      left join plans l on l.code = pp.plan
      left join wallets w on w.partner_id = c.partner_id and w.is_default
      where c.token_hash = ${tokenHash} and c.dialect = ${dialect} and c.revoked_at is null
        and (c.expires_at is null or c.expires_at > clock_timestamp())
        and (c.parent_id is null or exists (
          select from credentials k
          where k.partner_id = c.partner_id and k.id = c.parent_id and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > clock_timestamp())))`,
    ),
  )
  if (row === undefined) return undefined
  const {
    plan,
    credentialId,
    scopes,
    allowedAddresses,
    secret,
    dataKeyId,
    publicKey,
    expiresInMs,
    walletId,
    walletCurrency,
    wallets,
    ...partner
  } = row
  return {
    partner,
    plan,
    credentialId,
    scopes,
    allowedAddresses,
    secret,
    dataKeyId,
    publicKey,
    expiresInMs,
    walletId,
    walletCurrency,
    wallets,
  }
}

/** The sealed secret of a credential that can be used now and has one: the one that is wished for, else the newest. */
export async function selectSecret(
  db: Db,
  partnerId: PartnerId,
  dialect: string,
  wished: CredentialId | undefined,
): Promise<
  | { readonly credentialId: CredentialId; readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId }
  | undefined
> {
  const [row] = await db.query<{ credentialId: CredentialId; ciphertext: Buffer; dataKeyId: DataKeyId }>(sql`
    select id as "credentialId", secret as ciphertext, data_key_id as "dataKeyId" from credentials
    where partner_id = ${partnerId} and dialect = ${dialect} and secret is not null and username is null and revoked_at is null
      and (expires_at is null or expires_at > clock_timestamp())
    order by id is not distinct from ${wished ?? null}::uuid desc, created_at desc, id desc
    limit 1`)
  return row
}

type CredentialRow = Omit<Credential, 'username' | 'expiresAt' | 'revokedAt'> & {
  readonly username: string | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

function toCredential(row: CredentialRow): Credential {
  const { username, expiresAt, revokedAt, ...credential } = row
  return {
    ...credential,
    username: username ?? undefined,
    expiresAt: expiresAt ?? undefined,
    revokedAt: revokedAt ?? undefined,
  }
}

const columns = sql`
  id, username, dialect, label, token_hint as "tokenHint", secret is not null as "hasSecret", token_kept as "tokenKept", public_key is not null as "hasKeyPair", scopes, allowed_addresses::text[] as "allowedAddresses",
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"`
