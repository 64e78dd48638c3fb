import type { Position } from '../../platform/cursor.ts'
import { byteaArray, plainArray, sql, textArray } from '../../platform/database.ts'
import type { Db, Statement, Tx } from '../../platform/database.ts'
import type { DataKeyId, MessageId, PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Sealed } from '../keys/ring.ts'
import type { Channel, Message, MessageState } from './message.ts'

export type NewMessage = {
  readonly partnerId: PartnerId
  readonly id: MessageId
  readonly channel: Channel
  readonly recipient: string
  readonly subject: string
  readonly template: string
  readonly locale: Locale
  readonly reference: string
  readonly sealed: Sealed
  readonly usefulMinutes: number
  readonly error: string | undefined
}

/** False when the partner has a message under this reference already: then nothing is written. */
export async function insertMessage(tx: Tx, message: NewMessage): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into messages (partner_id, id, channel, recipient, subject, template, locale, reference, body, data_key_id, not_after, error)
    values (${message.partnerId}, ${message.id}, ${message.channel}, ${message.recipient}, ${message.subject}, ${message.template},
            ${message.locale}, ${message.reference}, ${message.sealed.ciphertext}, ${message.sealed.dataKeyId},
            now() + make_interval(mins => ${message.usefulMinutes}), ${message.error ?? null})
    on conflict (partner_id, reference) do nothing
    returning id`)
  return rows.length > 0
}

/** Writes many messages at once, each with its sealed text, those whose reference is there already left out. */
export async function insertMessages(
  tx: Tx,
  shared: Pick<NewMessage, 'partnerId' | 'channel' | 'template' | 'locale' | 'usefulMinutes'>,
  messages: readonly {
    readonly id: MessageId
    readonly recipient: string
    readonly reference: string
    readonly error: string | null
  }[],
  sealed: readonly Sealed[],
): Promise<void> {
  await tx.query(sql`
    insert into messages (partner_id, id, channel, recipient, template, locale, reference, body, data_key_id, not_after, error)
    select ${shared.partnerId}::uuid, m.id, ${shared.channel}::text, m.recipient, ${shared.template}::text, ${shared.locale}::text, m.reference, m.body,
           m.data_key_id, now() + make_interval(mins => ${shared.usefulMinutes}), m.error
    from unnest(${plainArray(messages.map(({ id }) => id))}::uuid[], ${textArray(messages.map(({ recipient }) => recipient))}::text[],
                ${textArray(messages.map(({ reference }) => reference))}::text[], ${byteaArray(sealed.map(({ ciphertext }) => ciphertext))}::bytea[],
                ${plainArray(sealed.map(({ dataKeyId }) => dataKeyId))}::uuid[], ${textArray(messages.map(({ error }) => error))}::text[])
      as m (id, recipient, reference, body, data_key_id, error)
    on conflict (partner_id, reference) do nothing`)
}

export async function findByReference(
  db: Db,
  partnerId: PartnerId,
  reference: string,
): Promise<MessageId | undefined> {
  const [row] = await db.query<{ id: MessageId }>(
    sql`select id from messages where partner_id = ${partnerId} and reference = ${reference}`,
  )
  return row?.id
}

/** A message in the hands of one who sends it, until the claim ends. */
export type ClaimedMessage = {
  readonly partnerId: PartnerId
  readonly id: MessageId
  readonly recipient: string
  readonly subject: string
  readonly sealed: Sealed
  readonly round: number
  /** This one included. */
  readonly tries: number
  readonly fence: bigint
  /** Nobody wants it any more. */
  readonly isLate: boolean
}

type ClaimedRow = Omit<ClaimedMessage, 'sealed'> & {
  readonly ciphertext: Buffer
  readonly dataKeyId: DataKeyId
}

/** Takes what is due, the oldest first, for `leaseMs`; what others look at is passed over. */
export async function claimMessages(
  db: Db,
  channel: Channel,
  room: number,
  leaseMs: number,
): Promise<ClaimedMessage[]> {
  const rows = await db.query<ClaimedRow>(sql`
    with due as (
      select partner_id, id from messages
      where channel = ${channel} and due_at <= clock_timestamp()
      order by due_at limit ${room} for no key update skip locked
    )
    update messages m
    set fence = m.fence + 1, tries = m.tries + 1, claimed_until = lease.ends, due_at = lease.ends
    from due, (select clock_timestamp() + ${leaseMs} * interval '1 ms' as ends) lease
    where m.partner_id = due.partner_id and m.id = due.id
    returning m.partner_id as "partnerId", m.id, m.recipient, m.subject, m.body as ciphertext, m.data_key_id as "dataKeyId",
              m.round, m.tries, m.fence, m.not_after <= clock_timestamp() as "isLate"`)
  return rows.map(({ ciphertext, dataKeyId, ...row }) => ({ ...row, sealed: { ciphertext, dataKeyId } }))
}

/** What comes of a claim. */
export type ClaimEnd =
  | { readonly state: 'sent' }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'waiting'; readonly error: string; readonly delayMs: number }

/** False when the claim is not the last one any more: then nothing changes. */
export async function endClaim(db: Db, claim: ClaimedMessage, end: ClaimEnd): Promise<boolean> {
  const rows = await db.query(sql`
    update messages
    set state = ${end.state}, claimed_until = null, error = ${end.state === 'sent' ? null : end.error},
        due_at = ${end.state === 'waiting' ? sql`clock_timestamp() + ${end.delayMs} * interval '1 ms'` : sql`null`},
        sent_at = ${end.state === 'sent' ? sql`clock_timestamp()` : sql`sent_at`}
    where partner_id = ${claim.partnerId} and id = ${claim.id} and fence = ${claim.fence} and state = 'waiting'
    returning id`)
  return rows.length > 0
}

/** Undefined when it does not wait, or is in somebody's hands. */
export async function updateCancelled(tx: Tx, id: MessageId): Promise<Message | undefined> {
  return oneOf(
    tx,
    sql`update messages set state = 'cancelled', due_at = null, claimed_until = null, fence = fence + 1
        where id = ${id} and state = 'waiting' and (claimed_until is null or claimed_until < clock_timestamp())`,
  )
}

/** Begins another round; undefined when it still waits, or its texts are gone. */
export async function updateAgain(
  tx: Tx,
  id: MessageId,
  usefulMinutes: number,
): Promise<Message | undefined> {
  return oneOf(
    tx,
    sql`update messages
        set state = 'waiting', round = round + 1, tries = 0, due_at = clock_timestamp(), claimed_until = null, error = null, fence = fence + 1,
            not_after = clock_timestamp() + make_interval(mins => ${usefulMinutes})
        where id = ${id} and state <> 'waiting' and body is not null`,
  )
}

async function oneOf(tx: Tx, update: Statement): Promise<Message | undefined> {
  const [row] = await tx.query<MessageRow>(sql`${update} returning ${columns}`)
  return row === undefined ? undefined : toMessage(row)
}

export async function findMessage(db: Db, id: MessageId): Promise<Message | undefined> {
  const [row] = await db.query<MessageRow>(sql`select ${columns} from messages where id = ${id}`)
  return row === undefined ? undefined : toMessage(row)
}

/** Undefined where there are no texts any more. */
export async function findSealedTexts(db: Db, id: MessageId): Promise<Sealed | undefined> {
  const [row] = await db.query<{ ciphertext: Buffer; dataKeyId: DataKeyId }>(
    sql`select body as ciphertext, data_key_id as "dataKeyId" from messages where id = ${id} and body is not null`,
  )
  return row
}

/** Which messages to list. */
export type MessageFilter = {
  readonly partnerId?: PartnerId | undefined
  readonly channel?: Channel | undefined
  readonly state?: MessageState | undefined
}

/** Newest first from a position, which is a message's id. */
export async function selectMessages(
  db: Db,
  { partnerId, channel, state }: MessageFilter,
  position: Position | undefined,
  limit: number,
): Promise<Message[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const conditions = [
    partnerId === undefined ? undefined : sql`partner_id = ${partnerId}`,
    channel === undefined ? undefined : sql`channel = ${channel}`,
    state === undefined ? undefined : sql`state = ${state}`,
    position === undefined ? undefined : backwards ? sql`id > ${id}` : sql`id < ${id}`,
  ].filter((condition) => condition !== undefined)
  const where = conditions.reduce((all, condition) => sql`${all} and ${condition}`, sql`true`)
  const rows = await db.query<MessageRow>(sql`
    select ${columns} from messages where ${where} order by ${backwards ? sql`id` : sql`id desc`} limit ${limit}`)
  return rows.map(toMessage)
}

/** How many wait in a channel, and for how many seconds the oldest that is due has waited. */
export type WaitingFigures = {
  readonly channel: Channel
  readonly waiting: number
  readonly oldestSeconds: number
}

export async function selectWaiting(db: Db): Promise<WaitingFigures[]> {
  return db.query<WaitingFigures>(sql`
    select channel, count(*)::integer as waiting,
           coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as "oldestSeconds"
    from messages where due_at is not null group by channel`)
}

/** Takes the texts out of up to `limit` messages that are older than so many days; one that still waits fails. Answers with how many. */
export async function removeTexts(db: Db, days: number, limit: number): Promise<number> {
  const rows = await db.query(sql`
    with old as (
      select partner_id, id from messages
      where body is not null and created_at < now() - make_interval(days => ${days})
      order by created_at limit ${limit} for no key update skip locked
    )
    update messages m
    set body = null, data_key_id = null, due_at = null, claimed_until = null, fence = m.fence + 1,
        error = case when m.state = 'waiting' then 'It could not be sent in time.' else m.error end,
        state = case when m.state = 'waiting' then 'failed' else m.state end
    from old where m.partner_id = old.partner_id and m.id = old.id
    returning m.id`)
  return rows.length
}

type MessageRow = Omit<Message, 'dueAt' | 'error' | 'sentAt'> & {
  readonly dueAt: Date | null
  readonly error: string | null
  readonly sentAt: Date | null
}

function toMessage(row: MessageRow): Message {
  return {
    ...row,
    dueAt: row.dueAt ?? undefined,
    error: row.error ?? undefined,
    sentAt: row.sentAt ?? undefined,
  }
}

const columns = sql`
  id, partner_id as "partnerId", channel, recipient, subject, template, locale, reference, state, tries, round, due_at as "dueAt", error,
  created_at as "createdAt", sent_at as "sentAt"`
