import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import type { SkuId } from '../src/values/ids.ts'
import { fillStock } from './world.ts'
import type { BenchPartner } from './world.ts'

const lotSize = 50_000
const price = 10_000_000n

/**
 * Places the orders of the past from number `from` to `to`, as place_orders writes them but in sets: real sealed codes leave the stock, wallets
 * and their chains of entries follow, and each order has its transfer and its event. Nineteen of twenty belong to the first partner. They
 * lie half a minute apart, and the books are exact.
 */
export async function fillOrders(
  database: Database,
  keyRing: KeyRing,
  partners: readonly BenchPartner[],
  skuIds: readonly SkuId[],
  from: number,
  to: number,
): Promise<void> {
  for (let there = from; there < to;) {
    const skuId = skuIds[Math.floor(there / lotSize) % skuIds.length]
    if (skuId === undefined) throw new Error('There is no SKU.')
    const lot = Math.min(lotSize, to - there)
    await fillStock(database, keyRing, [skuId], lot)
    await sellLot(database, partners, skuId, there, lot)
    there += lot
    if (process.stderr.isTTY)
      process.stderr.write(`\r${there.toLocaleString('en')} of ${to.toLocaleString('en')} orders `)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
}

async function sellLot(
  database: Database,
  partners: readonly BenchPartner[],
  skuId: SkuId,
  from: number,
  lot: number,
): Promise<void> {
  const ids = `{${partners.map((partner) => partner.partnerId).join(',')}}`
  await database.inTransaction(async (tx) => {
    await tx.query(sql`set local synchronous_commit = off`)
    await tx.query(sql`
      with taken as (
        delete from stock_codes where ctid = any (array(
          select ctid from stock_codes where sku_id = ${skuId} order by expires_on, id limit ${lot}))
        returning id, data_key_id, ciphertext, expires_on
      ), numbered as (
        select t.*, row_number() over () + ${from}::bigint as n from taken t
      ), placed as materialized (
        select k.*, w.partner_id, w.id as wallet_id, w.account, w.currency,
               w.entry_count + row_number() over (partition by w.partner_id order by k.n) as number,
               w.balance - ${price}::bigint * row_number() over (partition by w.partner_id order by k.n) as balance_after,
               uuidv7(timestamptz '2010-01-01' + k.n * interval '30 seconds' - now()) as order_id, uuidv7() as event_id,
               timestamptz '2010-01-01' + k.n * interval '30 seconds' as at
        from numbered k
        join wallets w on w.partner_id = (${ids}::uuid[])[case when k.n % 20 = 0 then 1 + k.n / 20 % ${partners.length}::bigint else 1 end]
      ), paid as (
        update wallets w set balance = w.balance - ${price}::bigint * p.count, entry_count = w.entry_count + p.count
        from (select partner_id, wallet_id, count(*) as count from placed group by 1, 2) p
        where w.partner_id = p.partner_id and w.id = p.wallet_id
      ), ordered as (
        insert into orders (partner_id, id, external_id, request_hash, dialect, wallet_id, status, currency, total_amount, created_at, completed_at)
        select partner_id, order_id, 'filled-' || n, md5(n::text)::uuid, 'giftapi', wallet_id, 'completed', currency, ${price}::bigint, at, at
        from placed order by n
      ), itemised as (
        insert into order_items (partner_id, order_id, item, sku_id, sku_name, quantity, delivered, unit_price, face_value, face_currency, status)
        select partner_id, order_id, 1, ${skuId}::uuid, 'Bench card', 1, 1, ${price}::bigint, ${price}::bigint, 'USD', 'completed' from placed order by n
      ), delivered as (
        insert into order_codes (partner_id, order_id, item, position, code_id, data_key_id, ciphertext, expires_on)
        select partner_id, order_id, 1, 1, id, data_key_id, ciphertext, expires_on from placed order by n
      ), counted as (
        insert into stock_movements (sku_id, change, reason) select ${skuId}::uuid, -count(*), 'sale' from placed
      ), charged as (
        insert into transfers (partner_id, id, kind, order_id, created_at) select partner_id, order_id, 'charge', order_id, at from placed order by n
      ), told as (
        insert into events (partner_id, id, type, order_id, created_at)
        select partner_id, event_id, 'order.completed', order_id, at from placed order by n
      )
      insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
      select partner_id, order_id, account, currency, -${price}::bigint, number, balance_after from placed
      union all
      select partner_id, order_id, 'sales:' || currency, currency, ${price}::bigint, null, null from placed`)
  })
}
