import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, WithdrawalId } from '../../values/ids.ts'
import type { Sealed } from '../keys/ring.ts'
import type { Withdrawal, WithdrawalState } from './withdrawal.ts'

export type NewWithdrawal = Pick<
  Withdrawal,
  'partnerId' | 'id' | 'walletId' | 'reference' | 'amount' | 'currency' | 'destinationShown' | 'requestedBy'
> & { readonly destination: Sealed; readonly destinationHash: string }

/** False, and nothing written: the partner has used the reference before. Of two at once the second waits for the first. */
export async function insertWithdrawal(tx: Tx, row: NewWithdrawal): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into withdrawals (partner_id, id, wallet_id, reference, amount, currency, destination, data_key_id, destination_hash, destination_shown, requested_by)
    values (${row.partnerId}, ${row.id}, ${row.walletId}, ${row.reference}, ${row.amount}, ${row.currency}, ${row.destination.ciphertext},
            ${row.destination.dataKeyId}, ${row.destinationHash}, ${row.destinationShown}, ${row.requestedBy})
    on conflict (partner_id, reference) do nothing returning id`)
  return rows.length > 0
}

export type StoredWithdrawal = Withdrawal & {
  readonly destinationHash: string
  readonly createdAtText: string
}

export async function selectByReference(
  db: Db,
  partnerId: PartnerId,
  reference: string,
): Promise<StoredWithdrawal | undefined> {
  const [row] = await db.query<Row>(
    sql`select ${columns} from withdrawals where partner_id = ${partnerId} and reference = ${reference}`,
  )
  return row === undefined ? undefined : toWithdrawal(row)
}

/** Its row locked until the transaction ends. */
export async function lockWithdrawal(tx: Tx, id: WithdrawalId): Promise<Withdrawal | undefined> {
  const [row] = await tx.query<Row>(
    sql`select ${columns} from withdrawals where id = ${id} for no key update`,
  )
  return row === undefined ? undefined : toWithdrawal(row)
}

/** Violates `withdrawals_two_persons` when the actor asked for it. */
export async function markDecided(
  tx: Tx,
  decision: {
    readonly id: WithdrawalId
    readonly state: Exclude<WithdrawalState, 'pending_approval'>
    readonly reason: string
    readonly actor: string
  },
): Promise<void> {
  await tx.query(sql`
    update withdrawals set state = ${decision.state}, decided_by = ${decision.actor}, reason = ${decision.reason}, decided_at = now()
    where id = ${decision.id} and state = 'pending_approval'`)
}

export async function selectDestination(
  db: Db,
  id: WithdrawalId,
): Promise<{ readonly partnerId: PartnerId; readonly sealed: Sealed } | undefined> {
  const [row] = await db.query<{ partnerId: PartnerId } & Sealed>(sql`
    select partner_id as "partnerId", data_key_id as "dataKeyId", destination as ciphertext from withdrawals where id = ${id}`)
  return row === undefined ? undefined : { partnerId: row.partnerId, sealed: row }
}

export type WithdrawalFilter = {
  readonly partnerId: PartnerId | undefined
  readonly state: WithdrawalState | undefined
}

/** Newest first from a position. */
export async function selectWithdrawals(
  db: Db,
  { partnerId, state }: WithdrawalFilter,
  position: Position | undefined,
  limit: number,
): Promise<StoredWithdrawal[]> {
  const backwards = position?.direction === 'before'
  const [at = 'infinity', id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'] = position?.key ?? []
  const rows = await db.query<Row>(sql`
    select ${columns} from withdrawals
    where (created_at, id) ${backwards ? sql`>` : sql`<`} (${at}::timestamptz, ${id}::uuid)
      ${partnerId === undefined ? sql`` : sql`and partner_id = ${partnerId}`}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
    order by ${backwards ? sql`created_at, id` : sql`created_at desc, id desc`} limit ${limit}`)
  return rows.map(toWithdrawal)
}

/** How many wait for a decision, and since when the oldest. */
export async function selectWaiting(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | null }> {
  const [row] = await db.query<{ count: bigint; since: Date | null }>(sql`
    select count(*) as count, min(created_at) as since from withdrawals where state = 'pending_approval'`)
  return row ?? { count: 0n, since: null }
}

type Row = Omit<StoredWithdrawal, 'decidedBy' | 'decidedAt'> & {
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
}

function toWithdrawal(row: Row): StoredWithdrawal {
  return { ...row, decidedBy: row.decidedBy ?? undefined, decidedAt: row.decidedAt ?? undefined }
}

const columns = sql`
  partner_id as "partnerId", id, wallet_id as "walletId", reference, amount, currency, destination_shown as "destinationShown",
  destination_hash as "destinationHash", state, requested_by as "requestedBy", decided_by as "decidedBy", reason, created_at as "createdAt",
  created_at::text as "createdAtText", decided_at as "decidedAt"`
