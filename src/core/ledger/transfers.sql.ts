import type { Position } from '../../platform/cursor.ts'
import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { TransferKind } from './ledger.ts'

export type NewTransfer = {
  readonly partnerId: PartnerId
  readonly id: TransferId
  readonly walletId: WalletId
  readonly kind: TransferKind
  /** As the wallet sees it. */
  readonly amount: Micros
  readonly orderId: OrderId | undefined
  readonly reference: string
  /** The other side's account is this kind in the wallet's currency. */
  readonly counterAccount: string
  readonly paymentMethod: string | undefined
  readonly description: string
  readonly actor: string
}

/**
 * Writes a transfer, both its entries and the wallet's new balance, all in one statement. False, and nothing written: there is no
 * such wallet, or a transfer has the reference already. Of two with one reference at once, the second waits for the first to end.
 * Violates `wallets_not_overdrawn` when the wallet cannot pay.
 */
export async function moveMoney(tx: Tx, transfer: NewTransfer): Promise<boolean> {
  const rows = await tx.query(
    prepared(
      'move_money',
      sql`
      with claimed as (
        insert into transfers (partner_id, id, kind, order_id, reference, payment_method, description, actor)
        select w.partner_id, ${transfer.id}::uuid, ${transfer.kind}::text, ${transfer.orderId ?? null}::uuid, ${transfer.reference}::text,
               ${transfer.paymentMethod ?? null}::text, ${transfer.description}::text, ${transfer.actor}::text
        from wallets w where w.partner_id = ${transfer.partnerId} and w.id = ${transfer.walletId}
        on conflict (partner_id, reference) where reference is not null do nothing
        returning partner_id, id
      ), moved as (
        update wallets w set balance = w.balance + ${transfer.amount}::bigint, entry_count = w.entry_count + 1
        from claimed c where w.partner_id = c.partner_id and w.id = ${transfer.walletId}
        returning w.partner_id, c.id as transfer_id, w.account, w.currency, w.balance, w.entry_count
      )
      insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
      select m.partner_id, m.transfer_id, side.account, m.currency, side.amount, side.number, side.balance_after
      from moved m cross join lateral (values
        (m.account, ${transfer.amount}::bigint, m.entry_count, m.balance),
        (${transfer.counterAccount}::text || ':' || m.currency, -${transfer.amount}::bigint, null, null)
      ) as side (account, amount, number, balance_after)
      returning transfer_id`,
    ),
  )
  return rows.length > 0
}

export type TransferRow = {
  readonly id: TransferId
  readonly kind: TransferKind
  readonly walletId: WalletId
  /** As the wallet sees it. */
  readonly amount: Micros
}

/** The transfer that a reference stands for. */
export async function selectTransferByReference(
  db: Db,
  partnerId: PartnerId,
  reference: string,
): Promise<TransferRow | undefined> {
  const [row] = await db.query<TransferRow>(sql`
    select t.id, t.kind, w.id as "walletId", e.amount
    from transfers t
    join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id and e.number is not null
    join wallets w on w.partner_id = t.partner_id and w.account = e.account
    where t.partner_id = ${partnerId} and t.reference = ${reference}`)
  return row
}

export type EntryRow = {
  readonly number: bigint
  readonly transferId: TransferId
  readonly kind: TransferKind
  readonly amount: Micros
  readonly balanceAfter: Micros
  readonly currency: Currency
  readonly createdAt: Date
  readonly orderId: OrderId | null
  readonly paymentMethod: string | null
  readonly description: string
}

/** Newest first from a position, which is an entry's number. */
export async function selectEntries(
  db: Db,
  partnerId: PartnerId,
  walletCode: string,
  position: Position | undefined,
  limit: number,
): Promise<EntryRow[]> {
  const backwards = position?.direction === 'before'
  const number = position?.key[0] ?? '0'
  return db.query<EntryRow>(sql`
    select e.number, e.transfer_id as "transferId", t.kind, e.amount, e.balance_after as "balanceAfter", e.currency,
           t.created_at as "createdAt", t.order_id as "orderId", t.payment_method as "paymentMethod", t.description
    from entries e join transfers t on t.partner_id = e.partner_id and t.id = e.transfer_id
    where e.partner_id = ${partnerId} and e.account = 'wallet:' || ${walletCode}::text and e.number is not null
      ${position === undefined ? sql`` : backwards ? sql`and e.number > ${number}` : sql`and e.number < ${number}`}
    order by ${backwards ? sql`e.number` : sql`e.number desc`}
    limit ${limit}`)
}
