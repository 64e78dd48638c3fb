import type { Position } from '../../platform/cursor.ts'
import { plainArray, sql, textArray } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { BankLineId, BankStatementId, FundingId, PartnerId, WalletId } from '../../values/ids.ts'
import type { BankLine, BankStatement, LineState, ParsedLine, StatementFormat } from './bank.ts'

export async function selectStatementOfFile(db: Db, fileHash: Buffer): Promise<BankStatement | undefined> {
  const [row] = await db.query<BankStatement>(
    sql`select ${statementColumns} from bank_statements where file_hash = ${fileHash}`,
  )
  return row
}

/** False, and nothing written: the very file was imported before. Of two at once the second waits for the first. */
export async function insertStatement(
  tx: Tx,
  statement: {
    readonly id: BankStatementId
    readonly fileHash: Buffer
    readonly fileName: string
    readonly format: StatementFormat
    readonly actor: string
  },
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into bank_statements (id, file_hash, file_name, format, lines, actor)
    values (${statement.id}, ${statement.fileHash}, ${statement.fileName}, ${statement.format}, 0, ${statement.actor})
    on conflict (file_hash) do nothing returning id`)
  return rows.length > 0
}

export async function updateLineCount(tx: Tx, id: BankStatementId, lines: bigint): Promise<void> {
  await tx.query(sql`update bank_statements set lines = ${lines} where id = ${id}`)
}

export type NewLine = Omit<ParsedLine, 'line'> & {
  readonly id: BankLineId
  readonly identity: string
  readonly line: number | undefined
  readonly state: LineState
  readonly partnerId: PartnerId | undefined
  readonly walletId: WalletId | undefined
  readonly fundingId: FundingId | undefined
}

/**
 * Lets one at a time bring lines in, until the transaction ends: of two who bring the same transfer in two spellings the second must see the first
 * one's, which `doubtAlike` looks for. Nobody else writes to this table, and whoever reads it waits for nothing.
 */
export async function lockBankLines(tx: Tx): Promise<void> {
  await tx.query(sql`lock table bank_statements in share row exclusive mode`)
}

/** Writes lines that are not there yet, and answers with how many were new. Of two statements with one line, the first to come has it. */
export async function insertLines(
  tx: Tx,
  statementId: BankStatementId | undefined,
  actor: string,
  lines: readonly NewLine[],
): Promise<BankLineId[]> {
  const rows = await tx.query<{ id: BankLineId }>(sql`
    insert into bank_lines (id, statement_id, line, account, identity, booked_on, amount, currency, bank_reference, remittance, payer, state,
                            partner_id, wallet_id, funding_id, actor, matched_by)
    select l.id, ${statementId ?? null}::uuid, l.line, l.account, l.identity, l.booked_on, l.amount, l.currency, l.bank_reference, l.remittance,
           l.payer, l.state, l.partner_id, l.wallet_id, l.funding_id, ${actor}::text, case when l.wallet_id is not null then 'system' end
    from unnest(${plainArray(lines.map(({ id }) => id))}::uuid[], ${plainArray(lines.map(({ line }) => line ?? null))}::integer[],
                ${plainArray(lines.map(({ account }) => account))}::text[], ${plainArray(lines.map(({ identity }) => identity))}::text[],
                ${plainArray(lines.map(({ bookedOn }) => bookedOn))}::date[], ${plainArray(lines.map(({ amount }) => amount))}::bigint[],
                ${plainArray(lines.map(({ currency }) => currency))}::text[], ${textArray(lines.map((one) => one.bankReference))}::text[],
                ${textArray(lines.map(({ remittance }) => remittance))}::text[], ${textArray(lines.map(({ payer }) => payer))}::text[],
                ${plainArray(lines.map(({ state }) => state))}::text[], ${plainArray(lines.map((one) => one.partnerId ?? null))}::uuid[],
                ${plainArray(lines.map((one) => one.walletId ?? null))}::uuid[], ${plainArray(lines.map((one) => one.fundingId ?? null))}::uuid[])
      as l (id, line, account, identity, booked_on, amount, currency, bank_reference, remittance, payer, state, partner_id, wallet_id, funding_id)
    order by l.account, l.identity
    on conflict (account, identity) do nothing
    returning id`)
  return rows.map(({ id }) => id)
}

export async function lockLine(tx: Tx, id: BankLineId): Promise<BankLine | undefined> {
  const [row] = await tx.query<StoredLine>(
    sql`select ${lineColumns} from bank_lines where id = ${id} for no key update`,
  )
  return row === undefined ? undefined : toLine(row)
}

/** A statement's lines that say themselves whose they are and that this person may book, in the order of the file, and into which wallet each goes. */
export async function selectBookable(
  tx: Tx,
  statementId: BankStatementId,
  actor: string,
  limit: number,
): Promise<{ readonly lineId: BankLineId; readonly walletId: WalletId }[]> {
  return tx.query(sql`
    select id as "lineId", wallet_id as "walletId" from bank_lines
    where statement_id = ${statementId} and state = 'matched' and matched_by = 'system' and actor <> ${actor} and not (${actor} = any (matchers))
    order by line limit ${limit}`)
}

/** How many of a statement's lines wait to be booked, and how many of these by another person than this one. */
export async function countBookable(
  db: Db,
  statementId: BankStatementId,
  actor: string,
): Promise<{ readonly all: number; readonly byAnother: number }> {
  const [row] = await db.query<{ all: number; byAnother: number }>(sql`
    select count(*)::integer as all,
           (count(*) filter (where actor = ${actor} or matched_by = ${actor} or ${actor} = any (matchers)))::integer as "byAnother"
    from bank_lines where statement_id = ${statementId} and state = 'matched'`)
  return row ?? { all: 0, byAnother: 0 }
}

/**
 * Of matched lines that were just written, those that look like a line which came another way (the same wallet, day and amount) are nobody's:
 * the bank may have told of one transfer in two spellings. Answers with how many.
 */
export async function doubtAlike(tx: Tx, ids: readonly BankLineId[]): Promise<number> {
  const rows = await tx.query(sql`
    with alike as (
      select l.id, min(o.id::text) as other
      from bank_lines l
      join bank_lines o on o.wallet_id = l.wallet_id and o.booked_on = l.booked_on and o.amount = l.amount and o.currency = l.currency
        and o.statement_id is distinct from l.statement_id and o.state in ('matched', 'booked')
      where l.id = any (${plainArray(ids)}::uuid[]) and l.state = 'matched'
      group by l.id
    )
    update bank_lines l
    set state = 'unmatched', partner_id = null, wallet_id = null, funding_id = null, matched_by = null,
        note = 'Looks like the line ' || a.other || ', which came another way.'
    from alike a where l.id = a.id returning l.id`)
  return rows.length
}

export async function markMatched(
  tx: Tx,
  id: BankLineId,
  owner: {
    readonly partnerId: PartnerId
    readonly walletId: WalletId
    readonly note: string
    readonly actor: string
  },
): Promise<void> {
  await tx.query(sql`
    update bank_lines
    set state = 'matched', partner_id = ${owner.partnerId}, wallet_id = ${owner.walletId},
        funding_id = case when wallet_id = ${owner.walletId} then funding_id end, matched_by = ${owner.actor}, note = ${owner.note}, ended_at = null,
        matchers = case when ${owner.actor} = any (matchers) then matchers else matchers || ${owner.actor}::text end
    where id = ${id} and state in ('unmatched', 'matched', 'ignored')`)
}

export async function markIgnored(tx: Tx, id: BankLineId, note: string): Promise<void> {
  await tx.query(sql`
    update bank_lines set state = 'ignored', partner_id = null, wallet_id = null, funding_id = null, note = ${note}, ended_at = now()
    where id = ${id} and state in ('unmatched', 'matched')`)
}

/** Violates `bank_lines_two_persons` when the actor brought the line in, or said whose it is. */
export async function markBooked(tx: Tx, id: BankLineId, actor: string): Promise<void> {
  await tx.query(sql`
    update bank_lines set state = 'booked', booked_by = ${actor}, ended_at = now() where id = ${id} and state = 'matched'`)
}

export type LineFilter = {
  readonly state: LineState | undefined
  readonly statementId: BankStatementId | undefined
}

export type ListedLine = BankLine & { readonly createdAtText: string }

/** Those that wait longest first, from a position. */
export async function selectLines(
  db: Db,
  filter: LineFilter,
  position: Position | undefined,
  limit: number,
): Promise<ListedLine[]> {
  const backwards = position?.direction === 'before'
  const [at = '-infinity', id = '00000000-0000-0000-0000-000000000000'] = position?.key ?? []
  const rows = await db.query<StoredLine & { createdAtText: string }>(sql`
    select ${lineColumns}, created_at::text as "createdAtText" from bank_lines
    where (created_at, id) ${backwards ? sql`<` : sql`>`} (${at}::timestamptz, ${id}::uuid)
      ${filter.state === undefined ? sql`` : sql`and state = ${filter.state}`}
      ${filter.statementId === undefined ? sql`` : sql`and statement_id = ${filter.statementId}`}
    order by ${backwards ? sql`created_at desc, id desc` : sql`created_at, id`} limit ${limit}`)
  return rows.map((row) => ({ ...toLine(row), createdAtText: row.createdAtText }))
}

/** How many lines of a statement are in which state. */
export async function countLines(
  db: Db,
  statementId: BankStatementId,
): Promise<{ readonly state: LineState; readonly count: bigint }[]> {
  return db.query(sql`
    select state, count(*) as count from bank_lines where statement_id = ${statementId} group by state order by state`)
}

/** Since when the oldest line waits for a person, and how many do. */
export async function selectWaiting(
  db: Db,
): Promise<{ readonly count: bigint; readonly since: Date | null }> {
  const [row] = await db.query<{ count: bigint; since: Date | null }>(sql`
    select count(*) as count, min(created_at) as since from bank_lines where state in ('unmatched', 'matched')`)
  return row ?? { count: 0n, since: null }
}

type Optional =
  | 'statementId'
  | 'line'
  | 'partnerId'
  | 'walletId'
  | 'walletCode'
  | 'fundingId'
  | 'matchedBy'
  | 'bookedBy'

type StoredLine = Omit<BankLine, Optional> & {
  readonly [Key in Optional]: Exclude<BankLine[Key], undefined> | null
}

function toLine(row: StoredLine): BankLine {
  return {
    ...row,
    statementId: row.statementId ?? undefined,
    line: row.line ?? undefined,
    partnerId: row.partnerId ?? undefined,
    walletId: row.walletId ?? undefined,
    walletCode: row.walletCode ?? undefined,
    fundingId: row.fundingId ?? undefined,
    matchedBy: row.matchedBy ?? undefined,
    bookedBy: row.bookedBy ?? undefined,
  }
}

const statementColumns = sql`id, file_name as "fileName", format, lines, actor, created_at as "createdAt"`

const lineColumns = sql`
  id, statement_id as "statementId", line, account, booked_on::text as "bookedOn", amount, currency, bank_reference as "bankReference",
  remittance, payer, state, partner_id as "partnerId", wallet_id as "walletId",
  (select w.code from wallets w where w.partner_id = bank_lines.partner_id and w.id = bank_lines.wallet_id) as "walletCode",
  funding_id as "fundingId", actor, matched_by as "matchedBy", matchers,
  booked_by as "bookedBy", note, created_at as "createdAt"`
