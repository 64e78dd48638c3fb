import { sql } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { DataKeyId, PartnerId } from '../../values/ids.ts'

export type KeyPurpose = 'partner' | 'stock' | 'fingerprint'

export type WrappedKey = {
  readonly id: DataKeyId
  readonly partnerId: PartnerId | null
  readonly purpose: KeyPurpose
  readonly wrapped: Buffer
  /** The fingerprint of the master key that wrapped it. */
  readonly masterKey: string
}

/** Stores the key of the codes' fingerprints unless there is one; of two processes that try, one wins. */
export async function insertFirstKeyIfNone(db: Db, key: WrappedKey): Promise<void> {
  await db.query(sql`
    insert into data_keys (id, partner_id, purpose, wrapped, master_key)
    values (${key.id}, ${key.partnerId}, ${key.purpose}, ${key.wrapped}, ${key.masterKey})
    on conflict (partner_id, purpose) where retired_at is null do nothing`)
}

/**
 * Stores a key unless its owner has a current one for the purpose, or the master key that wraps it is no longer in force. The lock
 * makes a rotation of the master key wait for this transaction, so that it leaves no key behind.
 */
export async function insertKeyIfNone(db: Db, key: WrappedKey): Promise<void> {
  await db.query(sql`
    insert into data_keys (id, partner_id, purpose, wrapped, master_key)
    select ${key.id}::uuid, ${key.partnerId}::uuid, ${key.purpose}::text, ${key.wrapped}::bytea, ${key.masterKey}::text
    from data_keys house
    where house.partner_id is null and house.purpose = 'fingerprint' and house.retired_at is null
      and house.master_key = ${key.masterKey}::text
    for share of house
    on conflict (partner_id, purpose) where retired_at is null do nothing`)
}

export async function findCurrentKey(
  db: Db,
  partnerId: PartnerId | null,
  purpose: KeyPurpose,
): Promise<WrappedKey | undefined> {
  const [key] = await db.query<WrappedKey>(sql`
    select ${columns} from data_keys
    where ${ownedBy(partnerId)} and purpose = ${purpose} and retired_at is null`)
  return key
}

export async function findKey(db: Db, id: DataKeyId): Promise<WrappedKey | undefined> {
  const [key] = await db.query<WrappedKey>(sql`select ${columns} from data_keys where id = ${id}`)
  return key
}

/** The fingerprints of all master keys that wrap something. */
export async function selectMasterKeys(db: Db): Promise<string[]> {
  const rows = await db.query<{ masterKey: string }>(
    sql`select distinct master_key as "masterKey" from data_keys`,
  )
  return rows.map((row) => row.masterKey)
}

/** Locks the key that says which master key is in force. */
export async function lockHouseKey(tx: Tx): Promise<WrappedKey | undefined> {
  const [key] = await tx.query<WrappedKey>(sql`
    select ${columns} from data_keys
    where partner_id is null and purpose = 'fingerprint' and retired_at is null for no key update`)
  return key
}

/** Up to `limit` keys that another master key wrapped, locked; of two rotations, one waits for the other's lot and takes the next. */
export async function lockKeysOfOtherMaster(tx: Tx, masterKey: string, limit: number): Promise<WrappedKey[]> {
  return tx.query<WrappedKey>(sql`
    select ${columns} from data_keys where master_key <> ${masterKey} order by id limit ${limit} for no key update`)
}

export async function rewrapKey(tx: Tx, key: WrappedKey): Promise<void> {
  await tx.query(
    sql`update data_keys set wrapped = ${key.wrapped}, master_key = ${key.masterKey} where id = ${key.id}`,
  )
}

/** Ends the use of an owner's current key for new secrets; what it sealed still opens. */
export async function retireCurrentKey(
  tx: Tx,
  partnerId: PartnerId | null,
  purpose: KeyPurpose,
): Promise<void> {
  await tx.query(sql`
    update data_keys set retired_at = now()
    where ${ownedBy(partnerId)} and purpose = ${purpose} and retired_at is null`)
}

const columns = sql`id, partner_id as "partnerId", purpose, wrapped, master_key as "masterKey"`

/** Spelled so that the index on the owner serves both: the house's keys have none. */
function ownedBy(partnerId: PartnerId | null): Statement {
  return partnerId === null ? sql`partner_id is null` : sql`partner_id = ${partnerId}`
}
