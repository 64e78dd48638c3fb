import { byteaArray, plainArray, sql, textArray } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { DataKeyId, DisbursementId, PartnerId, VoucherId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Sealed } from '../keys/ring.ts'
import type { Acceptance, NewVoucher, Part, Taken, Voucher } from './voucher.ts'

export type VoucherRow = NewVoucher & {
  readonly id: VoucherId
  readonly codeHash: string
  readonly sealed: Sealed
}

/** Writes vouchers of one partner. What they have in common is taken from the first. Violates `vouchers_code` for a code that was drawn before. */
export async function insertVouchers(
  tx: Tx,
  partnerId: PartnerId,
  rows: readonly VoucherRow[],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const { walletId, currency, startsAt, endsAt, merchants, isExternal, isSilent, disbursementId, sealed } =
    first
  await tx.query(sql`
    insert into vouchers (partner_id, id, code_hash, code, data_key_id, wallet_id, phone, holder, currency, amount, balance, starts_at, ends_at,
                          merchants, is_external, is_silent, disbursement_id, position)
    select ${partnerId}::uuid, v.id, v.code_hash, v.code, ${sealed.dataKeyId}::uuid, ${walletId}::uuid, v.phone, v.holder, ${currency}, v.amount, v.amount,
           ${startsAt}::timestamptz, ${endsAt}::timestamptz, ${merchants}::text[], ${isExternal}::boolean, ${isSilent}::boolean,
           ${disbursementId ?? null}::uuid, v.position
    from unnest(${plainArray(rows.map(({ id }) => id))}::uuid[], ${plainArray(rows.map(({ codeHash }) => codeHash))}::uuid[],
                ${byteaArray(rows.map((row) => row.sealed.ciphertext))}::bytea[], ${plainArray(rows.map(({ phone }) => phone))}::text[],
                ${textArray(rows.map(({ holder }) => holder))}::text[], ${plainArray(rows.map(({ amount }) => amount))}::bigint[],
                ${plainArray(rows.map(({ position }) => position ?? null))}::integer[])
      as v (id, code_hash, code, phone, holder, amount, position)`)
}

/** Locks what a telephone number may spend at a merchant now, always in the same order. */
export async function lockSpendable(tx: Tx, acceptance: Acceptance): Promise<void> {
  await tx.query(sql`
    select from vouchers where ${spendable(acceptance)} order by partner_id, id for no key update`)
}

/**
 * Takes exactly `amount` out of them, those of few merchants first, then those that end first; nothing at all if they are not worth that
 * much. They have to be locked by then: this statement sees what all others have left.
 */
export async function takeAmount(tx: Tx, acceptance: Acceptance, amount: Micros): Promise<Taken[]> {
  const rows = await tx.query<TakenRow>(sql`
    with candidates as (
      select partner_id, id, balance, sum(balance) over () as total,
             sum(balance) over (order by merchants = '{}', ends_at, id) - balance as before,
             row_number() over (order by merchants = '{}', ends_at, id)::integer as place
      from vouchers where ${spendable(acceptance)}
    ), taken as (
      select partner_id, id, place, least(balance, ${amount}::bigint - before)::bigint as amount
      from candidates where before < ${amount}::bigint and total >= ${amount}::bigint
    )
    update vouchers v set balance = v.balance - t.amount, redeemed = v.redeemed + t.amount
    from taken t where v.partner_id = t.partner_id and v.id = t.id and v.balance >= t.amount
    returning v.partner_id as "partnerId", v.id as "voucherId", v.disbursement_id as "disbursementId", v.is_silent as "isSilent",
              t.amount, t.place`)
  return rows.map((row) => ({ ...row, disbursementId: row.disbursementId ?? undefined }))
}

type TakenRow = Omit<Taken, 'disbursementId'> & { readonly disbursementId: DisbursementId | null }

const spendable = ({
  phone,
  partnerId,
  currency,
  merchant,
  isExternal,
}: Omit<Acceptance, 'merchant'> & { readonly merchant: string | undefined }): Statement => sql`
  phone = ${phone} and balance > 0 and currency = ${currency} and starts_at <= now() and ends_at > now() and frozen_at is null
  ${merchant === undefined ? sql`` : sql`and (merchants = '{}' or ${merchant} = any (merchants))`}
  ${partnerId === undefined ? sql`` : sql`and partner_id = ${partnerId}`} ${isExternal ? sql`and is_external` : sql``}`

/** What a telephone number may spend now, at one merchant or at any, in the order in which it is taken; each row says what all are worth. */
export async function selectSpendable(
  db: Db,
  where: Pick<Acceptance, 'phone' | 'currency'> & { readonly merchant?: string | undefined },
  limit: number,
): Promise<(Voucher & { readonly total: Micros; readonly count: bigint })[]> {
  const rows = await db.query<NullableRow & { readonly total: Micros; readonly count: bigint }>(sql`
    select ${columns}, sum(balance) over ()::bigint as total, count(*) over () as count from vouchers
    where ${spendable({ ...where, partnerId: undefined, merchant: where.merchant, isExternal: false })}
    order by merchants = '{}', ends_at, id limit ${limit}`)
  return rows.map(({ total, count, ...row }) => ({ ...toVoucher(row), total, count }))
}

/** Locks the voucher of a code. */
export async function lockByHash(tx: Tx, codeHash: string): Promise<Voucher | undefined> {
  const [row] = await tx.query<NullableRow>(
    sql`select ${columns} from vouchers where code_hash = ${codeHash} for no key update`,
  )
  return row === undefined ? undefined : toVoucher(row)
}

/** Takes all that an open, unspent voucher is worth now; undefined, and nothing taken: it cannot be used now. */
export async function takeWhole(tx: Tx, partnerId: PartnerId, id: VoucherId): Promise<Micros | undefined> {
  const [row] = await tx.query<{ amount: Micros }>(sql`
    update vouchers set redeemed = amount, balance = 0
    where partner_id = ${partnerId} and id = ${id} and balance = amount and merchants = '{}' and frozen_at is null
      and starts_at <= now() and ends_at > now()
    returning amount`)
  return row?.amount
}

type PartKey = Pick<Part, 'partnerId' | 'voucherId' | 'amount'>

/** Puts what was taken back into the vouchers it came from. Answers how many there were. */
export async function putBack(tx: Tx, parts: readonly PartKey[]): Promise<number> {
  const rows = await tx.query(sql`
    update vouchers v set balance = v.balance + p.amount, redeemed = v.redeemed - p.amount
    from (
      select * from unnest(${plainArray(parts.map(({ partnerId }) => partnerId))}::uuid[], ${plainArray(parts.map(({ voucherId }) => voucherId))}::uuid[],
                           ${plainArray(parts.map(({ amount }) => amount))}::bigint[]) as p (partner_id, id, amount)
    ) p
    where v.partner_id = p.partner_id and v.id = p.id
    returning v.id`)
  return rows.length
}

/** Locks vouchers by their ids, always in the same order. */
export async function lockVouchers(tx: Tx, parts: readonly PartKey[]): Promise<void> {
  await tx.query(sql`
    select from vouchers
    where (partner_id, id) in (
      select * from unnest(${plainArray(parts.map(({ partnerId }) => partnerId))}::uuid[], ${plainArray(parts.map(({ voucherId }) => voucherId))}::uuid[]))
    order by partner_id, id for no key update`)
}

export async function selectVoucher(db: Db, id: VoucherId): Promise<Voucher | undefined> {
  const [row] = await db.query<NullableRow>(sql`select ${columns} from vouchers where id = ${id}`)
  return row === undefined ? undefined : toVoucher(row)
}

export async function selectVouchers(
  db: Db,
  partnerId: PartnerId,
  ids: readonly VoucherId[],
): Promise<Voucher[]> {
  const rows = await db.query<NullableRow>(sql`
    select ${columns} from vouchers where partner_id = ${partnerId} and id = any (${plainArray(ids)}::uuid[])`)
  return rows.map(toVoucher)
}

/** The vouchers of a telephone number, newest first from a position. */
export async function selectVouchersOf(
  db: Db,
  { partnerId, phone }: { readonly partnerId: PartnerId | undefined; readonly phone: string | undefined },
  position: { readonly id: VoucherId; readonly isBackwards: boolean } | undefined,
  limit: number,
): Promise<Voucher[]> {
  const isBackwards = position?.isBackwards === true
  const rows = await db.query<NullableRow>(sql`
    select ${columns} from vouchers
    where true ${phone === undefined ? sql`` : sql`and phone = ${phone}`} ${partnerId === undefined ? sql`` : sql`and partner_id = ${partnerId}`}
      ${position === undefined ? sql`` : isBackwards ? sql`and id > ${position.id}` : sql`and id < ${position.id}`}
    order by ${isBackwards ? sql`id` : sql`id desc`} limit ${limit}`)
  return rows.map(toVoucher)
}

export async function updateFrozen(tx: Tx, id: VoucherId, isFrozen: boolean): Promise<Voucher | undefined> {
  const [row] = await tx.query<NullableRow>(sql`
    update vouchers set frozen_at = ${isFrozen ? sql`coalesce(frozen_at, now())` : sql`null`} where id = ${id} returning ${columns}`)
  return row === undefined ? undefined : toVoucher(row)
}

export type SealedCode = { readonly id: VoucherId; readonly sealed: Sealed }

/** Sealed codes of a partner's vouchers. */
export async function selectCodes(
  db: Db,
  partnerId: PartnerId,
  ids: readonly VoucherId[],
): Promise<SealedCode[]> {
  const rows = await db.query<{ id: VoucherId; ciphertext: Buffer; dataKeyId: DataKeyId }>(sql`
    select id, code as ciphertext, data_key_id as "dataKeyId" from vouchers
    where partner_id = ${partnerId} and id = any (${plainArray(ids)}::uuid[])`)
  return rows.map(({ id, ...sealed }) => ({ id, sealed }))
}

export type EndedLot = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly currency: Currency
  readonly count: number
  readonly amount: Micros
}

/**
 * Takes what is left out of up to `limit` vouchers that have ended, and says how much of whose money that was. Others that do the same at
 * the same time take others.
 */
export async function expireLot(tx: Tx, limit: number): Promise<EndedLot[]> {
  return tx.query<EndedLot>(sql`
    with ended as (
      select partner_id, id, balance from vouchers where balance > 0 and ends_at <= now()
      order by ends_at limit ${limit} for no key update skip locked
    ), taken as (
      update vouchers v set expired = v.expired + e.balance, balance = 0
      from ended e where v.partner_id = e.partner_id and v.id = e.id
      returning v.partner_id, v.wallet_id, v.currency, e.balance as amount
    )
    select partner_id as "partnerId", wallet_id as "walletId", currency, count(*)::integer as count, sum(amount)::bigint as amount
    from taken group by partner_id, wallet_id, currency order by partner_id, wallet_id`)
}

export async function nextTransactionNumber(db: Db): Promise<bigint> {
  const [row] = await db.query<{ number: bigint }>(sql`select nextval('transaction_numbers') as number`)
  if (row === undefined) throw new Error('The sequence answered with no number.')
  return row.number
}

type NullableRow = Omit<Voucher, 'frozenAt' | 'disbursementId' | 'position'> & {
  readonly [Key in 'frozenAt' | 'disbursementId' | 'position']: Voucher[Key] | null
}

function toVoucher(row: NullableRow): Voucher {
  return {
    ...row,
    frozenAt: row.frozenAt ?? undefined,
    disbursementId: row.disbursementId ?? undefined,
    position: row.position ?? undefined,
  }
}

const columns = sql`
  partner_id as "partnerId", id, wallet_id as "walletId", phone, holder, currency, amount, balance, redeemed, expired, starts_at as "startsAt", ends_at as "endsAt",
  merchants, is_external as "isExternal", is_silent as "isSilent", frozen_at as "frozenAt", disbursement_id as "disbursementId", position`
