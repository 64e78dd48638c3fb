import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import type { Nonce, OrderNames } from './nonce.ts'

/** @returns false if the credential used it before. */
export async function insertNonce(db: Db, { partnerId, credentialId, nonce }: Nonce): Promise<boolean> {
  const inserted = await db.query(
    prepared(
      'insert_nonce',
      sql`
      insert into nonces (partner_id, nonce, credential_id) values (${partnerId}, ${nonce}, ${credentialId})
      on conflict (partner_id, nonce, credential_id) do nothing returning used_at`,
    ),
  )
  return inserted.length === 1
}

/** @returns false if it was never used, or came with an order already. */
export async function updateBound(
  db: Db,
  { partnerId, credentialId, nonce }: Nonce,
  { externalId, reference }: OrderNames,
): Promise<boolean> {
  const updated = await db.query(
    prepared(
      'bind_nonce',
      sql`
      update nonces set external_id = ${externalId}, reference = ${reference}
      where partner_id = ${partnerId} and nonce = ${nonce} and credential_id = ${credentialId} and external_id is null
      returning used_at`,
    ),
  )
  return updated.length === 1
}

export async function updateRefused(db: Db, { partnerId, credentialId, nonce }: Nonce): Promise<void> {
  await db.query(sql`
    update nonces set refused = true where partner_id = ${partnerId} and nonce = ${nonce} and credential_id = ${credentialId}`)
}

/** The external id that came with a nonce; where two credentials of the partner used the same one, its own comes first. */
export async function selectByNonce(
  db: Db,
  partnerId: PartnerId,
  nonce: string,
  credentialId: CredentialId,
): Promise<string | undefined> {
  const [row] = await db.query<{ externalId: string }>(sql`
    select external_id as "externalId" from nonces
    where partner_id = ${partnerId} and nonce = ${nonce} and external_id is not null and not refused
    order by credential_id = ${credentialId} desc, used_at desc
    limit 1`)
  return row?.externalId
}

/** Whether a nonce was used within the last seconds, by the database's clock, and nothing that it came with was refused. */
export async function selectIsFresh(
  db: Db,
  partnerId: PartnerId,
  nonce: string,
  seconds: number,
): Promise<boolean> {
  const rows = await db.query(sql`
    select from nonces
    where partner_id = ${partnerId} and nonce = ${nonce} and not refused and used_at > now() - make_interval(secs => ${seconds}) limit 1`)
  return rows.length > 0
}

export async function selectByReference(
  db: Db,
  partnerId: PartnerId,
  reference: string,
): Promise<string | undefined> {
  const [row] = await db.query<{ externalId: string }>(sql`
    select external_id as "externalId" from nonces
    where partner_id = ${partnerId} and reference = ${reference} and not refused`)
  return row?.externalId
}

export async function deleteUnbound(db: Db, keptDays: number, limit: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    with old as (
      select ctid from nonces
      where external_id is null and used_at < now() - make_interval(days => ${keptDays})
      limit ${limit}
      for update skip locked
    ), gone as (
      delete from nonces where ctid = any (array(select ctid from old)) returning used_at
    )
    select count(*)::integer as count from gone`)
  return row?.count ?? 0
}
