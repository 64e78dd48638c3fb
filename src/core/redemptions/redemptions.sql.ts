import type { Position } from '../../platform/cursor.ts'
import { plainArray, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { MerchantId, PartnerId, ProposalId, RedemptionId, VoucherId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { Redemption, Share } from './redemption.ts'

export type NewRedemption = Omit<
  Redemption,
  'createdAt' | 'proposalId' | 'proposedBy' | 'reversalNote' | 'reversedBy' | 'reversedAt'
> & { readonly source: string; readonly requestHash: string }

/** Undefined, and nothing written: the transaction id has a redemption. Of two at once the second waits for the first to end. */
export async function insertRedemption(tx: Tx, row: NewRedemption): Promise<Redemption | undefined> {
  const [made] = await tx.query<NullableRow>(sql`
    insert into redemptions (partner_id, id, source, transaction_id, request_hash, mode, phone, name, amount, currency, merchant_id, till_number,
                             merchant_name, till_name, wallet_id, remarks, mpesa_code, receipt, transaction_code)
    values (${row.partnerId}, ${row.id}, ${row.source}, ${row.transactionId}, ${row.requestHash}, ${row.mode}, ${row.phone}, ${row.name},
            ${row.amount}, ${row.currency}, ${row.merchantId ?? null}, ${row.tillNumber ?? null}, ${row.merchantName ?? null},
            ${row.tillName ?? null}, ${row.walletId ?? null}, ${row.remarks}, ${row.mpesaCode ?? null}, ${row.receipt}, ${row.transactionCode})
    on conflict (partner_id, source, transaction_id) do nothing
    returning ${columns}`)
  return made === undefined ? undefined : toRedemption(made)
}

export async function insertParts(
  tx: Tx,
  redemptionId: RedemptionId,
  parts: readonly {
    readonly partnerId: PartnerId
    readonly voucherId: VoucherId
    readonly amount: Micros
    readonly place: number
  }[],
): Promise<void> {
  await tx.query(sql`
    insert into redemption_parts (partner_id, voucher_id, redemption_id, place, amount)
    select p.partner_id, p.voucher_id, ${redemptionId}::uuid, p.place, p.amount
    from unnest(${plainArray(parts.map(({ partnerId }) => partnerId))}::uuid[], ${plainArray(parts.map(({ voucherId }) => voucherId))}::uuid[],
                ${plainArray(parts.map(({ place }) => place))}::integer[], ${plainArray(parts.map(({ amount }) => amount))}::bigint[])
      as p (partner_id, voucher_id, place, amount)`)
}

/** The redemption of a transaction id, and the hash of what was asked for. */
export async function selectByTransaction(
  db: Db,
  partnerId: PartnerId,
  source: string,
  transactionId: string,
): Promise<{ readonly redemption: Redemption; readonly requestHash: string } | undefined> {
  const [row] = await db.query<NullableRow & { readonly requestHash: string }>(sql`
    select ${columns}, request_hash as "requestHash" from redemptions
    where partner_id = ${partnerId} and source = ${source} and transaction_id = ${transactionId}`)
  if (row === undefined) return undefined
  const { requestHash, ...rest } = row
  return { redemption: toRedemption(rest), requestHash }
}

export async function selectRedemption(
  db: Db,
  partnerId: PartnerId,
  id: RedemptionId,
): Promise<Redemption | undefined> {
  const [row] = await db.query<NullableRow>(
    sql`select ${columns} from redemptions where partner_id = ${partnerId} and id = ${id}`,
  )
  return row === undefined ? undefined : toRedemption(row)
}

/** Redemptions that somebody proposed to take back, the one that was made first first. */
export async function selectProposed(
  db: Db,
  position: Position | undefined,
  limit: number,
): Promise<Redemption[]> {
  const isBackwards = position?.direction === 'before'
  const beyond =
    position === undefined
      ? sql``
      : isBackwards
        ? sql`and id < ${position.key[0]}`
        : sql`and id > ${position.key[0]}`
  const rows = await db.query<NullableRow>(sql`
    select ${columns} from redemptions where proposal_id is not null and reversed_by is null ${beyond}
    order by ${isBackwards ? sql`id desc` : sql`id`} limit ${limit}`)
  return rows.map(toRedemption)
}

export async function countProposed(db: Db): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    select count(*)::integer as count from redemptions where proposal_id is not null and reversed_by is null`)
  return row?.count ?? 0
}

/** Whether a receipt has this number already. */
export async function isReceiptUsed(db: Db, receipt: string): Promise<boolean> {
  const rows = await db.query(sql`select from redemptions where receipt = ${receipt} limit 1`)
  return rows.length > 0
}

/** For operators: by the receipt, the newest first. */
export async function selectByReceipt(db: Db, receipt: string): Promise<Redemption[]> {
  const rows = await db.query<NullableRow>(
    sql`select ${columns} from redemptions where receipt = ${receipt} order by created_at desc limit 20`,
  )
  return rows.map(toRedemption)
}

/** In the order in which the vouchers were taken. */
export async function selectShares(db: Db, redemptionId: RedemptionId): Promise<Share[]> {
  return db.query<Share>(sql`
    select partner_id as "partnerId", voucher_id as "voucherId", amount from redemption_parts
    where redemption_id = ${redemptionId} order by place`)
}

/** Locks a redemption by its own key or that of a proposal about it. */
export async function lockRedemption(
  tx: Tx,
  which: { readonly partnerId: PartnerId; readonly id: RedemptionId } | { readonly proposalId: ProposalId },
): Promise<Redemption | undefined> {
  const [row] = await tx.query<NullableRow>(sql`
    select ${columns} from redemptions
    where ${'proposalId' in which ? sql`proposal_id = ${which.proposalId}` : sql`partner_id = ${which.partnerId} and id = ${which.id}`}
    for no key update`)
  return row === undefined ? undefined : toRedemption(row)
}

export async function selectMerchantCode(db: Db, id: MerchantId): Promise<string> {
  const [row] = await db.query<{ code: string }>(sql`select code from merchants where id = ${id}`)
  if (row === undefined) throw new Error('A merchant was there and is not; they are never deleted.')
  return row.code
}

export async function storeProposal(
  tx: Tx,
  { partnerId, id }: Pick<Redemption, 'partnerId' | 'id'>,
  proposal: { readonly proposalId: ProposalId; readonly note: string; readonly actor: string },
): Promise<void> {
  await tx.query(sql`
    update redemptions set proposal_id = ${proposal.proposalId}, proposed_by = ${proposal.actor}, proposed_at = now(), reversal_note = ${proposal.note}
    where partner_id = ${partnerId} and id = ${id} and reversed_by is null`)
}

/** Violates `redemptions_two_persons` when it was proposed by the same. */
export async function markReversed(
  tx: Tx,
  { partnerId, id }: Pick<Redemption, 'partnerId' | 'id'>,
  reversal: { readonly reversalId: string; readonly actor: string },
): Promise<void> {
  await tx.query(sql`
    update redemptions set reversed_by = ${reversal.actor}, reversed_at = now(), reversal_id = ${reversal.reversalId}
    where partner_id = ${partnerId} and id = ${id} and reversed_by is null`)
}

type Optional =
  | 'merchantId'
  | 'merchantName'
  | 'tillNumber'
  | 'tillName'
  | 'walletId'
  | 'mpesaCode'
  | 'proposalId'
  | 'proposedBy'
  | 'reversalNote'
  | 'reversedBy'
  | 'reversedAt'

type NullableRow = Omit<Redemption, Optional> & { readonly [Key in Optional]: Redemption[Key] | null }

function toRedemption(row: NullableRow): Redemption {
  return {
    ...row,
    merchantId: row.merchantId ?? undefined,
    merchantName: row.merchantName ?? undefined,
    tillNumber: row.tillNumber ?? undefined,
    tillName: row.tillName ?? undefined,
    walletId: row.walletId ?? undefined,
    mpesaCode: row.mpesaCode ?? undefined,
    proposalId: row.proposalId ?? undefined,
    proposedBy: row.proposedBy ?? undefined,
    reversalNote: row.reversalNote ?? undefined,
    reversedBy: row.reversedBy ?? undefined,
    reversedAt: row.reversedAt ?? undefined,
  }
}

const columns = sql`
  partner_id as "partnerId", id, transaction_id as "transactionId", mode, phone, name, amount, currency, merchant_id as "merchantId",
  merchant_name as "merchantName", till_number as "tillNumber", till_name as "tillName", wallet_id as "walletId", remarks,
  mpesa_code as "mpesaCode", receipt, transaction_code as "transactionCode", created_at as "createdAt", proposal_id as "proposalId",
  proposed_by as "proposedBy", reversal_note as "reversalNote", reversed_by as "reversedBy", reversed_at as "reversedAt"`
