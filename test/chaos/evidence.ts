import { createHash } from 'node:crypto'
import { openDatabase, sql } from '../../src/platform/database.ts'
import type { Db, Statement } from '../../src/platform/database.ts'
import type { HostileEntry } from '../hostile-supplier.ts'
import { readLogFile } from './log-file.ts'
import type { LockSeen } from './lock-watch.ts'
import type { Received } from './receiver.ts'
import type { Kind, Told } from './told.ts'

/** All that is known when a run is over: what everybody outside wrote down, and what stands in the database. */
export type Evidence = {
  readonly told: readonly Told[]
  readonly supplier: readonly HostileEntry[]
  readonly received: readonly Received[]
  readonly orders: readonly OrderRow[]
  /** What is no order. */
  readonly effects: readonly EffectRow[]
  readonly finals: readonly FinalRow[]
  readonly keys: readonly KeyRow[]
  readonly codesTwice: readonly string[]
  readonly bookFaults: readonly BookFault[]
  readonly limitFaults: readonly BookFault[]
  readonly locks: readonly LockSeen[]
  readonly exits: readonly string[]
  /** Since 1970, each time that a full disk had room again. */
  readonly roomAgainAtMs: readonly number[]
}

export type OrderRow = {
  readonly id: string
  readonly externalId: string
  readonly status: string
  readonly delivered: number
  readonly codes: number
  readonly charges: number
  /** By whom it is filled, and how far that is; null: from our own stock. */
  readonly state: string | null
  /** Whether its next step is due at a time to come, so that it waits for no process. */
  readonly isScheduled: boolean
  readonly held: string | null
  readonly breaks: readonly string[]
}

export type EffectRow = {
  readonly kind: Kind
  readonly id: string
  readonly key: string
  readonly state: string
  /** How often money moved for it in its last direction, and how often it should have. */
  readonly moved: number
  readonly due: number
}

/** A final state of which a partner's address is to be told. */
type FinalRow = {
  readonly about: string
  /** Null: no event was written. */
  readonly eventId: string | null
  readonly path: string
  /** Tries that the product noted as failed without success. */
  readonly delivery: string | null
}

type KeyRow = {
  readonly key: string
  readonly isAnswered: boolean
  readonly isClaimed: boolean
  readonly ageS: number
}

type BookFault = { readonly rule: string; readonly subject: string }

/** Where a run left its evidence. */
export type EvidenceFiles = {
  readonly told: string
  readonly supplier: string
  readonly received: string
}

export async function readEvidence(
  databaseUrl: string,
  files: EvidenceFiles,
  seen: Pick<Evidence, 'locks' | 'exits' | 'roomAgainAtMs'>,
): Promise<Evidence> {
  const database = openDatabase({ url: databaseUrl, poolSize: 2, statementTimeoutMs: 600_000 })
  try {
    // After half an hour's run there is much to join, and what the server knows of the tables may be as old as the run.
    await database.query(sql`analyze`)
    const told = readLogFile<Told>(files.told)
    return {
      ...seen,
      told,
      supplier: readLogFile<HostileEntry>(files.supplier),
      received: readLogFile<Received>(files.received),
      ...(await readBooks(database)),
    }
  } finally {
    await database.close()
  }
}

/** What the database says, asked in SQL that shares nothing with the product's own. */
export async function readBooks(
  database: Db,
): Promise<
  Pick<Evidence, 'orders' | 'effects' | 'finals' | 'keys' | 'codesTwice' | 'bookFaults' | 'limitFaults'>
> {
  const twice = await database.query<{ code: string }>(
    sql`select code_id::text as code from order_codes group by code_id having count(*) > 1`,
  )
  return {
    orders: await database.query<OrderRow>(ordersSql),
    effects: await database.query<EffectRow>(effectsSql),
    finals: await database.query<FinalRow>(finalsSql),
    keys: await database.query<KeyRow>(keysSql),
    codesTwice: twice.map(({ code }) => code),
    bookFaults: await findFaults(database, bookRules),
    limitFaults: await findFaults(database, limitRules),
  }
}

/** How the database names what a client calls by its key. */
export function externalIdOf(kind: Kind, key: string): string {
  if (kind === 'vendify order') return `vendify:ref:${key}`
  if (kind === 'iascroft purchase' || kind === 'iascroft topup')
    return `iascroft:${createHash('sha256').update(key).digest('base64url')}`
  return key
}

/** Transfers are counted once for all, since no index finds them by what they are for. */
const ordersSql = sql`
  with charged as materialized (
    select partner_id, order_id, count(*)::integer as count from transfers where kind = 'charge' group by 1, 2
  )
  select o.id::text as id, o.external_id as "externalId", o.status,
         (select coalesce(sum(i.delivered), 0)::integer from order_items i where i.partner_id = o.partner_id and i.order_id = o.id) as delivered,
         (select count(*)::integer from order_codes c where c.partner_id = o.partner_id and c.order_id = o.id) as codes,
         coalesce(t.count, 0) as charges,
         f.state, coalesce(f.due_at > now() and (f.claimed_until is null or f.claimed_until < now()), false) as "isScheduled",
         h.state as held,
         array(select b.kind from breaks b where b.order_id = o.id) as breaks
  from orders o
  left join charged t on t.partner_id = o.partner_id and t.order_id = o.id
  left join fulfilments f on f.partner_id = o.partner_id and f.order_id = o.id
  left join holds h on h.partner_id = o.partner_id and h.order_id = o.id`

/** As above. */
const effectsSql = sql`
  with by_reference as materialized (
    select partner_id, kind, reference, count(*)::integer as count from transfers where kind in ('withdrawal', 'payout') group by 1, 2, 3
  ), by_id as materialized (
    select id, count(*)::integer as count from transfers where kind in ('redemption', 'redemption_reversal') group by 1
  )
  select 'iascroft withdrawal' as kind, w.id::text as id, w.reference as key, w.state, coalesce(t.count, 0) as moved,
         case w.state when 'paid' then 1 else 0 end as due
  from withdrawals w
  left join by_reference t on t.partner_id = w.partner_id and t.kind = 'withdrawal' and t.reference = 'withdrawal ' || w.id
  union all
  select 'giftpesa disbursement', d.id::text, d.external_id, d.state,
         (select count(*)::integer from vouchers v where v.partner_id = d.partner_id and v.disbursement_id = d.id), d.issued_count
  from disbursements d
  union all
  select 'giftpesa redemption', r.id::text, r.transaction_id, case when r.reversed_at is null then 'success' else 'reversed' end,
         coalesce(t.count, 0) + coalesce(b.count, 0), case when r.reversed_at is null then 1 else 2 end
  from redemptions r
  left join by_id t on t.id = r.id
  left join by_id b on b.id = r.reversal_id
  union all
  select 'iwocapay checkout', c.id::text, coalesce(c.idempotency_key, ''), c.status, coalesce(t.count, 0),
         case c.status when 'successful' then 1 else 0 end
  from checkouts c
  left join by_reference t on t.partner_id = c.partner_id and t.kind = 'payout' and t.reference = 'checkout ' || c.id`

/** Each of these was to be told to whoever had registered for it, or had named an address with the request. */
const finalsSql = sql`
  with wanted as (
    select o.partner_id, 'order ' || o.id as about, e.id as event_id, p.url, p.id as endpoint_id
    from orders o
    join webhook_endpoints p on p.partner_id = o.partner_id and p.dialect = o.dialect and not p.is_callback
    left join events e on e.partner_id = o.partner_id and e.order_id = o.id and e.type = 'order.' || o.status
    where o.status in ('completed', 'partially_completed', 'failed', 'cancelled') and o.created_at >= p.created_at
    union all
    select d.partner_id, 'disbursement ' || d.id, e.id, d.callback_url, p.id
    from disbursements d
    left join webhook_endpoints p on p.partner_id = d.partner_id and p.dialect = d.dialect and p.is_callback and p.url = d.callback_url
    left join events e on e.partner_id = d.partner_id and e.details ->> 'disbursement_id' = d.id::text
    where d.callback_url is not null and d.state in ('completed', 'partially_completed', 'failed')
    union all
    select distinct v.partner_id, 'redemption ' || r.id, e.id, d.callback_url, p.id
    from redemptions r
    join redemption_parts q on q.redemption_id = r.id
    join vouchers v on v.id = q.voucher_id
    join disbursements d on d.partner_id = v.partner_id and d.id = v.disbursement_id
    left join webhook_endpoints p on p.partner_id = d.partner_id and p.dialect = d.dialect and p.is_callback and p.url = d.callback_url
    left join events e on e.partner_id = v.partner_id and e.details ->> 'redemption_id' = r.id::text
    where d.callback_url is not null
    union all
    select c.partner_id, 'checkout ' || c.id, e.id, c.webhook_url, p.id
    from checkouts c
    left join webhook_endpoints p on p.partner_id = c.partner_id and p.dialect = c.dialect and p.is_callback and p.url = c.webhook_url
    left join events e on e.partner_id = c.partner_id and e.details ->> 'order' = c.id::text and e.details ->> 'status' = c.status
    where c.webhook_url is not null and c.status in ('successful', 'unsuccessful')
  )
  select w.about, w.event_id::text as "eventId", regexp_replace(w.url, '^https?://[^/]*', '') as path, v.state as delivery
  from wanted w
  left join all_webhook_deliveries v on v.partner_id = w.partner_id and v.event_id = w.event_id and v.endpoint_id = w.endpoint_id`

const keysSql = sql`
  select key, answered_at is not null as "isAnswered", answered_at is null and claimed_until > now() as "isClaimed",
         extract(epoch from now() - created_at)::float8 as "ageS"
  from idempotency_keys`

async function findFaults(database: Db, rules: Readonly<Record<string, Statement>>): Promise<BookFault[]> {
  const faults: BookFault[] = []
  for (const [rule, statement] of Object.entries(rules))
    for (const { subject } of await database.query<{ subject: string }>(
      sql`select subject from (${statement}) f limit 20`,
    ))
      faults.push({ rule, subject })
  return faults
}

const numbered = sql`(
  select partner_id, account, balance, entry_count from wallets
  union all select partner_id, account, balance, entry_count from running_accounts
  union all select partner_id, account, balance, entry_count from corrections)`

/** Money that was made or lost. */
export const bookRules: Readonly<Record<string, Statement>> = {
  'a transfer does not sum to zero in each currency': sql`
    select transfer_id || ' ' || currency as subject from entries group by transfer_id, currency having sum(amount) <> 0`,
  'a transfer has no entries': sql`
    select t.id::text as subject from transfers t where not exists (select from entries e where e.partner_id = t.partner_id and e.transfer_id = t.id)`,
  'an entry has no transfer': sql`
    select e.transfer_id::text as subject from entries e where not exists (select from transfers t where t.partner_id = e.partner_id and t.id = e.transfer_id)`,
  'a balance is not the sum of its entries': sql`
    select n.partner_id || ' ' || n.account as subject from ${numbered} n
    where n.balance <> (select coalesce(sum(e.amount), 0) from entries e where e.partner_id = n.partner_id and e.account = n.account)`,
  'a balance is not what its last entry says': sql`
    select n.partner_id || ' ' || n.account as subject from ${numbered} n
    where n.balance <> coalesce((
      select e.balance_after from entries e where e.partner_id = n.partner_id and e.account = n.account order by e.number desc nulls last limit 1), 0)`,
  'entries are not numbered one after the other': sql`
    select n.partner_id || ' ' || n.account as subject from ${numbered} n
    join (select partner_id, account, count(*) as count, max(number) as most, count(distinct number) as numbers from entries group by 1, 2) e
      on e.partner_id = n.partner_id and e.account = n.account
    where e.count <> e.numbers or e.most <> e.count or n.entry_count <> e.count`,
  'what is reserved is not what open holds say': sql`
    select w.partner_id || ' ' || w.account as subject from wallets w
    where w.reserved <> (select coalesce(sum(h.amount), 0) from holds h where h.partner_id = w.partner_id and h.wallet_id = w.id and h.state = 'open')`,
  'an order cost neither its price nor nothing': sql`
    select o.id::text as subject from orders o
    left join (
      select t.partner_id, t.order_id, sum(e.amount) as net from transfers t
      join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id
      join wallets w on w.partner_id = e.partner_id and w.account = e.account
      where t.order_id is not null group by 1, 2
    ) m on m.partner_id = o.partner_id and m.order_id = o.id
    where coalesce(m.net, 0) <> case when o.status in ('completed', 'partially_completed') then -o.total_amount else 0 end`,
  'vouchers are not worth what the books owe': sql`
    select w.partner_id || ' ' || w.currency as subject
    from (select partner_id, currency, sum(balance) as worth from vouchers group by 1, 2) w
    join (
      select e.partner_id, e.currency, sum(e.amount) as owed from entries e where e.account like 'voucher_liability:%' group by 1, 2
    ) b on b.partner_id = w.partner_id and b.currency = w.currency
    where b.owed <> w.worth + (
      select coalesce(sum(d.amount - d.issued_amount), 0) from disbursements d
      where d.partner_id = w.partner_id and d.currency = w.currency and d.state in ('pending', 'processing'))`,
}

/** More was given than there was. */
export const limitRules: Readonly<Record<string, Statement>> = {
  'a wallet is overdrawn beyond its limit': sql`
    select partner_id || ' ' || account as subject from wallets
    where balance - reserved < case when allow_overdraft then -overdraft_limit else 0 end`,
  'a wallet was overdrawn beyond its limit': sql`
    select e.transfer_id || ' ' || e.account as subject from entries e join wallets w on w.partner_id = e.partner_id and w.account = e.account
    where e.balance_after < case when w.allow_overdraft then -w.overdraft_limit else 0 end`,
  'a voucher gave more than it was worth': sql`
    select v.id::text as subject from vouchers v
    where v.balance < 0 or v.amount < coalesce((
      select sum(q.amount) from redemption_parts q join redemptions r on r.id = q.redemption_id and r.reversed_at is null
      where q.voucher_id = v.id), 0)`,
}
