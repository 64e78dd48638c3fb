import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { MerchantId } from '../../values/ids.ts'
import type { Merchant, MerchantCredential, Till } from './merchant.ts'

type Row = Omit<Merchant, 'category'> & { readonly categoryCode: string; readonly categoryName: string }

/** Writes a merchant under its code, anew or over what was there. */
export async function upsertMerchant(tx: Tx, merchant: Merchant): Promise<Merchant> {
  const { id, code, name, category, status } = merchant
  const [row] = await tx.query<Row>(sql`
    insert into merchants as m (id, code, name, category_code, category_name, status)
    values (${id}, ${code}, ${name}, ${category.code}, ${category.name}, ${status})
    on conflict (code) do update set name = excluded.name, category_code = excluded.category_code, category_name = excluded.category_name,
      status = excluded.status
    returning ${columns}`)
  if (row === undefined) throw new Error('The statement answered with no merchant.')
  return toMerchant(row)
}

export async function selectMerchant(db: Db, code: string): Promise<Merchant | undefined> {
  const [row] = await db.query<Row>(sql`select ${columns} from merchants m where m.code = ${code}`)
  return row === undefined ? undefined : toMerchant(row)
}

/** By code, from a position on, which is a code. */
export async function selectMerchants(
  db: Db,
  position: Position | undefined,
  limit: number,
): Promise<Merchant[]> {
  const backwards = position?.direction === 'before'
  const code = position?.key[0] ?? ''
  const rows = await db.query<Row>(sql`
    select ${columns} from merchants m
    where true ${position === undefined ? sql`` : backwards ? sql`and m.code < ${code}` : sql`and m.code > ${code}`}
    order by ${backwards ? sql`m.code desc` : sql`m.code`} limit ${limit}`)
  return rows.map(toMerchant)
}

/** Which of these codes are merchants that may be named now. */
export async function selectActiveCodes(db: Db, codes: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ code: string }>(
    sql`select code from merchants where code = any (${codes}::text[]) and status = 'active'`,
  )
  return rows.map(({ code }) => code)
}

/** False, and nothing written: the number is another merchant's till. */
export async function upsertTill(
  tx: Tx,
  till: {
    readonly number: string
    readonly merchantId: MerchantId
    readonly name: string
    readonly status: string
  },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into tills as t (number, merchant_id, name, status) values (${till.number}, ${till.merchantId}, ${till.name}, ${till.status})
    on conflict (number) do update set name = excluded.name, status = excluded.status where t.merchant_id = excluded.merchant_id
    returning number`)
  return rows.length > 0
}

type TillRow = Row & {
  readonly number: string
  readonly tillName: string
  readonly tillStatus: Till['status']
}

export async function selectTill(db: Db, number: string): Promise<Till | undefined> {
  const [row] = await db.query<TillRow>(sql`
    select ${columns}, t.number, t.name as "tillName", t.status as "tillStatus"
    from tills t join merchants m on m.id = t.merchant_id where t.number = ${number}`)
  return row === undefined ? undefined : toTill(row)
}

/** A merchant's tills by number, from a position on. */
export async function selectTills(
  db: Db,
  merchantId: MerchantId,
  position: Position | undefined,
  limit: number,
): Promise<Till[]> {
  const backwards = position?.direction === 'before'
  const number = position?.key[0] ?? ''
  const rows = await db.query<TillRow>(sql`
    select ${columns}, t.number, t.name as "tillName", t.status as "tillStatus"
    from tills t join merchants m on m.id = t.merchant_id
    where t.merchant_id = ${merchantId}
      ${position === undefined ? sql`` : backwards ? sql`and t.number < ${number}` : sql`and t.number > ${number}`}
    order by ${backwards ? sql`t.number desc` : sql`t.number`} limit ${limit}`)
  return rows.map(toTill)
}

export async function insertMerchantCredential(
  tx: Tx,
  credential: {
    readonly merchantId: MerchantId
    readonly id: string
    readonly tokenHash: Buffer
    readonly tokenHint: string
    readonly label: string
  },
): Promise<void> {
  await tx.query(sql`
    insert into merchant_credentials (merchant_id, id, token_hash, token_hint, label)
    values (${credential.merchantId}, ${credential.id}, ${credential.tokenHash}, ${credential.tokenHint}, ${credential.label})`)
}

/** The newest first; a merchant has a handful. */
export async function selectMerchantCredentials(
  db: Db,
  merchantId: MerchantId,
  limit: number,
): Promise<MerchantCredential[]> {
  const rows = await db.query<
    Omit<MerchantCredential, 'revokedAt'> & { readonly revokedAt: Date | null }
  >(sql`
    select id, label, token_hint as "tokenHint", created_at as "createdAt", revoked_at as "revokedAt"
    from merchant_credentials where merchant_id = ${merchantId} order by id desc limit ${limit}`)
  return rows.map((row) => ({ ...row, revokedAt: row.revokedAt ?? undefined }))
}

/** The merchant whose token this is; undefined: nobody's, or revoked. */
export async function selectByToken(db: Db, tokenHash: Buffer): Promise<Merchant | undefined> {
  const [row] = await db.query<Row>(sql`
    select ${columns} from merchant_credentials c join merchants m on m.id = c.merchant_id
    where c.token_hash = ${tokenHash} and c.revoked_at is null and m.status = 'active'`)
  return row === undefined ? undefined : toMerchant(row)
}

/** Whose credential it was; undefined: there is none. */
export async function updateCredentialRevoked(tx: Tx, id: string): Promise<MerchantId | undefined> {
  const [row] = await tx.query<{ merchantId: MerchantId }>(sql`
    update merchant_credentials set revoked_at = coalesce(revoked_at, now()) where id = ${id} returning merchant_id as "merchantId"`)
  return row?.merchantId
}

function toMerchant({ id, code, name, status, categoryCode, categoryName }: Row): Merchant {
  return { id, code, name, status, category: { code: categoryCode, name: categoryName } }
}

function toTill(row: TillRow): Till {
  return { number: row.number, name: row.tillName, status: row.tillStatus, merchant: toMerchant(row) }
}

const columns = sql`
  m.id, m.code, m.name, m.status, m.category_code as "categoryCode", m.category_name as "categoryName"`
