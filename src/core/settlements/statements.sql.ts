import { sql } from '../../platform/database.ts'
import type { Db, Statement } from '../../platform/database.ts'
import type { Micros } from '../../values/money.ts'
import type { StatementLine, StatementSpan } from './statement.ts'

/** Now, by the database's clock. */
export async function selectNow(db: Db): Promise<Date> {
  const [row] = await db.query<{ now: Date }>(sql`select clock_timestamp() as now`)
  if (row === undefined) throw new Error('The database did not tell the time.')
  return row.now
}

/**
 * The last entry of an account that belongs before a moment, and the balance after it. Entries are numbered as they are committed and dated as they
 * are begun, so two may stand the other way round by a blink: then both belong before the moment, and statements that follow each other have every
 * entry once. Reads the entries after the moment.
 */
export async function selectBoundary(
  db: Db,
  account: Pick<StatementSpan, 'partnerId' | 'account'>,
  moment: Date,
): Promise<{ readonly number: bigint; readonly balance: Micros }> {
  const [row] = await db.query<{ number: bigint; balance: Micros }>(sql`
    select e.number, e.balance_after as balance
    from entries e join transfers t on t.partner_id = e.partner_id and t.id = e.transfer_id
    where e.partner_id = ${account.partnerId} and e.account = ${account.account} and e.number is not null and t.created_at < ${moment}
    order by e.number desc limit 1`)
  return row ?? { number: 0n, balance: 0n }
}

/** Up to `limit` lines of a statement after a number, in their order. */
export async function selectLines(
  db: Db,
  span: StatementSpan,
  after: bigint,
  limit: number,
): Promise<StatementLine[]> {
  return db.query<StatementLine>(sql`
    select ${columns} ${source(span)} and e.number > ${after}::bigint and e.number <= ${span.last}::bigint
    order by e.number limit ${limit}`)
}

/** Up to `limit` lines of a statement before a number, the nearest first. */
export async function selectLinesBefore(
  db: Db,
  span: StatementSpan,
  before: bigint,
  limit: number,
): Promise<StatementLine[]> {
  return db.query<StatementLine>(sql`
    select ${columns} ${source(span)} and e.number > ${span.first}::bigint and e.number < ${before}::bigint
    order by e.number desc limit ${limit}`)
}

const columns = sql`
  e.number, e.transfer_id as "transferId", t.created_at as "createdAt",
  case t.kind when 'redemption_reversal' then 'reversal' when 'merchant_payout' then 'payout' when 'merchant_payout_return' then 'return'
    else t.kind end as kind,
  t.description, e.amount, e.balance_after as "balanceAfter"`

const source = ({ partnerId, account }: StatementSpan): Statement => sql`
  from entries e join transfers t on t.partner_id = e.partner_id and t.id = e.transfer_id
  where e.partner_id = ${partnerId} and e.account = ${account}`
