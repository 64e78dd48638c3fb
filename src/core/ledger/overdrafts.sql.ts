import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, ProposalId, WalletId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { OverdraftProposal } from './overdraft.ts'
import type { Wallet } from './ledger.ts'

/** Keeps a wallet's row until the transaction ends. */
export async function lockWallet(
  tx: Tx,
  partnerId: PartnerId,
  id: WalletId,
): Promise<Pick<Wallet, 'allowOverdraft' | 'overdraftLimit'> | undefined> {
  const [row] = await tx.query<Pick<Wallet, 'allowOverdraft' | 'overdraftLimit'>>(sql`
    select allow_overdraft as "allowOverdraft", overdraft_limit as "overdraftLimit" from wallets
    where partner_id = ${partnerId} and id = ${id} for no key update`)
  return row
}

/** Keeps the row of the wallet that a proposal is about. Whoever locks both locks the wallet first. */
export async function lockWalletOf(tx: Tx, id: ProposalId): Promise<void> {
  await tx.query(sql`
    select from overdraft_proposals o join wallets w on w.partner_id = o.partner_id and w.id = o.wallet_id
    where o.id = ${id} for no key update of w`)
}

/** Violates `overdraft_proposals_open` where one waits already. */
export async function insertProposal(
  tx: Tx,
  proposal: {
    readonly partnerId: PartnerId
    readonly id: ProposalId
    readonly walletId: WalletId
    readonly limit: Micros
    readonly note: string
    readonly actor: string
  },
): Promise<void> {
  const { partnerId, id, walletId, limit, note, actor } = proposal
  await tx.query(sql`
    insert into overdraft_proposals (partner_id, id, wallet_id, overdraft_limit, note, proposed_by)
    values (${partnerId}, ${id}, ${walletId}, ${limit}, ${note}, ${actor})`)
}

export async function lockProposal(tx: Tx, id: ProposalId): Promise<OverdraftProposal | undefined> {
  const [row] = await tx.query<ProposalRow>(sql`
    select ${columns} from overdraft_proposals o
    join wallets w on w.partner_id = o.partner_id and w.id = o.wallet_id
    where o.id = ${id} for no key update of o`)
  return row === undefined ? undefined : toProposal(row)
}

/** Violates `overdraft_proposals_two_persons` where the proposer approves. */
export async function markProposal(
  tx: Tx,
  proposal: { readonly partnerId: PartnerId; readonly id: ProposalId },
  state: 'approved' | 'rejected',
  actor: string,
): Promise<void> {
  await tx.query(sql`
    update overdraft_proposals set state = ${state}, decided_by = ${actor}, decided_at = now()
    where partner_id = ${proposal.partnerId} and id = ${proposal.id} and state = 'proposed'`)
}

/** Drops what waits for a wallet. */
export async function rejectWaiting(
  tx: Tx,
  partnerId: PartnerId,
  walletId: WalletId,
  actor: string,
): Promise<void> {
  await tx.query(sql`
    update overdraft_proposals set state = 'rejected', decided_by = ${actor}, decided_at = now()
    where partner_id = ${partnerId} and wallet_id = ${walletId} and state = 'proposed'`)
}

/** Those that wait, the longest waiting first. */
export async function selectProposals(
  db: Db,
  position: Position | undefined,
  limit: number,
): Promise<(OverdraftProposal & { readonly createdAtText: string })[]> {
  const backwards = position?.direction === 'before'
  const [at = '', id = ''] = position?.key ?? []
  const rows = await db.query<ProposalRow & { readonly createdAtText: string }>(sql`
    select ${columns}, o.created_at::text as "createdAtText" from overdraft_proposals o
    join wallets w on w.partner_id = o.partner_id and w.id = o.wallet_id
    where o.state = 'proposed'
      ${position === undefined ? sql`` : backwards ? sql`and (o.created_at, o.id) < (${at}, ${id})` : sql`and (o.created_at, o.id) > (${at}, ${id})`}
    order by ${backwards ? sql`o.created_at desc, o.id desc` : sql`o.created_at, o.id`}
    limit ${limit}`)
  return rows.map(({ createdAtText, ...row }) => ({ ...toProposal(row), createdAtText }))
}

type ProposalRow = Omit<OverdraftProposal, 'decidedBy'> & { readonly decidedBy: string | null }

function toProposal(row: ProposalRow): OverdraftProposal {
  return { ...row, decidedBy: row.decidedBy ?? undefined }
}

const columns = sql`
  o.partner_id as "partnerId", o.id, o.wallet_id as "walletId", w.code as "walletCode", w.currency, o.overdraft_limit as "limit", o.note, o.state,
  o.proposed_by as "proposedBy", o.decided_by as "decidedBy", o.created_at as "createdAt"`

export async function countProposals(db: Db): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    sql`select count(*)::integer as count from overdraft_proposals where state = 'proposed'`,
  )
  return row?.count ?? 0
}
