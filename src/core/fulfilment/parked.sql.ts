import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Row, Tx } from '../../platform/database.ts'
import type { OrderId, ProposalId, SkuId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Sealed } from '../keys/ring.ts'
import type { FulfilmentState, ItemKey } from './fulfilment.ts'

/** An item as people look at it. */
export type ListedItem = ItemKey & {
  readonly state: FulfilmentState
  readonly supplierId: SupplierId | undefined
  readonly supplierCode: string | undefined
  /** What the supplier bills in. */
  readonly supplierCurrency: Currency | undefined
  readonly supplierReference: string | undefined
  readonly skuId: SkuId
  readonly skuName: string
  readonly productType: string
  /** Micro-units. */
  readonly faceValue: Micros
  readonly quantity: number
  /** Micro-units of the wallet's currency for one unit. */
  readonly unitPrice: Micros
  readonly currency: Currency
  readonly sends: number
  readonly sentAt: Date | undefined
  readonly fence: bigint
  readonly parkedReason: string | undefined
  readonly refusal: string | undefined
  readonly createdAt: Date
  readonly createdAtText: string
  readonly ageSeconds: number
  readonly endedAt: Date | undefined
  /** What is proposed about it. */
  readonly proposalId: ProposalId | undefined
  readonly proposedOutcome: 'delivered' | 'failed' | undefined
  /** How many codes and receipts it says were delivered. */
  readonly proposedGoods: number | undefined
  /** Micro-units of the supplier's currency that it takes for all of it; undefined: nobody says. */
  readonly proposedCost: Micros | undefined
  readonly proposedNote: string | undefined
  readonly proposedBy: string | undefined
  /** Of a parked item: what the statements of its supplier say. Undefined: they say nothing about that time. */
  readonly stated: 'charged' | 'given back' | 'not charged' | undefined
}

const columns = sql`
  f.partner_id as "partnerId", f.order_id as "orderId", f.item, f.state, f.supplier_id as "supplierId", s.code as "supplierCode",
  s.currency as "supplierCurrency", f.supplier_reference as "supplierReference", i.sku_id as "skuId", i.sku_name as "skuName",
  g.type as "productType", i.face_value as "faceValue", i.quantity, i.unit_price as "unitPrice", o.currency, f.sends,
  f.sent_at as "sentAt", f.fence, f.parked_reason as "parkedReason", f.refusal, f.created_at as "createdAt",
  f.created_at::text as "createdAtText", extract(epoch from now() - f.created_at)::double precision as "ageSeconds",
  f.ended_at as "endedAt", p.id as "proposalId", p.outcome as "proposedOutcome", p.goods_count as "proposedGoods", p.cost as "proposedCost",
  p.note as "proposedNote", p.proposed_by as "proposedBy",
  case when f.state = 'parked' then coalesce(
    (select case when sum(case l.status when 'charged' then l.amount else -l.amount end) > 0 then 'charged' else 'given back' end
     from supplier_statement_lines l
     where l.supplier_id = f.supplier_id and l.reference = f.order_id || case f.item when 1 then '' else '-' || f.item end
       and l.match is distinct from 'repeated'
     having count(*) > 0),
    (select 'not charged' from supplier_statements t
     where t.supplier_id = f.supplier_id and t.period_from <= f.sent_at and t.period_to > f.sent_at limit 1)
  ) end as stated
  from fulfilments f
  join orders o on o.partner_id = f.partner_id and o.id = f.order_id
  join order_items i on i.partner_id = f.partner_id and i.order_id = f.order_id and i.item = f.item
  join skus k on k.id = i.sku_id
  join products g on g.id = k.product_id
  left join suppliers s on s.id = f.supplier_id
  left join fulfilment_proposals p on p.partner_id = f.partner_id and p.order_id = f.order_id and p.item = f.item and p.state = 'proposed'`

function withoutNulls<T>(row: Row): T {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? undefined])) as T // The caller's columns.
}

export type ItemFilter = {
  readonly states?: readonly FulfilmentState[] | undefined
  readonly supplierId?: SupplierId | undefined
  /** Accepted at least so long ago. */
  readonly olderThanSeconds?: number | undefined
}

/** Items that have not ended, oldest first, from a position on: a time, an order's id and an item's number. */
export async function selectOpenItems(
  db: Db,
  filter: ItemFilter,
  position: Position | undefined,
  limit: number,
): Promise<ListedItem[]> {
  const backwards = position?.direction === 'before'
  const [at = '-infinity', orderId = '00000000-0000-0000-0000-000000000000', item = '0'] = position?.key ?? []
  const key = sql`(${at}::timestamptz, ${orderId}::uuid, ${item}::smallint)`
  const rows = await db.query(sql`
    select ${columns}
    where f.state not in ('completed', 'failed')
      and (f.created_at, f.order_id, f.item) ${backwards ? sql`<` : sql`>`} ${key}
      ${filter.states === undefined ? sql`` : sql`and f.state = any (${filter.states}::text[])`}
      ${filter.supplierId === undefined ? sql`` : sql`and f.supplier_id = ${filter.supplierId}`}
      ${filter.olderThanSeconds === undefined ? sql`` : sql`and f.created_at <= now() - ${filter.olderThanSeconds} * interval '1 second'`}
    order by ${backwards ? sql`f.created_at desc, f.order_id desc, f.item desc` : sql`f.created_at, f.order_id, f.item`}
    limit ${limit}`)
  return rows.map((row) => withoutNulls<ListedItem>(row))
}

export async function selectItem(db: Db, orderId: OrderId, item: number): Promise<ListedItem | undefined> {
  const [row] = await db.query(
    sql`select ${columns} where f.order_id = ${orderId} and f.item = ${item} limit 1`,
  )
  return row === undefined ? undefined : withoutNulls<ListedItem>(row)
}

export type Attempt = {
  readonly kind: 'buy' | 'inquire'
  readonly supplierCode: string
  readonly startedAt: Date
  readonly endedAt: Date | undefined
  /** Undefined: it is under way, or nobody lived to write it down. */
  readonly answer: string | undefined
  readonly detail: string | undefined
}

/** The last exchanges with suppliers about an item, newest first. */
export async function selectAttempts(
  db: Db,
  { partnerId, orderId, item }: ItemKey,
  limit: number,
): Promise<Attempt[]> {
  const rows = await db.query(sql`
    select a.kind, s.code as "supplierCode", a.started_at as "startedAt", a.ended_at as "endedAt", a.answer, a.detail
    from fulfilment_attempts a join suppliers s on s.id = a.supplier_id
    where a.partner_id = ${partnerId} and a.order_id = ${orderId} and a.item = ${item}
    order by a.fence desc, a.kind limit ${limit}`)
  return rows.map((row) => withoutNulls<Attempt>(row))
}

export type NewProposal = ItemKey & {
  readonly id: ProposalId
  readonly fence: bigint
  readonly outcome: 'delivered' | 'failed'
  readonly goods: Sealed | undefined
  readonly goodsCount: number
  readonly supplierReference: string | undefined
  readonly cost: Micros | undefined
  readonly note: string
  readonly proposedBy: string
}

/** Writes a proposal in the place of one that is there. */
export async function insertProposal(tx: Tx, row: NewProposal): Promise<void> {
  await tx.query(sql`
    update fulfilment_proposals set state = 'replaced', goods = null, data_key_id = null
    where partner_id = ${row.partnerId} and order_id = ${row.orderId} and item = ${row.item} and state = 'proposed'`)
  await tx.query(sql`
    insert into fulfilment_proposals (id, partner_id, order_id, item, fence, outcome, goods, data_key_id, goods_count, supplier_reference, cost, note, proposed_by)
    values (${row.id}, ${row.partnerId}, ${row.orderId}, ${row.item}, ${row.fence}, ${row.outcome}, ${row.goods?.ciphertext ?? null},
            ${row.goods?.dataKeyId ?? null}, ${row.goodsCount}, ${row.supplierReference ?? null}, ${row.cost ?? null}, ${row.note}, ${row.proposedBy})`)
}

export type Proposal = ItemKey & {
  readonly id: ProposalId
  readonly fence: bigint
  readonly outcome: 'delivered' | 'failed'
  readonly goodsCount: number
  readonly supplierReference: string | undefined
  readonly cost: Micros | undefined
  readonly note: string
  readonly state: 'proposed' | 'replaced' | 'settled'
  readonly proposedBy: string
  readonly proposedAt: Date
  readonly settledBy: string | undefined
}

const proposalColumns = sql`
  id, partner_id as "partnerId", order_id as "orderId", item, fence, outcome,
  goods_count as "goodsCount", supplier_reference as "supplierReference", cost, note, state, proposed_by as "proposedBy",
  proposed_at as "proposedAt", settled_by as "settledBy"`

export async function lockProposal(tx: Tx, id: ProposalId): Promise<Proposal | undefined> {
  const [row] = await tx.query(
    sql`select ${proposalColumns} from fulfilment_proposals where id = ${id} for no key update`,
  )
  return row === undefined ? undefined : withoutNulls<Proposal>(row)
}

/** What a proposal that waits says was delivered, sealed. */
export async function selectGoods(db: Db, id: ProposalId): Promise<Sealed | undefined> {
  const [row] = await db.query<Sealed>(sql`
    select goods as ciphertext, data_key_id as "dataKeyId" from fulfilment_proposals where id = ${id} and goods is not null`)
  return row
}

/** Newest first. */
export async function selectProposals(
  db: Db,
  orderId: OrderId,
  item: number,
  limit: number,
): Promise<Proposal[]> {
  const rows = await db.query(sql`
    select ${proposalColumns} from fulfilment_proposals where order_id = ${orderId} and item = ${item}
    order by proposed_at desc, id desc limit ${limit}`)
  return rows.map((row) => withoutNulls<Proposal>(row))
}

/** Violates `fulfilment_proposals_two_persons` when the actor is who proposed it. */
export async function markProposalSettled(tx: Tx, id: ProposalId, actor: string): Promise<void> {
  await tx.query(sql`
    update fulfilment_proposals set state = 'settled', settled_by = ${actor}, settled_at = now(), goods = null, data_key_id = null
    where id = ${id} and state = 'proposed'`)
}
