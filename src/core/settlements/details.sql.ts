import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { BankDetailsId, MerchantId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'
import type { Sealed } from '../keys/ring.ts'
import type { BankDetails, DetailsState } from './details.ts'

/** Those that wait for a decision give way. Violates `merchant_bank_details_entered` where two are entered at once. */
export async function insertDetails(
  tx: Tx,
  row: Pick<BankDetails, 'id' | 'merchantId' | 'currency' | 'accountShown' | 'enteredBy'> & {
    readonly account: Sealed
  },
): Promise<void> {
  await tx.query(sql`
    update merchant_bank_details set state = 'replaced'
    where merchant_id = ${row.merchantId} and currency = ${row.currency} and state = 'entered'`)
  await tx.query(sql`
    insert into merchant_bank_details (id, merchant_id, currency, account, data_key_id, account_shown, entered_by)
    values (${row.id}, ${row.merchantId}, ${row.currency}, ${row.account.ciphertext}, ${row.account.dataKeyId}, ${row.accountShown}, ${row.enteredBy})`)
}

/** Their row locked until the transaction ends. */
export async function lockDetails(tx: Tx, id: BankDetailsId): Promise<BankDetails | undefined> {
  const [row] = await tx.query<Row>(sql`
    select ${columns} from merchant_bank_details d join merchants m on m.id = d.merchant_id
    where d.id = ${id} for no key update of d`)
  return row === undefined ? undefined : toDetails(row)
}

/** Those that are paid to give way. Violates `merchant_bank_details_two_persons`, and `merchant_bank_details_confirmed` where two are confirmed at once. */
export async function markConfirmed(tx: Tx, details: BankDetails, actor: string): Promise<void> {
  await tx.query(sql`
    update merchant_bank_details set state = 'replaced'
    where merchant_id = ${details.merchantId} and currency = ${details.currency} and state = 'confirmed'`)
  await tx.query(sql`
    update merchant_bank_details set state = 'confirmed', decided_by = ${actor}, decided_at = now()
    where id = ${details.id} and state = 'entered'`)
}

/** Violates `merchant_bank_details_two_persons`. */
export async function markDetailsRejected(
  tx: Tx,
  decision: { readonly id: BankDetailsId; readonly reason: string; readonly actor: string },
): Promise<void> {
  await tx.query(sql`
    update merchant_bank_details set state = 'rejected', decided_by = ${decision.actor}, reason = ${decision.reason}, decided_at = now()
    where id = ${decision.id} and state = 'entered'`)
}

/** Those that a merchant is paid to, which stay so until the transaction ends. */
export async function shareConfirmed(
  tx: Tx,
  merchantId: MerchantId,
  currency: Currency,
): Promise<BankDetailsId | undefined> {
  const [row] = await tx.query<{ id: BankDetailsId }>(sql`
    select id from merchant_bank_details
    where merchant_id = ${merchantId} and currency = ${currency} and state = 'confirmed' for share`)
  return row?.id
}

export async function selectSealedAccount(db: Db, id: BankDetailsId): Promise<Sealed | undefined> {
  const [row] = await db.query<Sealed>(
    sql`select data_key_id as "dataKeyId", account as ciphertext from merchant_bank_details where id = ${id}`,
  )
  return row
}

export type DetailsFilter = {
  readonly merchantId: MerchantId | undefined
  readonly state: DetailsState | undefined
}

/** Newest first from a position. */
export async function selectDetails(
  db: Db,
  { merchantId, state }: DetailsFilter,
  position: Position | undefined,
  limit: number,
): Promise<BankDetails[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  const rows = await db.query<Row>(sql`
    select ${columns} from merchant_bank_details d join merchants m on m.id = d.merchant_id
    where d.id ${backwards ? sql`>` : sql`<`} ${id}::uuid
      ${merchantId === undefined ? sql`` : sql`and d.merchant_id = ${merchantId}`}
      ${state === undefined ? sql`` : sql`and d.state = ${state}`}
    order by d.id ${backwards ? sql`` : sql`desc`} limit ${limit}`)
  return rows.map(toDetails)
}

/** How many wait for a decision, and since when the oldest. */
export async function selectDetailsWaiting(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | null }> {
  const [row] = await db.query<{ count: bigint; since: Date | null }>(sql`
    select count(*) as count, min(created_at) as since from merchant_bank_details where state = 'entered'`)
  return row ?? { count: 0n, since: null }
}

type Row = Omit<BankDetails, 'decidedBy' | 'decidedAt'> & {
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
}

function toDetails(row: Row): BankDetails {
  return { ...row, decidedBy: row.decidedBy ?? undefined, decidedAt: row.decidedAt ?? undefined }
}

const columns = sql`
  d.id, d.merchant_id as "merchantId", m.code as merchant, d.currency, d.account_shown as "accountShown", d.state, d.entered_by as "enteredBy",
  d.decided_by as "decidedBy", d.reason, d.created_at as "createdAt", d.decided_at as "decidedAt"`
