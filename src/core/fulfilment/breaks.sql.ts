import type { Position } from '../../platform/cursor.ts'
import { sql, textArray, plainArray } from '../../platform/database.ts'
import type { Db, Row, Tx } from '../../platform/database.ts'
import type { BreakId, OrderId, PartnerId, ProposalId, StatementId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Break, BreakKind, Resolution } from './break.ts'

export type NewBreak = {
  readonly id: BreakId
  readonly kind: BreakKind
  readonly supplierId: SupplierId
  readonly partnerId: PartnerId | undefined
  readonly orderId: OrderId | undefined
  readonly item: number | undefined
  readonly reference: string
  readonly amount: Micros | undefined
  readonly currency: Currency | undefined
  readonly detail: string
}

/** Answers with the ids of those that were not there already. */
export async function insertBreaks(db: Db, rows: readonly NewBreak[]): Promise<BreakId[]> {
  const plain = <T extends string | number | bigint>(pick: (row: NewBreak) => T | undefined): string =>
    plainArray(rows.map((row) => pick(row) ?? null))
  const texts = (pick: (row: NewBreak) => string | undefined): string =>
    textArray(rows.map((row) => pick(row) ?? null))
  const inserted = await db.query<{ id: BreakId }>(sql`
    insert into breaks (id, kind, supplier_id, partner_id, order_id, item, reference, amount, currency, detail)
    select * from unnest(
      ${plain((row) => row.id)}::uuid[], ${texts((row) => row.kind)}::text[], ${plain((row) => row.supplierId)}::uuid[],
      ${plain((row) => row.partnerId)}::uuid[], ${plain((row) => row.orderId)}::uuid[], ${plain((row) => row.item)}::smallint[],
      ${texts((row) => row.reference)}::text[], ${plain((row) => row.amount)}::bigint[], ${texts((row) => row.currency)}::text[],
      ${texts((row) => row.detail)}::text[])
    on conflict (supplier_id, kind, reference) do nothing
    returning id`)
  return inserted.map(({ id }) => id)
}

const columns = sql`
  b.id, b.kind, b.supplier_id as "supplierId", s.code as "supplierCode", b.partner_id as "partnerId", b.order_id as "orderId", b.item,
  b.reference, b.amount, coalesce(b.currency, s.currency) as currency, b.detail, b.state, b.proposal_id as "proposalId", b.resolution,
  b.settle_amount as "settleAmount", b.note, b.proposed_by as "proposedBy", b.proposed_at as "proposedAt", b.settled_by as "settledBy",
  b.settled_at as "settledAt", b.created_at as "createdAt", b.created_at::text as "createdAtText"`

export type ListedBreak = Break & { readonly createdAtText: string }

/** What is undefined in a Break is null in a row. */
function toBreak(row: Row): ListedBreak {
  const entries = Object.entries(row).map(([name, value]) => [name, value ?? undefined])
  return Object.fromEntries(entries) as ListedBreak // The columns above, nulls taken out.
}

export type BreakFilter = {
  readonly isSettled?: boolean | undefined
  readonly kind?: BreakKind | undefined
  readonly supplierId?: SupplierId | undefined
}

/** Oldest first from a position on, which is a time and an id. */
export async function selectBreaks(
  db: Db,
  filter: BreakFilter,
  position: Position | undefined,
  limit: number,
): Promise<ListedBreak[]> {
  const backwards = position?.direction === 'before'
  const [at = '-infinity', id = '00000000-0000-0000-0000-000000000000'] = position?.key ?? []
  const rows = await db.query(sql`
    select ${columns} from breaks b join suppliers s on s.id = b.supplier_id
    where ${backwards ? sql`(b.created_at, b.id) < (${at}::timestamptz, ${id}::uuid)` : sql`(b.created_at, b.id) > (${at}::timestamptz, ${id}::uuid)`}
      ${filter.isSettled === undefined ? sql`` : filter.isSettled ? sql`and b.state = 'settled'` : sql`and b.state <> 'settled'`}
      ${filter.kind === undefined ? sql`` : sql`and b.kind = ${filter.kind}`}
      ${filter.supplierId === undefined ? sql`` : sql`and b.supplier_id = ${filter.supplierId}`}
    order by ${backwards ? sql`b.created_at desc, b.id desc` : sql`b.created_at, b.id`}
    limit ${limit}`)
  return rows.map(toBreak)
}

export async function selectBreaksOfOrder(db: Db, orderId: OrderId): Promise<Break[]> {
  const rows = await db.query(sql`
    select ${columns} from breaks b join suppliers s on s.id = b.supplier_id
    where b.order_id = ${orderId} order by b.created_at, b.id limit 100`)
  return rows.map(toBreak)
}

/** The break of this id, or the one that has this proposal now, its row locked until the transaction ends. */
export async function lockBreak(
  tx: Tx,
  which: { readonly id: BreakId } | { readonly proposalId: ProposalId },
): Promise<Break | undefined> {
  const [row] = await tx.query(sql`
    select ${columns} from breaks b join suppliers s on s.id = b.supplier_id
    where ${'id' in which ? sql`b.id = ${which.id}` : sql`b.proposal_id = ${which.proposalId}`}
    for no key update of b`)
  return row === undefined ? undefined : toBreak(row)
}

/** Writes down what somebody makes of a break, in place of what was proposed before. */
export async function storeProposal(
  tx: Tx,
  id: BreakId,
  proposal: {
    readonly proposalId: ProposalId
    readonly resolution: Resolution
    readonly settleAmount: Micros | undefined
    readonly note: string
    readonly actor: string
  },
): Promise<void> {
  await tx.query(sql`
    update breaks
    set state = 'proposed', proposal_id = ${proposal.proposalId}, resolution = ${proposal.resolution}, settle_amount = ${proposal.settleAmount ?? null},
        note = ${proposal.note}, proposed_by = ${proposal.actor}, proposed_at = now()
    where id = ${id} and state <> 'settled'`)
}

/** Violates `breaks_two_persons` when the actor is who proposed it. */
export async function markSettled(tx: Tx, id: BreakId, actor: string): Promise<void> {
  await tx.query(sql`
    update breaks set state = 'settled', settled_by = ${actor}, settled_at = now() where id = ${id} and state = 'proposed'`)
}

/** Adds a note, once, to breaks that wait because no statement had a purchase which this one has. */
export async function noteStated(
  tx: Tx,
  found: { readonly supplierId: SupplierId; readonly statementId: StatementId; readonly note: string },
): Promise<void> {
  await tx.query(sql`
    update breaks b set detail = b.detail || ' ' || ${found.note}
    where b.supplier_id = ${found.supplierId} and b.kind = 'missing_there' and b.state <> 'settled' and strpos(b.detail, ${found.note}) = 0
      and exists (
        select from supplier_statement_lines l
        where l.supplier_id = b.supplier_id and l.reference = b.reference and l.statement_id = ${found.statementId})`)
}

/** How many breaks wait, and for how many of them something is proposed. */
export async function countBreaks(db: Db): Promise<{ open: number; proposed: number }> {
  const [row] = await db.query<{ open: number; proposed: number }>(sql`
    select count(*) filter (where state = 'open')::integer as open, count(*) filter (where state = 'proposed')::integer as proposed
    from breaks where state <> 'settled'`)
  return row ?? { open: 0, proposed: 0 }
}
