import type { Position } from '../../platform/cursor.ts'
import { plainArray, sql, textArray } from '../../platform/database.ts'
import type { Db, Row, Tx } from '../../platform/database.ts'
import type { SkuId, SupplierId, SyncId } from '../../values/ids.ts'
import type { ChangeKind, ListChange, ListedTerms } from './listing.ts'

/** A look at a supplier's list. Counts are changes of their kind. */
export type Sync = {
  readonly id: SyncId
  readonly supplierId: SupplierId
  readonly supplierCode: string
  readonly startedAt: Date
  /** Undefined: it was interrupted. */
  readonly endedAt: Date | undefined
  /** Why the list could not be read to its end; nothing was changed then. */
  readonly problem: string | undefined
  readonly products: bigint
  readonly counts: Readonly<Record<ChangeKind, bigint>>
  readonly actor: string
}

export async function insertSync(
  db: Db,
  row: {
    readonly id: SyncId
    readonly supplierId: SupplierId
    /** How long ago it began. */
    readonly tookMs: number
    readonly products: number
    readonly problem: string | undefined
    readonly actor: string
  },
): Promise<void> {
  await db.query(sql`
    insert into supplier_syncs (id, supplier_id, started_at, ended_at, products, problem, actor)
    values (${row.id}, ${row.supplierId}, now() - ${row.tookMs} * interval '1 millisecond', ${row.problem === undefined ? sql`null` : sql`now()`},
            ${row.products}, ${row.problem ?? null}, ${row.actor})`)
}

export async function endSync(db: Db, id: SyncId): Promise<void> {
  await db.query(sql`update supplier_syncs set ended_at = now() where id = ${id} and ended_at is null`)
}

/** Some SKUs that a supplier fills, in the order of their ids, locked until the transaction ends. */
export async function lockTerms(
  tx: Tx,
  supplierId: SupplierId,
  after: SkuId | undefined,
  limit: number,
): Promise<ListedTerms[]> {
  return tx.query<ListedTerms>(sql`
    select sku_id as "skuId", product_code as "productCode", cost, cost_rate::text as "costRate", in_stock as "inStock"
    from supplier_skus
    where supplier_id = ${supplierId} and active ${after === undefined ? sql`` : sql`and sku_id > ${after}`}
    order by sku_id limit ${limit}
    for no key update`)
}

/** Notes what the list says; rows that it says nothing new about are stamped all the same. */
export async function updateTerms(
  tx: Tx,
  supplierId: SupplierId,
  rows: readonly Omit<ListedTerms, 'productCode'>[],
): Promise<void> {
  await tx.query(sql`
    update supplier_skus x set cost = k.cost, cost_rate = k.cost_rate, in_stock = k.in_stock, synced_at = now()
    from unnest(${plainArray(rows.map((row) => row.skuId))}::uuid[], ${plainArray(rows.map((row) => row.cost))}::bigint[],
                ${plainArray(rows.map((row) => row.costRate))}::numeric[],
                ${plainArray(rows.map((row) => String(row.inStock)))}::boolean[]) as k (sku_id, cost, cost_rate, in_stock)
    where x.supplier_id = ${supplierId} and x.sku_id = k.sku_id`)
}

/** Which of some product codes we buy from the supplier, or did. */
export async function selectKnownCodes(
  db: Db,
  supplierId: SupplierId,
  productCodes: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ productCode: string }>(sql`
    select distinct product_code as "productCode" from supplier_skus
    where supplier_id = ${supplierId} and product_code = any (${textArray(productCodes)}::text[])`)
  return new Set(rows.map((row) => row.productCode))
}

/** Adds changes to a sync and to its counts. That a product appeared is told once for ever, and left out then. */
export async function insertChanges(
  tx: Tx,
  id: SyncId,
  supplierId: SupplierId,
  changes: readonly ListChange[],
): Promise<void> {
  const texts = (pick: (change: ListChange) => string | undefined): string =>
    textArray(changes.map((change) => pick(change) ?? null))
  const plain = (pick: (change: ListChange) => string | bigint | undefined): string =>
    plainArray(changes.map((change) => pick(change) ?? null))
  await tx.query(sql`
    with added as (
      insert into supplier_sync_changes (sync_id, supplier_id, kind, product_code, sku_id, detail, old_cost, new_cost, old_rate, new_rate)
      select ${id}::uuid, ${supplierId}::uuid, k.*
      from unnest(
        ${texts((one) => one.kind)}::text[], ${texts((one) => one.productCode)}::text[], ${plain((one) => one.skuId)}::uuid[],
        ${texts((one) => one.detail)}::text[], ${plain((one) => one.oldCost)}::bigint[], ${plain((one) => one.newCost)}::bigint[],
        ${plain((one) => one.oldRate)}::numeric[], ${plain((one) => one.newRate)}::numeric[]
      ) k
      on conflict (supplier_id, product_code) where kind = 'appeared' do nothing
      returning kind
    ), counts as (
      select count(*) filter (where kind = 'price_changed') as price_changed, count(*) filter (where kind = 'price_unclear') as price_unclear,
             count(*) filter (where kind = 'appeared') as appeared, count(*) filter (where kind = 'vanished') as vanished,
             count(*) filter (where kind = 'stock_out') as stock_out, count(*) filter (where kind = 'stock_in') as stock_in
      from added
    )
    update supplier_syncs s
    set price_changed = s.price_changed + c.price_changed, price_unclear = s.price_unclear + c.price_unclear, appeared = s.appeared + c.appeared,
        vanished = s.vanished + c.vanished, stock_out = s.stock_out + c.stock_out, stock_in = s.stock_in + c.stock_in
    from counts c where s.id = ${id}`)
}

/** Newest first from a position on, which is an id. */
export async function selectSyncs(
  db: Db,
  which: { readonly supplierId?: SupplierId | undefined; readonly id?: SyncId | undefined },
  position: Position | undefined,
  limit: number,
): Promise<Sync[]> {
  const backwards = position?.direction === 'before'
  const key = position?.key[0]
  const rows = await db.query(sql`
    select y.id, y.supplier_id as "supplierId", s.code as "supplierCode", y.started_at as "startedAt", y.ended_at as "endedAt", y.problem,
           y.products, y.actor, y.price_changed, y.price_unclear, y.appeared, y.vanished, y.stock_out, y.stock_in
    from supplier_syncs y join suppliers s on s.id = y.supplier_id
    where true ${which.supplierId === undefined ? sql`` : sql`and y.supplier_id = ${which.supplierId}`}
      ${which.id === undefined ? sql`` : sql`and y.id = ${which.id}`}
      ${key === undefined ? sql`` : backwards ? sql`and y.id > ${key}` : sql`and y.id < ${key}`}
    order by ${backwards ? sql`y.id` : sql`y.id desc`} limit ${limit}`)
  return rows.map(toSync)
}

function toSync(row: Row): Sync {
  const { price_changed, price_unclear, appeared, vanished, stock_out, stock_in, ...rest } = row
  const counts = { price_changed, price_unclear, appeared, vanished, stock_out, stock_in }
  const known = Object.entries(rest).map(([name, value]) => [name, value ?? undefined])
  return { ...Object.fromEntries(known), counts } as Sync // The columns of the statement above.
}

export type ListedChange = Omit<ListChange, 'skuId'> & {
  readonly number: bigint
  readonly skuCode: string | undefined
}

/** In the order in which they were found, from a position on, which is a number. */
export async function selectChanges(
  db: Db,
  id: SyncId,
  position: Position | undefined,
  limit: number,
): Promise<ListedChange[]> {
  const backwards = position?.direction === 'before'
  const number = position?.key[0] ?? '0'
  const rows = await db.query(sql`
    select c.id as number, c.kind, c.product_code as "productCode", k.code as "skuCode", c.detail, c.old_cost as "oldCost",
           c.new_cost as "newCost", c.old_rate::text as "oldRate", c.new_rate::text as "newRate"
    from supplier_sync_changes c left join skus k on k.id = c.sku_id
    where c.sync_id = ${id} and ${backwards ? sql`c.id < ${number}` : sql`c.id > ${number}`}
    order by ${backwards ? sql`c.id desc` : sql`c.id`} limit ${limit}`)
  return rows.map((row) => {
    const known = Object.entries(row).map(([name, value]) => [name, value ?? undefined])
    return Object.fromEntries(known) as ListedChange // As above.
  })
}
