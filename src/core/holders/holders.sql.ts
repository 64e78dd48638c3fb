import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { GatewayId, OneTimeCodeId, SessionId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { CodePurpose, HolderPayment } from './holder.ts'
import type { Gateway } from './gateway.ts'

/** False, and nothing written: the same has asked before. Of two at once the second waits for the first to end. */
export async function insertCode(
  tx: Tx,
  row: {
    readonly id: OneTimeCodeId
    readonly purpose: CodePurpose
    readonly phone: string
    readonly requestHash: Buffer
    readonly codeHash: string
    readonly payment: HolderPayment | undefined
    readonly lifeMinutes: number
  },
): Promise<boolean> {
  const { payment } = row
  const made = await tx.query(sql`
    insert into one_time_codes (id, purpose, phone, request_hash, code_hash, till_number, amount, currency, expires_at)
    values (${row.id}, ${row.purpose}, ${row.phone}, ${row.requestHash}, ${row.codeHash}, ${payment?.tillNumber ?? null}, ${payment?.amount ?? null},
            ${payment?.currency ?? null}, clock_timestamp() + make_interval(mins => ${row.lifeMinutes}))
    on conflict (phone, purpose, request_hash) do nothing
    returning id`)
  return made.length > 0
}

/** A code that can still be used, without itself. */
export type LiveCode = {
  readonly id: OneTimeCodeId
  readonly codeHash: string
  readonly payment: HolderPayment | undefined
}

/** The code of one asker, or the newest one of a telephone. */
export async function selectLiveCode(
  db: Db,
  which: { readonly purpose: CodePurpose; readonly phone: string; readonly requestHash: Buffer | undefined },
): Promise<LiveCode | undefined> {
  const { purpose, phone, requestHash } = which
  const [row] = await db.query<{
    id: OneTimeCodeId
    codeHash: string
    tillNumber: string | null
    amount: Micros | null
    currency: Currency | null
  }>(sql`
    select id, code_hash as "codeHash", till_number as "tillNumber", amount, currency from one_time_codes
    where phone = ${phone} and purpose = ${purpose} and expires_at > clock_timestamp()
      ${requestHash === undefined ? sql`` : sql`and request_hash = ${requestHash}`}
    order by created_at desc limit 1`)
  if (row === undefined) return undefined
  const { id, codeHash, tillNumber, amount, currency } = row
  const isPayment = tillNumber !== null && amount !== null && currency !== null
  return { id, codeHash, payment: isPayment ? { tillNumber, amount, currency } : undefined }
}

/** Opens a session, or leaves the one that was opened by the same before. */
export async function insertHolderSession(
  tx: Tx,
  session: {
    readonly id: SessionId
    readonly tokenHash: Buffer
    readonly phone: string
    readonly lifeMinutes: number
  },
): Promise<void> {
  await tx.query(sql`
    insert into holder_sessions (token_hash, id, phone, expires_at)
    values (${session.tokenHash}, ${session.id}, ${session.phone}, clock_timestamp() + make_interval(mins => ${session.lifeMinutes}))
    on conflict (token_hash) do nothing`)
}

export async function selectHolderSession(
  db: Db,
  tokenHash: Buffer,
): Promise<{ readonly id: SessionId; readonly phone: string } | undefined> {
  const [row] = await db.query<{ id: SessionId; phone: string }>(
    sql`select id, phone from holder_sessions where token_hash = ${tokenHash} and expires_at > clock_timestamp()`,
  )
  return row
}

/** It stays as a row until it would have ended: the code that opened it opens no other. */
export async function endHolderSessionRow(db: Db, tokenHash: Buffer): Promise<void> {
  await db.query(
    sql`update holder_sessions set expires_at = clock_timestamp() where token_hash = ${tokenHash}`,
  )
}

/** Removes codes and sessions that ended over a day ago. @returns how many */
export async function deleteEnded(db: Db, limit: number): Promise<number> {
  const codes = await db.query(sql`
    delete from one_time_codes where id in (
      select id from one_time_codes where expires_at < clock_timestamp() - interval '1 day' limit ${limit}) returning id`)
  const sessions = await db.query(sql`
    delete from holder_sessions where id in (
      select id from holder_sessions where expires_at < clock_timestamp() - interval '1 day' limit ${limit}) returning id`)
  return codes.length + sessions.length
}

export async function insertGateway(
  tx: Tx,
  row: {
    readonly id: GatewayId
    readonly name: string
    readonly locale: Locale
    readonly tokenHash: Buffer
    readonly tokenHint: string
    readonly actor: string
  },
): Promise<void> {
  await tx.query(sql`
    insert into ussd_gateways (id, name, locale, token_hash, token_hint, created_by)
    values (${row.id}, ${row.name}, ${row.locale}, ${row.tokenHash}, ${row.tokenHint}, ${row.actor})`)
}

/** The newest first, those that were revoked too. */
export async function selectGateways(db: Db, limit: number): Promise<Gateway[]> {
  const rows = await db.query<Omit<Gateway, 'revokedAt'> & { readonly revokedAt: Date | null }>(
    sql`select ${gatewayColumns} from ussd_gateways order by id desc limit ${limit}`,
  )
  return rows.map((row) => ({ ...row, revokedAt: row.revokedAt ?? undefined }))
}

export async function selectGatewayByToken(
  db: Db,
  tokenHash: Buffer,
): Promise<Pick<Gateway, 'id' | 'name' | 'locale'> | undefined> {
  const [row] = await db.query<Pick<Gateway, 'id' | 'name' | 'locale'>>(
    sql`select id, name, locale from ussd_gateways where token_hash = ${tokenHash} and revoked_at is null`,
  )
  return row
}

/** Its name; undefined: there is none that could be revoked. */
export async function updateGatewayRevoked(tx: Tx, id: GatewayId): Promise<string | undefined> {
  const [row] = await tx.query<{ name: string }>(
    sql`update ussd_gateways set revoked_at = now() where id = ${id} and revoked_at is null returning name`,
  )
  return row?.name
}

const gatewayColumns = sql`id, name, locale, token_hint as "tokenHint", created_by as "createdBy", created_at as "createdAt", revoked_at as "revokedAt"`
