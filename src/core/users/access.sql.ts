import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, UserId } from '../../values/ids.ts'

export type LinkKind = 'invitation' | 'reset'

/** Takes the place of a link that the person has. */
export async function putLink(
  tx: Tx,
  link: {
    readonly partnerId: PartnerId
    readonly userId: UserId
    readonly kind: LinkKind
    readonly tokenHash: Buffer
    readonly minutes: number
  },
): Promise<void> {
  await tx.query(sql`
    insert into user_links (partner_id, user_id, kind, token_hash, expires_at)
    values (${link.partnerId}, ${link.userId}, ${link.kind}, ${link.tokenHash}, now() + make_interval(mins => ${link.minutes}))
    on conflict (partner_id, user_id) do update
    set kind = excluded.kind, token_hash = excluded.token_hash, created_at = now(), expires_at = excluded.expires_at`)
}

/** Takes a link away, if it can be used now. */
export async function takeLink(
  tx: Tx,
  tokenHash: Buffer,
): Promise<{ readonly partnerId: PartnerId; readonly userId: UserId; readonly kind: LinkKind } | undefined> {
  const [link] = await tx.query<{ partnerId: PartnerId; userId: UserId; kind: LinkKind }>(sql`
    delete from user_links where token_hash = ${tokenHash} and expires_at > now()
    returning partner_id as "partnerId", user_id as "userId", kind`)
  return link
}

/** Whether a link of this kind was made within so many seconds. */
export async function hasFreshLink(
  db: Db,
  user: { readonly partnerId: PartnerId; readonly id: UserId },
  kind: LinkKind,
  seconds: number,
): Promise<boolean> {
  const found = await db.query(sql`
    select from user_links
    where partner_id = ${user.partnerId} and user_id = ${user.id} and kind = ${kind}
      and created_at > now() - make_interval(secs => ${seconds})`)
  return found.length > 0
}

export async function deleteLinks(
  tx: Tx,
  user: { readonly partnerId: PartnerId; readonly id: UserId },
): Promise<void> {
  await tx.query(sql`delete from user_links where partner_id = ${user.partnerId} and user_id = ${user.id}`)
}

/** Puts a setup code in the place of the former one. */
export async function putSetupCode(tx: Tx, codeHash: Buffer, hours: number): Promise<void> {
  await tx.query(sql`
    insert into operator_setup (code_hash, expires_at) values (${codeHash}, now() + make_interval(hours => ${hours}))
    on conflict (id) do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at`)
}

/** True if it was the code, which is gone then. */
export async function takeSetupCode(tx: Tx, codeHash: Buffer): Promise<boolean> {
  const taken = await tx.query(
    sql`delete from operator_setup where code_hash = ${codeHash} and expires_at > now() returning id`,
  )
  return taken.length > 0
}

/**
 * Counts a try before it is made, so that tries at once cannot all be the first. @returns how many failed within the window, this one included,
 * and in how many seconds the window ends
 */
export async function countTry(
  db: Db,
  key: Buffer,
  windowSeconds: number,
): Promise<{ readonly failures: number; readonly seconds: number }> {
  const [row] = await db.query<{ failures: number; seconds: number }>(sql`
    insert into password_failures as f (key, failures) values (${key}, 1)
    on conflict (key) do update
    set failures = case when f.since < now() - make_interval(secs => ${windowSeconds}) then 1 else f.failures + 1 end,
        since = case when f.since < now() - make_interval(secs => ${windowSeconds}) then now() else f.since end
    returning failures, ceil(extract(epoch from since + make_interval(secs => ${windowSeconds}) - now()))::integer as seconds`)
  if (row === undefined) throw new Error('An insertion returns its row.')
  return row
}

/** Takes a try back that succeeded: it counts for nothing. */
export async function forgiveTry(db: Db, key: Buffer): Promise<void> {
  await db.query(sql`
    update password_failures set failures = greatest(failures - 1, 0) where key = ${key}`)
}

/** Forgets all that failed under a key. */
export async function clearTries(db: Db, key: Buffer): Promise<void> {
  await db.query(sql`delete from password_failures where key = ${key}`)
}

/** @returns how many were forgotten */
export async function deleteOldTries(db: Db, limit: number): Promise<number> {
  const gone = await db.query(sql`
    delete from password_failures where key in (
      select key from password_failures where since < now() - interval '1 day' limit ${limit})
    returning key`)
  return gone.length
}
