import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { DataKeyId, PartnerId } from '../../values/ids.ts'

export type KeyName = { readonly partnerId: PartnerId; readonly key: string }

/** A claim that is held now; `id` is the row's, to which its answer is bound. */
export type Claim = KeyName & { readonly id: string; readonly claim: string }

/** What stands under a key. */
export type KeyRow = {
  readonly id: string
  readonly requestHash: Buffer
  /** Null: not answered yet. */
  readonly status: number | null
  readonly ciphertext: Buffer | null
  readonly dataKeyId: DataKeyId | null
}

/** Takes a key that nobody has, or whose last claim ended without an answer and was for the same request. Undefined: it is not to be had. */
export async function claimKey(
  db: Db,
  { partnerId, key }: KeyName,
  wish: {
    readonly id: string
    readonly claim: string
    readonly requestHash: Buffer
    readonly seconds: number
  },
): Promise<Claim | undefined> {
  const { id, claim, requestHash, seconds } = wish
  const [row] = await db.query<{ id: string }>(
    prepared(
      'claim_idempotency_key',
      sql`
      insert into idempotency_keys as k (partner_id, key, id, request_hash, claim, claimed_until)
      values (${partnerId}, ${key}, ${id}, ${requestHash}, ${claim}, clock_timestamp() + make_interval(secs => ${seconds}))
      on conflict (partner_id, key) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
      where k.answered_at is null and k.claimed_until <= clock_timestamp() and k.request_hash = excluded.request_hash
      returning k.id`,
    ),
  )
  return row === undefined ? undefined : { partnerId, key, id: row.id, claim }
}

export async function selectKey(db: Db, { partnerId, key }: KeyName): Promise<KeyRow | undefined> {
  const [row] = await db.query<KeyRow>(
    prepared(
      'select_idempotency_key',
      sql`
      select id, request_hash as "requestHash", status, body as ciphertext, data_key_id as "dataKeyId"
      from idempotency_keys where partner_id = ${partnerId} and key = ${key}`,
    ),
  )
  return row
}

/** @returns false if the claim was lost meanwhile. */
export async function storeAnswer(
  db: Db,
  { partnerId, key, claim }: Claim,
  answer: { readonly status: number; readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId },
): Promise<boolean> {
  const stored = await db.query(
    prepared(
      'store_idempotent_answer',
      sql`
      update idempotency_keys
      set status = ${answer.status}, body = ${answer.ciphertext}, data_key_id = ${answer.dataKeyId}, answered_at = clock_timestamp()
      where partner_id = ${partnerId} and key = ${key} and claim = ${claim} and answered_at is null
      returning id`,
    ),
  )
  return stored.length === 1
}

/** Frees a key whose call did nothing. */
export async function deleteClaim(db: Db, { partnerId, key, claim }: Claim): Promise<void> {
  await db.query(sql`
    delete from idempotency_keys
    where partner_id = ${partnerId} and key = ${key} and claim = ${claim} and answered_at is null`)
}

/** Lets the next call under the key go on at once. */
export async function endClaim(db: Db, { partnerId, key, claim }: Claim): Promise<void> {
  await db.query(sql`
    update idempotency_keys set claimed_until = clock_timestamp()
    where partner_id = ${partnerId} and key = ${key} and claim = ${claim} and answered_at is null`)
}

export async function deleteOld(db: Db, keptDays: number, limit: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    with old as (
      select ctid from idempotency_keys
      where created_at < now() - make_interval(days => ${keptDays}) and claimed_until < now()
      limit ${limit}
      for update skip locked
    ), gone as (
      delete from idempotency_keys where ctid = any (array(select ctid from old)) returning id
    )
    select count(*)::integer as count from gone`)
  return row?.count ?? 0
}
