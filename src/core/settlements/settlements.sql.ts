import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { MerchantId, PartnerId, SettlementId } from '../../values/ids.ts'
import type { Settlement, SettlementState } from './settlement.ts'

export type NewSettlement = Pick<
  Settlement,
  | 'partnerId'
  | 'id'
  | 'kind'
  | 'merchantId'
  | 'reference'
  | 'amount'
  | 'currency'
  | 'bankDetailsId'
  | 'payoutId'
  | 'note'
  | 'proposedBy'
>

/**
 * False, and nothing written: the reference was used before. Of two at once the second waits for the first. Violates `settlements_return` for
 * another return of a payout.
 */
export async function insertSettlement(tx: Tx, row: NewSettlement): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into settlements (partner_id, id, kind, merchant_id, reference, amount, currency, bank_details_id, payout_id, note, proposed_by)
    values (${row.partnerId}, ${row.id}, ${row.kind}, ${row.merchantId}, ${row.reference}, ${row.amount}, ${row.currency},
            ${row.bankDetailsId}, ${row.payoutId ?? null}, ${row.note}, ${row.proposedBy})
    on conflict (partner_id, reference) do nothing returning id`)
  return rows.length > 0
}

export async function selectByReference(
  db: Db,
  partnerId: PartnerId,
  reference: string,
): Promise<Settlement | undefined> {
  const [row] = await db.query<Row>(
    sql`select ${columns} ${source} where s.partner_id = ${partnerId} and s.reference = ${reference}`,
  )
  return row === undefined ? undefined : toSettlement(row)
}

export async function selectSettlement(db: Db, id: SettlementId): Promise<Settlement | undefined> {
  const [row] = await db.query<Row>(sql`select ${columns} ${source} where s.id = ${id}`)
  return row === undefined ? undefined : toSettlement(row)
}

/** Its row locked until the transaction ends. */
export async function lockSettlement(tx: Tx, id: SettlementId): Promise<Settlement | undefined> {
  const [row] = await tx.query<Row>(
    sql`select ${columns} ${source} where s.id = ${id} for no key update of s`,
  )
  return row === undefined ? undefined : toSettlement(row)
}

/** Violates `settlements_two_persons` when the actor proposed it. */
export async function markDecided(
  tx: Tx,
  decision: {
    readonly settlement: Settlement
    readonly state: Extract<SettlementState, 'approved' | 'rejected'>
    readonly reason: string
    readonly actor: string
  },
): Promise<void> {
  const { partnerId, id } = decision.settlement
  await tx.query(sql`
    update settlements set state = ${decision.state}, decided_by = ${decision.actor}, reason = ${decision.reason}, decided_at = now()
    where partner_id = ${partnerId} and id = ${id} and state = 'proposed'`)
}

export async function markReturned(tx: Tx, partnerId: PartnerId, id: SettlementId): Promise<void> {
  await tx.query(sql`
    update settlements set state = 'returned' where partner_id = ${partnerId} and id = ${id} and state = 'approved'`)
}

export type SettlementFilter = {
  readonly merchantId: MerchantId | undefined
  readonly partnerId: PartnerId | undefined
  readonly state: SettlementState | undefined
}

export type ListedSettlement = Settlement & { readonly createdAtText: string }

/** Newest first from a position. */
export async function selectSettlements(
  db: Db,
  { merchantId, partnerId, state }: SettlementFilter,
  position: Position | undefined,
  limit: number,
): Promise<ListedSettlement[]> {
  const backwards = position?.direction === 'before'
  const [at = 'infinity', id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'] = position?.key ?? []
  const rows = await db.query<Row & { readonly createdAtText: string }>(sql`
    select ${columns}, s.created_at::text as "createdAtText" ${source}
    where (s.created_at, s.id) ${backwards ? sql`>` : sql`<`} (${at}::timestamptz, ${id}::uuid)
      ${merchantId === undefined ? sql`` : sql`and s.merchant_id = ${merchantId}`}
      ${partnerId === undefined ? sql`` : sql`and s.partner_id = ${partnerId}`}
      ${state === undefined ? sql`` : sql`and s.state = ${state}`}
    order by ${backwards ? sql`s.created_at, s.id` : sql`s.created_at desc, s.id desc`} limit ${limit}`)
  return rows.map((row) => ({ ...toSettlement(row), createdAtText: row.createdAtText }))
}

/** How many wait for a decision, and since when the oldest. */
export async function selectSettlementsWaiting(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | null }> {
  const [row] = await db.query<{ count: bigint; since: Date | null }>(sql`
    select count(*) as count, min(created_at) as since from settlements where state = 'proposed'`)
  return row ?? { count: 0n, since: null }
}

type Row = Omit<Settlement, 'payoutId' | 'decidedBy' | 'decidedAt'> & {
  readonly payoutId: SettlementId | null
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
}

function toSettlement({ payoutId, decidedBy, decidedAt, ...row }: Row): Settlement {
  return {
    ...row,
    payoutId: payoutId ?? undefined,
    decidedBy: decidedBy ?? undefined,
    decidedAt: decidedAt ?? undefined,
  }
}

const columns = sql`
  s.partner_id as "partnerId", s.id, s.kind, s.merchant_id as "merchantId", m.code as merchant, s.reference, s.amount, s.currency,
  s.bank_details_id as "bankDetailsId", d.account_shown as "accountShown", s.payout_id as "payoutId", s.note, s.state,
  s.proposed_by as "proposedBy", s.decided_by as "decidedBy", s.reason, s.created_at as "createdAt", s.decided_at as "decidedAt"`

const source = sql`
  from settlements s join merchants m on m.id = s.merchant_id join merchant_bank_details d on d.id = s.bank_details_id`
