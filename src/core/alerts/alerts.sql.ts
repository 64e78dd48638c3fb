import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId, SkuId, WalletId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Currency, Micros } from '../../values/money.ts'

export async function upsertBalanceAlert(
  tx: Tx,
  alert: { readonly partnerId: PartnerId; readonly walletId: WalletId; readonly threshold: Micros },
): Promise<void> {
  await tx.query(sql`
    insert into balance_alerts as a (partner_id, wallet_id, threshold) values (${alert.partnerId}, ${alert.walletId}, ${alert.threshold})
    on conflict (partner_id, wallet_id) do update set threshold = excluded.threshold, alerted_at = null
    where a.threshold <> excluded.threshold`)
}

export async function deleteBalanceAlert(tx: Tx, partnerId: PartnerId, walletId: WalletId): Promise<void> {
  await tx.query(sql`delete from balance_alerts where partner_id = ${partnerId} and wallet_id = ${walletId}`)
}

export async function selectBalanceAlerts(
  db: Db,
  partnerId: PartnerId,
): Promise<{ readonly walletId: WalletId; readonly threshold: Micros }[]> {
  return db.query(sql`
    select wallet_id as "walletId", threshold from balance_alerts where partner_id = ${partnerId} limit 1000`)
}

export async function upsertStockAlert(tx: Tx, skuId: SkuId, threshold: number): Promise<void> {
  await tx.query(sql`
    insert into stock_alerts as a (sku_id, threshold) values (${skuId}, ${threshold})
    on conflict (sku_id) do update set threshold = excluded.threshold, alerted_at = null
    where a.threshold <> excluded.threshold`)
}

export async function deleteStockAlert(tx: Tx, skuId: SkuId): Promise<void> {
  await tx.query(sql`delete from stock_alerts where sku_id = ${skuId}`)
}

export async function selectStockAlerts(
  db: Db,
  skuIds: readonly SkuId[],
): Promise<{ readonly skuId: SkuId; readonly threshold: number }[]> {
  return db.query(sql`
    select sku_id as "skuId", threshold from stock_alerts where sku_id = any (${skuIds}::uuid[])`)
}

/** Forgets what was told of what is above its mark again, so that the next fall is told. */
export async function resetAlerts(db: Db): Promise<void> {
  await db.query(sql`
    update balance_alerts a set alerted_at = null
    from wallets w
    where a.alerted_at is not null and w.partner_id = a.partner_id and w.id = a.wallet_id and w.balance - w.reserved >= a.threshold`)
  await db.query(sql`
    update stock_alerts a set alerted_at = null
    where a.alerted_at is not null
      and (select coalesce(sum(change), 0) from stock_movements m where m.sku_id = a.sku_id) >= a.threshold`)
}

export type LowWallet = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly code: string
  readonly currency: Currency
  /** Micro-units that can be spent without an overdraft. */
  readonly left: Micros
}

/** Marks wallets that have fallen below their mark as told; whoever does so tells. */
export async function claimLowWallets(tx: Tx, limit: number): Promise<LowWallet[]> {
  return tx.query<LowWallet>(sql`
    with low as (
      select a.partner_id, a.wallet_id, w.code, w.currency, w.balance - w.reserved as remaining
      from balance_alerts a join wallets w on w.partner_id = a.partner_id and w.id = a.wallet_id
      where a.alerted_at is null and w.balance - w.reserved < a.threshold
      order by a.partner_id, a.wallet_id limit ${limit}
      for update of a skip locked
    )
    update balance_alerts a set alerted_at = now()
    from low where a.partner_id = low.partner_id and a.wallet_id = low.wallet_id
    returning low.partner_id as "partnerId", low.wallet_id as "walletId", low.code, low.currency, low.remaining as left`)
}

export type LowSku = {
  readonly skuId: SkuId
  readonly code: string
  readonly left: bigint
}

/** The same for SKUs. */
export async function claimLowSkus(tx: Tx, limit: number): Promise<LowSku[]> {
  return tx.query<LowSku>(sql`
    with low as (
      select a.sku_id, s.code,
             (select coalesce(sum(change), 0)::bigint from stock_movements m where m.sku_id = a.sku_id) as remaining
      from stock_alerts a join skus s on s.id = a.sku_id
      where a.alerted_at is null
        and (select coalesce(sum(change), 0) from stock_movements m where m.sku_id = a.sku_id) < a.threshold
      order by a.sku_id limit ${limit}
      for update of a skip locked
    )
    update stock_alerts a set alerted_at = now()
    from low where a.sku_id = low.sku_id
    returning low.sku_id as "skuId", low.code, low.remaining as left`)
}

/** People of a partner, or of the house, who can do something about it. */
export async function selectTold(
  db: Db,
  partnerId: PartnerId,
  roles: readonly string[],
): Promise<{ readonly email: string; readonly locale: Locale }[]> {
  return db.query(sql`
    select email, locale from users
    where partner_id = ${partnerId} and role = any (${roles}::text[]) and disabled_at is null and password_hash is not null
    order by created_at limit 50`)
}
