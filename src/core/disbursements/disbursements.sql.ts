import type { Position } from '../../platform/cursor.ts'
import { plainArray, sql, textArray } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { DisbursementId, PartnerId, VoucherId } from '../../values/ids.ts'
import { parseDecimal, printDecimal } from '../../values/decimal.ts'
import { percentScale } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import type { Locale } from '../../values/locale.ts'
import type { Disbursement, FeeSchedule, NewRecipient, Recipient } from './disbursement.ts'

export async function selectFees(db: Db, partnerId: PartnerId): Promise<FeeSchedule | undefined> {
  const [row] = await db.query<{ each: Micros; percent: string }>(sql`
    select fee_each as each, fee_percent as percent from disbursement_fees where partner_id = ${partnerId}`)
  return row === undefined ? undefined : { each: row.each, percent: readPercent(row.percent) }
}

/** Violates the foreign key to partners when there is no such partner. */
export async function upsertFees(tx: Tx, partnerId: PartnerId, fees: FeeSchedule): Promise<void> {
  await tx.query(sql`
    insert into disbursement_fees (partner_id, fee_each, fee_percent)
    values (${partnerId}, ${fees.each}, ${printDecimal(fees.percent, percentScale)})
    on conflict (partner_id) do update set fee_each = excluded.fee_each, fee_percent = excluded.fee_percent`)
}

/** The day that it is now in a time zone, by the database's clock. */
export async function selectToday(db: Db, timeZone: string): Promise<string> {
  const [row] = await db.query<{ today: string }>(
    sql`select (now() at time zone ${timeZone}::text)::date as today`,
  )
  return row?.today ?? ''
}

export type NewDisbursement = Omit<
  Disbursement,
  'startsAt' | 'endsAt' | 'issuedCount' | 'issuedAmount' | 'state' | 'createdAt' | 'endedAt'
> & { readonly requestHash: string; readonly timeZone: string }

/** Undefined, and nothing written: the external id has a disbursement. Of two at once the second waits for the first to end. */
export async function insertDisbursement(tx: Tx, row: NewDisbursement): Promise<Disbursement | undefined> {
  const [made] = await tx.query<NullableRow>(sql`
    insert into disbursements (partner_id, id, external_id, request_hash, dialect, title, wallet_id, currency, starts_on, ends_on, starts_at, ends_at,
                               merchants, is_external, is_silent, callback_url, reveals_codes, recipients_count, amount, fee, fee_each, fee_percent,
                               transaction_code)
    values (${row.partnerId}, ${row.id}, ${row.externalId}, ${row.requestHash}, ${row.dialect}, ${row.title}, ${row.walletId}, ${row.currency},
            ${row.startsOn}::date, ${row.endsOn}::date, ${row.startsOn}::date::timestamp at time zone ${row.timeZone}::text,
            (${row.endsOn}::date + 1)::timestamp at time zone ${row.timeZone}::text, ${row.merchants}::text[], ${row.isExternal}, ${row.isSilent},
            ${row.callbackUrl ?? null}, ${row.revealsCodes}, ${row.recipientsCount}, ${row.amount}, ${row.fee}, ${row.feeEach},
            ${printDecimal(row.feePercent, percentScale)}, ${row.transactionCode})
    on conflict (partner_id, external_id) do nothing
    returning ${columns}`)
  return made === undefined ? undefined : toDisbursement(made)
}

/** Positions follow the order of the list, from 1. */
export async function insertRecipients(
  tx: Tx,
  { partnerId, id }: Pick<Disbursement, 'partnerId' | 'id'>,
  recipients: readonly NewRecipient[],
): Promise<void> {
  await tx.query(sql`
    insert into disbursement_recipients (partner_id, disbursement_id, position, name, phone, amount, extra)
    select ${partnerId}::uuid, ${id}::uuid, r.position, r.name, r.phone, r.amount, r.extra::json
    from unnest(${textArray(recipients.map(({ name }) => name))}::text[], ${plainArray(recipients.map(({ phone }) => phone))}::text[],
                ${plainArray(recipients.map(({ amount }) => amount))}::bigint[], ${textArray(recipients.map(({ extra }) => extra ?? null))}::text[])
      with ordinality as r (name, phone, amount, extra, position)`)
}

/** Wakes whoever issues, when the transaction commits. */
export async function notifyDue(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_notify('disbursements_due', '')`)
}

/** The disbursement of an external id, and the hash of what was asked for. */
export async function selectByExternalId(
  db: Db,
  partnerId: PartnerId,
  externalId: string,
): Promise<{ readonly disbursement: Disbursement; readonly requestHash: string } | undefined> {
  const [row] = await db.query<NullableRow & { readonly requestHash: string }>(sql`
    select ${columns}, request_hash as "requestHash" from disbursements
    where partner_id = ${partnerId} and external_id = ${externalId}`)
  if (row === undefined) return undefined
  const { requestHash, ...rest } = row
  return { disbursement: toDisbursement(rest), requestHash }
}

export async function selectDisbursements(
  db: Db,
  partnerId: PartnerId,
  ids: readonly DisbursementId[],
): Promise<Disbursement[]> {
  const rows = await db.query<NullableRow>(sql`
    select ${columns} from disbursements where partner_id = ${partnerId} and id = any (${plainArray(ids)}::uuid[]) order by id`)
  return rows.map(toDisbursement)
}

/** By id, which is the order of time; newest first from a position. */
export async function selectDisbursementPage(
  db: Db,
  partnerId: PartnerId,
  position: Position | undefined,
  limit: number,
): Promise<Disbursement[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<NullableRow>(sql`
    select ${columns} from disbursements
    where partner_id = ${partnerId}
      ${position === undefined ? sql`` : backwards ? sql`and id > ${id}` : sql`and id < ${id}`}
    order by ${backwards ? sql`id` : sql`id desc`}
    limit ${limit}`)
  return rows.map(toDisbursement)
}

/** Micro-units that were spent of its vouchers. */
export async function selectRedeemed(db: Db, partnerId: PartnerId, id: DisbursementId): Promise<Micros> {
  const [row] = await db.query<{ redeemed: Micros }>(sql`
    select coalesce(sum(redeemed), 0)::bigint as redeemed from vouchers where partner_id = ${partnerId} and disbursement_id = ${id}`)
  return row?.redeemed ?? 0n
}

/** Recipients behind a position, in their order. */
export async function selectRecipients(
  db: Db,
  { partnerId, id }: Pick<Disbursement, 'partnerId' | 'id'>,
  after: number,
  limit: number,
): Promise<Omit<Recipient, 'voucherId' | 'balance'>[]> {
  const rows = await db.query<
    Omit<Recipient, 'voucherId' | 'balance' | 'extra'> & { readonly extra: Recipient['extra'] | null }
  >(sql`
    select position, name, phone, amount, extra from disbursement_recipients
    where partner_id = ${partnerId} and disbursement_id = ${id} and position > ${after}
    order by position limit ${limit}`)
  return rows.map((row) => ({ ...row, extra: row.extra ?? {} }))
}

export type IssuedRow = { readonly position: number; readonly id: VoucherId; readonly balance: Micros }

/**
 * The vouchers that were issued for positions behind one up to another. Asked for apart from the recipients: a join of the two is planned
 * badly while the tables are new, as if they were empty.
 */
export async function selectIssued(
  db: Db,
  { partnerId, id }: Pick<Disbursement, 'partnerId' | 'id'>,
  after: number,
  upTo: number,
): Promise<IssuedRow[]> {
  return db.query<IssuedRow>(sql`
    select position, id, balance from vouchers
    where partner_id = ${partnerId} and disbursement_id = ${id} and position > ${after} and position <= ${upTo}`)
}

/** A disbursement in the hands of one that issues it, until its claim ends. */
export type Claim = {
  readonly disbursement: Disbursement
  /** Whoever comes with another one is too late. */
  readonly fence: bigint
  /** Claims since the last progress, this one included. */
  readonly claims: number
  readonly company: string
  readonly locale: Locale
}

/** Takes what is due, the oldest first, for `leaseMs`; what others look at is passed over. */
export async function claimDue(db: Db, limit: number, leaseMs: number): Promise<Claim[]> {
  const rows = await db.query<NullableRow & Omit<Claim, 'disbursement'>>(sql`
    with due as (
      select partner_id, id from disbursements where due_at <= clock_timestamp()
      order by due_at limit ${limit} for no key update skip locked
    ), claimed as (
      update disbursements d
      set state = 'processing', fence = d.fence + 1, claims = d.claims + 1, claimed_until = lease.ends, due_at = lease.ends
      from due, (select clock_timestamp() + ${leaseMs} * interval '1 ms' as ends) lease
      where d.partner_id = due.partner_id and d.id = due.id
      returning d.*
    )
    select ${columns}, fence, claims, (select p.name from partners p where p.id = c.partner_id) as company,
           (select p.locale from partners p where p.id = c.partner_id) as locale
    from claimed c`)
  return rows.map(({ fence, claims, company, locale, ...row }) => ({
    disbursement: toDisbursement(row),
    fence,
    claims,
    company,
    locale,
  }))
}

/**
 * Notes that the recipients behind `from` up to `to` are issued, and holds the claim for longer. False, and nothing noted: the claim is not
 * the last one any more, or somebody has issued them.
 */
export async function advance(
  tx: Tx,
  { disbursement, fence }: Claim,
  step: { readonly from: number; readonly to: number; readonly amount: Micros; readonly leaseMs: number },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update disbursements
    set issued_count = ${step.to}, issued_amount = issued_amount + ${step.amount}::bigint, claims = 0,
        claimed_until = clock_timestamp() + ${step.leaseMs} * interval '1 ms', due_at = clock_timestamp() + ${step.leaseMs} * interval '1 ms'
    where ${isHeld(disbursement, fence)} and issued_count = ${step.from}
    returning id`)
  return rows.length > 0
}

/** Ends a disbursement as far as it has come; undefined: the claim is not the last one any more. */
export async function updateEnded(tx: Tx, { disbursement, fence }: Claim): Promise<Disbursement | undefined> {
  const [row] = await tx.query<NullableRow>(sql`
    update disbursements
    set state = case when issued_count = recipients_count then 'completed' when issued_count = 0 then 'failed' else 'partially_completed' end,
        due_at = null, claimed_until = null, ended_at = now()
    where ${isHeld(disbursement, fence)}
    returning ${columns}`)
  return row === undefined ? undefined : toDisbursement(row)
}

const isHeld = ({ partnerId, id }: Disbursement, fence: bigint): Statement =>
  sql`partner_id = ${partnerId} and id = ${id} and fence = ${fence} and due_at is not null`

type NullableRow = Omit<Disbursement, 'feePercent' | 'callbackUrl' | 'endedAt'> & {
  readonly feePercent: string
  readonly callbackUrl: string | null
  readonly endedAt: Date | null
}

function toDisbursement(row: NullableRow): Disbursement {
  return {
    ...row,
    feePercent: readPercent(row.feePercent),
    callbackUrl: row.callbackUrl ?? undefined,
    endedAt: row.endedAt ?? undefined,
  }
}

function readPercent(text: string): bigint {
  const percent = parseDecimal(text, percentScale)
  if (percent === undefined) throw new Error(`${text} is no percentage.`)
  return percent
}

const columns = sql`
  partner_id as "partnerId", id, external_id as "externalId", dialect, title, wallet_id as "walletId", currency, starts_on as "startsOn",
  ends_on as "endsOn", starts_at as "startsAt", ends_at as "endsAt", merchants, is_external as "isExternal", is_silent as "isSilent",
  callback_url as "callbackUrl", reveals_codes as "revealsCodes", recipients_count as "recipientsCount", amount, fee, fee_each as "feeEach",
  fee_percent as "feePercent", issued_count as "issuedCount", issued_amount as "issuedAmount", state, transaction_code as "transactionCode",
  created_at as "createdAt", ended_at as "endedAt"`
