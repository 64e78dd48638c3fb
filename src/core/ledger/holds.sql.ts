import { prepared, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { HoldId, OrderId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { HoldState } from './ledger.ts'

export type NewHold = {
  readonly partnerId: PartnerId
  readonly id: HoldId
  readonly walletId: WalletId
  readonly amount: Micros
  readonly orderId: OrderId | undefined
  /** Only out of what is in the wallet: nothing of its overdraft. */
  readonly isOwnMoney: boolean
}

/** Sets money aside. False, and nothing written: there is no such wallet, its own money is less, or a hold has the id already. Violates `wallets_not_overdrawn`. */
export async function reserveMoney(tx: Tx, hold: NewHold): Promise<boolean> {
  const rows = await tx.query(
    prepared(
      'reserve_money',
      sql`
      with locked as (
        -- Locked first, so that what is compared is what is there once all others have committed.
        select w.partner_id, w.id, w.balance - w.reserved as own from wallets w
        where w.partner_id = ${hold.partnerId} and w.id = ${hold.walletId} for no key update
      ), held as (
        insert into holds (partner_id, id, wallet_id, amount, order_id)
        select l.partner_id, ${hold.id}::uuid, l.id, ${hold.amount}::bigint, ${hold.orderId ?? null}::uuid
        from locked l where not ${hold.isOwnMoney}::boolean or l.own >= ${hold.amount}::bigint
        on conflict (partner_id, id) do nothing
        returning partner_id, wallet_id, amount
      )
      update wallets w set reserved = w.reserved + h.amount
      from held h where w.partner_id = h.partner_id and w.id = h.wallet_id
      returning w.id`,
    ),
  )
  return rows.length > 0
}

export type HoldRow = {
  readonly walletId: WalletId
  readonly amount: Micros
  readonly settledAmount: Micros
  readonly state: HoldState
  readonly orderId: OrderId | null
}

export async function selectHold(db: Db, partnerId: PartnerId, holdId: HoldId): Promise<HoldRow | undefined> {
  const [row] = await db.query<HoldRow>(sql`
    select wallet_id as "walletId", amount, settled_amount as "settledAmount", state, order_id as "orderId"
    from holds where partner_id = ${partnerId} and id = ${holdId}`)
  return row
}

/**
 * Ends an open hold: charges a part of it, under the order's id, and gives the rest back. False, and nothing written: there is no
 * open hold of that id and at least that amount. Violates `transfers_pkey` when the order was charged before.
 */
export async function settleMoney(
  tx: Tx,
  settlement: {
    readonly partnerId: PartnerId
    readonly holdId: HoldId
    readonly amount: Micros
    readonly actor: string
  },
): Promise<boolean> {
  const rows = await tx.query(
    prepared(
      'settle_money',
      sql`
      with ended as (
        update holds set state = 'settled', settled_amount = ${settlement.amount}::bigint, ended_at = now()
        where partner_id = ${settlement.partnerId} and id = ${settlement.holdId} and state = 'open' and order_id is not null
          and amount >= ${settlement.amount}::bigint
        returning partner_id, wallet_id, amount, settled_amount, order_id
      ), moved as (
        update wallets w
        set balance = w.balance - h.settled_amount, reserved = w.reserved - h.amount, entry_count = w.entry_count + 1
        from ended h where w.partner_id = h.partner_id and w.id = h.wallet_id
        returning w.partner_id, h.order_id, h.settled_amount, w.account, w.currency, w.balance, w.entry_count
      ), charged as (
        insert into transfers (partner_id, id, kind, order_id, actor)
        select partner_id, order_id, 'charge', order_id, ${settlement.actor}::text from moved
        returning partner_id, id
      )
      insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
      select m.partner_id, m.order_id, side.account, m.currency, side.amount, side.number, side.balance_after
      from moved m
      join charged c on c.partner_id = m.partner_id and c.id = m.order_id
      cross join lateral (values
        (m.account, -m.settled_amount, m.entry_count, m.balance),
        ('sales:' || m.currency, m.settled_amount, null, null)
      ) as side (account, amount, number, balance_after)
      returning transfer_id`,
    ),
  )
  return rows.length > 0
}

/** Ends an open hold and gives all of it back. False, and nothing written: there is no open hold of that id. */
export async function releaseMoney(tx: Tx, partnerId: PartnerId, holdId: HoldId): Promise<boolean> {
  const rows = await tx.query(
    prepared(
      'release_money',
      sql`
      with ended as (
        update holds set state = 'released', ended_at = now()
        where partner_id = ${partnerId} and id = ${holdId} and state = 'open'
        returning partner_id, wallet_id, amount
      )
      update wallets w set reserved = w.reserved - h.amount
      from ended h where w.partner_id = h.partner_id and w.id = h.wallet_id
      returning w.id`,
    ),
  )
  return rows.length > 0
}
