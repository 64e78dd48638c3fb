import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'

/** Whose goods are mailed: the order with this external id, if it was made by this request. */
export type MailKey = {
  readonly partnerId: PartnerId
  readonly externalId: string
  readonly requestHash: string
}

export type MailRow = MailKey & {
  readonly recipient: string
  readonly locale: Locale
  readonly reference: string
  readonly redeemUrl: string | null
}

export async function insertOrderMail(db: Db, mail: MailRow): Promise<void> {
  const { partnerId, externalId, requestHash, recipient, locale, reference, redeemUrl } = mail
  await db.query(sql`
    insert into order_mails (partner_id, external_id, request_hash, recipient, locale, reference, redeem_url)
    values (${partnerId}, ${externalId}, ${requestHash}, ${recipient}, ${locale}, ${reference}, ${redeemUrl})
    on conflict (partner_id, external_id, request_hash) do nothing`)
}

/** Locks the mail of an order that has delivered; undefined: there is none, its order has not delivered, or somebody else is at it. */
export async function lockDueMail(
  tx: Tx,
  partnerId: PartnerId,
  orderId: OrderId,
): Promise<MailRow | undefined> {
  const [row] = await tx.query<MailRow>(sql`
    select m.partner_id as "partnerId", m.external_id as "externalId", m.request_hash as "requestHash", m.recipient, m.locale, m.reference,
           m.redeem_url as "redeemUrl"
    from orders o join order_mails m on ${sameOrder}
    where o.partner_id = ${partnerId} and o.id = ${orderId} and o.status in ('completed', 'partially_completed')
    for update of m skip locked`)
  return row
}

/** Orders that have delivered and are not mailed yet, the mail that waits longest first. */
export async function selectDueOrders(
  db: Db,
  limit: number,
): Promise<{ readonly partnerId: PartnerId; readonly orderId: OrderId }[]> {
  return db.query(sql`
    select o.partner_id as "partnerId", o.id as "orderId"
    from order_mails m join orders o on ${sameOrder}
    where o.status in ('completed', 'partially_completed')
    order by m.created_at limit ${limit}`)
}

export async function deleteOrderMail(
  db: Db,
  { partnerId, externalId, requestHash }: MailKey,
  recipient?: string,
): Promise<void> {
  await db.query(sql`
    delete from order_mails where partner_id = ${partnerId} and external_id = ${externalId} and request_hash = ${requestHash}
      ${recipient === undefined ? sql`` : sql`and recipient = ${recipient}`}`)
}

/** Drops mails whose orders failed, or were not placed within a day. */
export async function deleteVainMails(db: Db): Promise<void> {
  await db.query(sql`
    delete from order_mails m
    where exists (select from orders o where ${sameOrder} and o.status in ('failed', 'cancelled'))
      or (m.created_at < now() - interval '1 day' and not exists (select from orders o where ${sameOrder}))`)
}

const sameOrder = sql`o.partner_id = m.partner_id and o.external_id = m.external_id and o.request_hash = m.request_hash`
