import type { Position } from '../../platform/cursor.ts'
import { plainArray, prepared, sql, textArray } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId, StatementId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Match, Statement, StatementLine } from './statement.ts'

/** One statement of a supplier at a time, until the transaction ends. False: it is another's turn. */
export async function tryStatementLock(tx: Tx, supplierId: SupplierId): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`statement ${supplierId}`}, 0)) as locked`,
  )
  return row?.locked === true
}

/** False: the file was imported before. */
export async function insertStatement(
  tx: Tx,
  row: {
    readonly id: StatementId
    readonly supplierId: SupplierId
    readonly fileName: string
    readonly fileHash: Buffer
    readonly periodFrom: Date
    readonly periodTo: Date
    readonly actor: string
  },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into supplier_statements (id, supplier_id, file_name, file_hash, period_from, period_to, actor)
    values (${row.id}, ${row.supplierId}, ${row.fileName}, ${row.fileHash}, ${row.periodFrom}, ${row.periodTo}, ${row.actor})
    on conflict (supplier_id, file_hash) do nothing
    returning id`)
  return rows.length > 0
}

export async function insertLines(
  tx: Tx,
  id: StatementId,
  supplierId: SupplierId,
  lines: readonly StatementLine[],
): Promise<void> {
  const plain = (pick: (line: StatementLine) => string | number | bigint | undefined): string =>
    plainArray(lines.map((line) => pick(line) ?? null))
  const texts = (pick: (line: StatementLine) => string | undefined): string =>
    textArray(lines.map((line) => pick(line) ?? null))
  await tx.query(
    prepared(
      'insert_statement_lines',
      sql`
      insert into supplier_statement_lines (statement_id, supplier_id, line, reference, supplier_reference, order_id, item, amount, currency, status, at)
      select ${id}::uuid, ${supplierId}::uuid, k.*
      from unnest(
        ${plain((one) => one.line)}::bigint[], ${texts((one) => one.reference)}::text[], ${texts((one) => one.supplierReference)}::text[],
        ${plain((one) => one.orderId)}::uuid[], ${plain((one) => one.item)}::smallint[], ${plain((one) => one.amount)}::bigint[],
        ${plain((one) => one.currency)}::text[], ${plain((one) => one.status)}::text[], ${plain((one) => one.at.toISOString())}::timestamptz[]
      ) k`,
    ),
  )
}

/**
 * Has the rest of this transaction compare in sets. Lines that it wrote itself are not known to be many, and a plan for a few takes one
 * after the other.
 */
export async function expectManyLines(tx: Tx): Promise<void> {
  await tx.query(sql`set local enable_nestloop = off`)
}

/** Leaves out of account what an earlier statement has in the very same words: statements overlap, and are sent twice. */
export async function markRepeatedLines(tx: Tx, id: StatementId): Promise<void> {
  await tx.query(sql`
    update supplier_statement_lines l set match = 'repeated'
    where l.statement_id = ${id} and exists (
      select from supplier_statement_lines o
      where o.supplier_id = l.supplier_id and o.reference = l.reference and o.statement_id < l.statement_id
        and o.status = l.status and o.amount = l.amount and o.currency = l.currency and o.at = l.at
        and o.supplier_reference is not distinct from l.supplier_reference)`)
}

/** Something that a statement and the books say differently. Micro-units of `currency`. */
export type Difference = {
  readonly kind: 'missing_here' | 'missing_there' | 'amount_mismatch' | 'reversal'
  readonly reference: string
  readonly partnerId: PartnerId | null
  readonly orderId: OrderId | null
  readonly item: number | null
  readonly currency: Currency
  /** What the supplier says in all its statements, given back taken off. */
  readonly stated: Micros
  readonly booked: Micros
  /** Where it is booked in another currency than it is stated in. */
  readonly bookedIn: Currency | null
  readonly charges: number
  readonly state: string | null
}

/**
 * Judges each reference of a statement by all that its supplier ever stated about it and all that is booked for it, and writes the
 * verdict to its lines. Answers with what differs, at most `limit`.
 */
export async function judgeLines(
  tx: Tx,
  statement: { readonly id: StatementId; readonly supplierId: SupplierId; readonly supplierCode: string },
  limit: number,
): Promise<Difference[]> {
  const payable = `supplier_payable:${statement.supplierCode}:`
  return tx.query<Difference>(sql`
    with mine as materialized (
      select distinct reference from supplier_statement_lines where statement_id = ${statement.id} and match is distinct from 'repeated'
    ), totals as materialized (
      select l.reference, l.currency, (array_agg(l.order_id))[1] as order_id, (array_agg(l.item))[1] as item,
             sum(case l.status when 'charged' then l.amount else -l.amount end)::bigint as stated,
             (count(*) filter (where l.status = 'charged'))::integer as charges, bool_or(l.status = 'refunded') as refunded
      from mine m join supplier_statement_lines l on l.supplier_id = ${statement.supplierId} and l.reference = m.reference
      where l.match is distinct from 'repeated'
      group by l.reference, l.currency
    ), judged as materialized (
      select t.reference, t.currency, t.order_id, t.item, t.stated, t.charges, f.partner_id, f.state,
             coalesce(b.booked, 0)::bigint as booked, b.booked_in,
             case
               when f.order_id is null then case when t.stated = 0 then 'matched' else 'missing_here' end
               when f.state = 'parked' then 'parked'
               when f.state not in ('completed', 'failed') then 'open'
               when b.booked_in is not null and t.stated <> 0 then 'amount_mismatch'
               when t.stated = coalesce(b.booked, 0) then 'matched'
               when coalesce(b.booked, 0) = 0 and t.stated > 0 then 'missing_here'
               when t.stated = 0 and t.refunded then 'reversal'
               else 'amount_mismatch'
             end as verdict
      from totals t
      left join fulfilments f on f.order_id = t.order_id and f.item = t.item
      left join lateral (
        select sum(e.amount) filter (where e.account = ${payable} || t.currency) as booked,
               min(e.currency) filter (where e.account <> ${payable} || t.currency) as booked_in
        from (
          select e.account, e.currency, sum(e.amount) as amount
          from (
            select id from transfers where partner_id = f.partner_id and id = f.order_id
            union
            select id from transfers where partner_id = f.partner_id and order_id = f.order_id and order_id <> id
          ) k
          join entries e on e.partner_id = f.partner_id and e.transfer_id = k.id and starts_with(e.account, ${payable})
          group by e.account, e.currency having sum(e.amount) <> 0
        ) e
      ) b on true
    ), marked as (
      update supplier_statement_lines l set match = j.verdict
      from judged j
      where l.statement_id = ${statement.id} and l.reference = j.reference and l.currency = j.currency and l.match is distinct from 'repeated'
    )
    select verdict as kind, reference, partner_id as "partnerId", case when partner_id is not null then order_id end as "orderId",
           case when partner_id is not null then item end as item, currency, stated, booked, booked_in as "bookedIn", charges, state
    from judged where verdict in ('missing_here', 'amount_mismatch', 'reversal')
    order by reference limit ${limit}`)
}

/** Purchases of the statement's time that are booked as the supplier's due and of which no statement of it says anything; at most `limit`. */
export async function selectMissingThere(
  tx: Tx,
  statement: { readonly id: StatementId; readonly supplierId: SupplierId; readonly supplierCode: string },
  limit: number,
): Promise<Difference[]> {
  return tx.query<Difference>(sql`
    select 'missing_there' as kind, k.reference, f.partner_id as "partnerId", f.order_id as "orderId", f.item, b.currency, 0::bigint as stated,
           b.booked, null as "bookedIn", 0 as charges, f.state
    from supplier_statements s
    join fulfilments f on f.supplier_id = s.supplier_id and f.state = 'completed' and f.ended_at >= s.period_from and f.ended_at < s.period_to
    cross join lateral (select f.order_id || case f.item when 1 then '' else '-' || f.item end as reference) k
    cross join lateral (
      select e.currency, sum(e.amount)::bigint as booked
      from (
        select id from transfers where partner_id = f.partner_id and id = f.order_id
        union
        select id from transfers where partner_id = f.partner_id and order_id = f.order_id and order_id <> id
      ) t
      join entries e on e.partner_id = f.partner_id and e.transfer_id = t.id and starts_with(e.account, ${`supplier_payable:${statement.supplierCode}:`})
      group by e.currency having sum(e.amount) > 0
    ) b
    where s.id = ${statement.id}
      and not exists (select from supplier_statement_lines l where l.supplier_id = s.supplier_id and l.reference = k.reference)
    limit ${limit}`)
}

/** Adds up what came of the lines. */
export async function countMatches(tx: Tx, id: StatementId, missingThere: number): Promise<void> {
  await tx.query(sql`
    update supplier_statements s
    set lines = c.lines, matched = c.matched, repeated = c.repeated, waiting = c.waiting, missing_here = c.missing_here,
        amount_mismatch = c.amount_mismatch, reversal = c.reversal, missing_there = ${missingThere}, matched_at = now()
    from (
      select count(*) as lines, count(*) filter (where match = 'matched') as matched, count(*) filter (where match = 'repeated') as repeated,
             count(*) filter (where match in ('open', 'parked')) as waiting, count(*) filter (where match = 'missing_here') as missing_here,
             count(*) filter (where match = 'amount_mismatch') as amount_mismatch, count(*) filter (where match = 'reversal') as reversal
      from supplier_statement_lines where statement_id = ${id}
    ) c
    where s.id = ${id}`)
}

/** Statements of a supplier with lines that wait for our items to end, newest first. */
export async function selectWaiting(tx: Tx, supplierId: SupplierId, limit: number): Promise<StatementId[]> {
  const rows = await tx.query<{ id: StatementId }>(sql`
    select id from supplier_statements where supplier_id = ${supplierId} and waiting > 0 order by id desc limit ${limit}`)
  return rows.map(({ id }) => id)
}

const columns = sql`
  t.id, t.supplier_id as "supplierId", s.code as "supplierCode", t.file_name as "fileName", t.period_from as "periodFrom",
  t.period_to as "periodTo", t.lines, t.matched, t.repeated, t.waiting, t.missing_here as "missingHere",
  t.amount_mismatch as "amountMismatch", t.reversal, t.missing_there as "missingThere", t.actor, t.created_at as "createdAt"
  from supplier_statements t join suppliers s on s.id = t.supplier_id`

export async function selectStatement(db: Db, id: StatementId): Promise<Statement | undefined> {
  const [row] = await db.query<Statement>(sql`select ${columns} where t.id = ${id}`)
  return row
}

export async function selectStatementOfFile(
  db: Db,
  supplierId: SupplierId,
  fileHash: Buffer,
): Promise<Statement | undefined> {
  const [row] = await db.query<Statement>(
    sql`select ${columns} where t.supplier_id = ${supplierId} and t.file_hash = ${fileHash}`,
  )
  return row
}

/** Newest first from a position on, which is an id. */
export async function selectStatements(
  db: Db,
  supplierId: SupplierId | undefined,
  position: Position | undefined,
  limit: number,
): Promise<Statement[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0]
  return db.query<Statement>(sql`
    select ${columns}
    where true ${supplierId === undefined ? sql`` : sql`and t.supplier_id = ${supplierId}`}
      ${id === undefined ? sql`` : backwards ? sql`and t.id > ${id}` : sql`and t.id < ${id}`}
    order by ${backwards ? sql`t.id` : sql`t.id desc`} limit ${limit}`)
}

export type ListedLine = {
  readonly line: bigint
  readonly reference: string
  readonly supplierReference: string | null
  readonly amount: Micros
  readonly currency: Currency
  readonly status: 'charged' | 'refunded'
  readonly at: Date
  readonly match: Match
}

/** In the order of the file, from a position on, which is a line. */
export async function selectLines(
  db: Db,
  id: StatementId,
  match: Match | undefined,
  position: Position | undefined,
  limit: number,
): Promise<ListedLine[]> {
  const backwards = position?.direction === 'before'
  const line = position?.key[0] ?? '0'
  return db.query<ListedLine>(sql`
    select line, reference, supplier_reference as "supplierReference", amount, currency, status, at, match
    from supplier_statement_lines
    where statement_id = ${id} and ${backwards ? sql`line < ${line}` : sql`line > ${line}`}
      ${match === undefined ? sql`` : sql`and match = ${match}`}
    order by ${backwards ? sql`line desc` : sql`line`} limit ${limit}`)
}
