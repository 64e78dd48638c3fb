import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { parseDecimal } from '../../values/decimal.ts'
import type { PartnerId, ProposalId, SkuId } from '../../values/ids.ts'
import { rateScale } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { describeChange, readChange, writeChange } from './price-change.ts'
import type { PriceProposal } from './proposal.ts'
import type { Rate } from './rates.ts'

/** Drops what waits about the same, for whom it is about. */
export async function rejectWaiting(
  tx: Tx,
  about: { readonly partnerId: PartnerId | undefined; readonly subject: string },
  actor: string,
): Promise<void> {
  await tx.query(sql`
    update price_proposals set state = 'rejected', decided_by = ${actor}, decided_at = now()
    where partner_id is not distinct from ${about.partnerId ?? null}::uuid and subject = ${about.subject} and state = 'proposed'`)
}

export async function insertProposal(
  tx: Tx,
  proposal: Pick<PriceProposal, 'id' | 'partnerId' | 'subject' | 'change' | 'reason' | 'proposedBy'>,
): Promise<void> {
  const { id, partnerId, subject, change, reason, proposedBy } = proposal
  await tx.query(sql`
    insert into price_proposals (id, partner_id, subject, change, reason, proposed_by)
    values (${id}, ${partnerId ?? null}, ${subject}, ${writeChange(change)}::jsonb, ${reason}, ${proposedBy})`)
}

export async function lockProposal(tx: Tx, id: ProposalId): Promise<PriceProposal | undefined> {
  const [row] = await tx.query<ProposalRow>(
    sql`select ${columns} from price_proposals p where p.id = ${id} for no key update`,
  )
  return row === undefined ? undefined : toProposal(row)
}

/** Violates `price_proposals_two_persons` where the proposer approves. */
export async function markProposal(
  tx: Tx,
  id: ProposalId,
  state: 'approved' | 'rejected',
  actor: string,
): Promise<void> {
  await tx.query(sql`
    update price_proposals set state = ${state}, decided_by = ${actor}, decided_at = now() where id = ${id} and state = 'proposed'`)
}

/** Those that wait, the longest waiting first. */
export async function selectProposals(
  db: Db,
  position: Position | undefined,
  limit: number,
): Promise<(PriceProposal & { readonly createdAtText: string })[]> {
  const backwards = position?.direction === 'before'
  const [at = '', id = ''] = position?.key ?? []
  const rows = await db.query<ProposalRow & { readonly createdAtText: string }>(sql`
    select ${columns}, p.created_at::text as "createdAtText" from price_proposals p
    where p.state = 'proposed'
      ${position === undefined ? sql`` : backwards ? sql`and (p.created_at, p.id) < (${at}, ${id})` : sql`and (p.created_at, p.id) > (${at}, ${id})`}
    order by ${backwards ? sql`p.created_at desc, p.id desc` : sql`p.created_at, p.id`}
    limit ${limit}`)
  return rows.map((row) => ({ ...toProposal(row), createdAtText: row.createdAtText }))
}

export async function countProposals(db: Db): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    sql`select count(*)::integer as count from price_proposals where state = 'proposed'`,
  )
  return row?.count ?? 0
}

/** The stored rates that held at some moment of the last day. */
export async function selectRatesOfLastDay(db: Db): Promise<Rate[]> {
  const rows = await db.query<{ base: Currency; quote: Currency; rate: string }>(sql`
    select r.base, r.quote, r.rate::text as rate from fx_rates r
    where r.valid_from > statement_timestamp() - interval '1 day'
    union all
    select o.base, o.quote, o.rate::text from (
      select distinct on (base, quote) base, quote, rate from fx_rates
      where valid_from <= statement_timestamp() - interval '1 day' order by base, quote, valid_from desc
    ) o`)
  return rows.map(({ rate, ...pair }) => ({ ...pair, rate: parseDecimal(rate, rateScale) ?? 0n }))
}

/** A pair that has had another rate since an instant, of those given. */
export async function selectNewerRate(
  tx: Tx,
  pairs: readonly Pick<Rate, 'base' | 'quote'>[],
  since: Date,
): Promise<Pick<Rate, 'base' | 'quote'> | undefined> {
  const given = JSON.stringify(pairs.map(({ base, quote }) => ({ base, quote })))
  const [row] = await tx.query<Pick<Rate, 'base' | 'quote'>>(sql`
    select r.base, r.quote from fx_rates r
    join jsonb_to_recordset(${given}::jsonb) as g (base text, quote text) on g.base = r.base and g.quote = r.quote
    where r.valid_from > ${since} limit 1`)
  return row
}

/** What a SKU of one face value is worth; undefined: there is none, or it is a range. */
export async function selectFaceValue(
  db: Db,
  sku: { readonly id: SkuId } | { readonly code: string },
): Promise<{ readonly faceValue: Micros; readonly currency: Currency } | undefined> {
  const isNamed = 'id' in sku ? sql`id = ${sku.id}` : sql`code = ${sku.code}`
  const [row] = await db.query<{ faceValue: Micros; currency: Currency }>(
    sql`select face_value as "faceValue", currency from skus where ${isNamed} and face_value is not null`,
  )
  return row
}

type ProposalRow = Omit<PriceProposal, 'partnerId' | 'decidedBy' | 'change' | 'description'> & {
  readonly partnerId: PartnerId | null
  readonly change: string
  readonly decidedBy: string | null
}

function toProposal(row: ProposalRow): PriceProposal {
  const { id, partnerId, subject, reason, state, proposedBy, decidedBy, createdAt } = row
  const change = readChange(row.change)
  return {
    id,
    partnerId: partnerId ?? undefined,
    subject,
    change,
    description: describeChange(change),
    reason,
    state,
    proposedBy,
    decidedBy: decidedBy ?? undefined,
    createdAt,
  }
}

const columns = sql`
  p.id, p.partner_id as "partnerId", p.subject, p.change::text as change, p.reason, p.state, p.proposed_by as "proposedBy",
  p.decided_by as "decidedBy", p.created_at as "createdAt"`
