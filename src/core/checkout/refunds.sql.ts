import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { CheckoutId, PartnerId, RefundId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** Money back to a buyer, and how far it is settled. */
export type Refund = {
  readonly partnerId: PartnerId
  readonly id: RefundId
  readonly checkoutId: CheckoutId
  readonly amount: Micros
  readonly note: string
  readonly state: 'proposed' | 'replaced' | 'settled'
  readonly proposedBy: string
  readonly settledBy: string | null
}

/** A proposal takes the place of an earlier one of the same order. */
export async function insertRefund(
  tx: Tx,
  refund: Pick<Refund, 'partnerId' | 'id' | 'checkoutId' | 'amount' | 'note' | 'proposedBy'>,
): Promise<void> {
  const { partnerId, checkoutId } = refund
  await tx.query(sql`
    update checkout_refunds set state = 'replaced'
    where partner_id = ${partnerId} and checkout_id = ${checkoutId} and state = 'proposed'`)
  await tx.query(sql`
    insert into checkout_refunds (partner_id, id, checkout_id, amount, note, proposed_by)
    values (${partnerId}, ${refund.id}, ${checkoutId}, ${refund.amount}, ${refund.note}, ${refund.proposedBy})`)
}

export async function selectRefund(tx: Tx, id: RefundId): Promise<Refund | undefined> {
  const [row] = await tx.query<Refund>(sql`select ${columns} from checkout_refunds where id = ${id}`)
  return row
}

/** A proposal as whoever decides sees it. */
export type ProposedRefund = Pick<
  Refund,
  'partnerId' | 'id' | 'checkoutId' | 'amount' | 'note' | 'proposedBy'
> & {
  readonly currency: Currency
  readonly reference: string
  readonly sellerName: string
  readonly proposedAt: Date
}

/** The oldest first. */
export async function selectProposedRefunds(
  db: Db,
  position: Position | undefined,
  limit: number,
): Promise<ProposedRefund[]> {
  const isBackwards = position?.direction === 'before'
  const beyond =
    position === undefined
      ? sql``
      : isBackwards
        ? sql`and r.id < ${position.key[0]}`
        : sql`and r.id > ${position.key[0]}`
  return db.query<ProposedRefund>(sql`
    select r.partner_id as "partnerId", r.id, r.checkout_id as "checkoutId", r.amount, r.note, r.proposed_by as "proposedBy",
           r.proposed_at as "proposedAt", c.currency, c.reference, s.name as "sellerName"
    from checkout_refunds r
    join checkouts c on c.partner_id = r.partner_id and c.id = r.checkout_id
    join checkout_sellers s on s.partner_id = c.partner_id and s.id = c.seller_id
    where r.state = 'proposed' ${beyond}
    order by ${isBackwards ? sql`r.id desc` : sql`r.id`} limit ${limit}`)
}

export async function countRefunds(db: Db): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    sql`select count(*)::integer as count from checkout_refunds where state = 'proposed'`,
  )
  return row?.count ?? 0
}

/** Settles a proposal. False: it was settled or replaced meanwhile. Violates `checkout_refunds_two_persons`. */
export async function markRefundSettled(tx: Tx, id: RefundId, actor: string): Promise<boolean> {
  const rows = await tx.query(sql`
    update checkout_refunds set state = 'settled', settled_by = ${actor}, settled_at = now()
    where id = ${id} and state = 'proposed' returning id`)
  return rows.length > 0
}

const columns = sql`
  partner_id as "partnerId", id, checkout_id as "checkoutId", amount, note, state, proposed_by as "proposedBy", settled_by as "settledBy"`
