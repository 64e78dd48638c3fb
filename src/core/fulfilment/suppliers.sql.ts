import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { DataKeyId, SkuId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { SupplierAccount } from './account.ts'

export type SupplierRow = SupplierAccount & { readonly settings: Buffer; readonly dataKeyId: DataKeyId }

const columns = sql`id, code, name, connector, currency, priority, concurrency, active, settings, data_key_id as "dataKeyId", created_at as "createdAt"`

/** All accounts with suppliers, the first to be asked first. */
export async function selectSuppliers(db: Db): Promise<SupplierRow[]> {
  return db.query<SupplierRow>(sql`select ${columns} from suppliers order by priority, code`)
}

export async function selectSupplier(db: Db, code: string): Promise<SupplierRow | undefined> {
  const [row] = await db.query<SupplierRow>(sql`select ${columns} from suppliers where code = ${code}`)
  return row
}

/** False: there is a supplier of that code already. */
export async function insertSupplier(
  tx: Tx,
  row: Omit<SupplierRow, 'createdAt' | 'active'>,
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into suppliers (id, code, name, connector, settings, data_key_id, currency, priority, concurrency)
    values (${row.id}, ${row.code}, ${row.name}, ${row.connector}, ${row.settings}, ${row.dataKeyId}, ${row.currency}, ${row.priority}, ${row.concurrency})
    on conflict (code) do nothing
    returning id`)
  return rows.length > 0
}

/** The id of an account, its row locked until the transaction ends. */
export async function lockSupplierId(tx: Tx, code: string): Promise<SupplierId | undefined> {
  const [row] = await tx.query<{ id: SupplierId }>(
    sql`select id from suppliers where code = ${code} for no key update`,
  )
  return row?.id
}

/** Changes what is given. */
export async function updateSupplierRow(
  tx: Tx,
  id: SupplierId,
  changes: {
    readonly name?: string | undefined
    readonly priority?: number | undefined
    readonly concurrency?: number | undefined
    readonly active?: boolean | undefined
    readonly settings?: { readonly ciphertext: Buffer; readonly dataKeyId: DataKeyId } | undefined
  },
): Promise<void> {
  await tx.query(sql`
    update suppliers
    set name = coalesce(${changes.name ?? null}, name), priority = coalesce(${changes.priority ?? null}, priority),
        concurrency = coalesce(${changes.concurrency ?? null}, concurrency), active = coalesce(${changes.active ?? null}, active),
        settings = coalesce(${changes.settings?.ciphertext ?? null}, settings),
        data_key_id = coalesce(${changes.settings?.dataKeyId ?? null}, data_key_id)
    where id = ${id}`)
}

/** Every process opens its suppliers anew when this commits. */
export async function announceSuppliers(tx: Tx): Promise<void> {
  await tx.query(sql`select pg_notify('suppliers_changed', '')`)
}

export type SourceRow = {
  readonly skuId: SkuId
  readonly supplierId: SupplierId
  readonly productCode: string
  readonly cost: Micros | undefined
  readonly costRate: string | undefined
  readonly priority: number | undefined
}

/** Puts suppliers into the chains of SKUs, or changes how they stand there. */
export async function upsertSources(tx: Tx, rows: readonly SourceRow[]): Promise<void> {
  const column = <T>(pick: (row: SourceRow) => T): T[] => rows.map(pick)
  await tx.query(sql`
    insert into supplier_skus (sku_id, supplier_id, product_code, cost, cost_rate, priority)
    select * from unnest(${column((row) => row.skuId)}::uuid[], ${column((row) => row.supplierId)}::uuid[], ${column((row) => row.productCode)}::text[],
                         ${column((row) => row.cost ?? null)}::bigint[], ${column((row) => row.costRate ?? null)}::numeric[],
                         ${column((row) => row.priority ?? null)}::integer[])
    on conflict (sku_id, supplier_id)
    do update set product_code = excluded.product_code, cost = excluded.cost, cost_rate = excluded.cost_rate, priority = excluded.priority, active = true`)
}

export async function selectSku(
  db: Db,
  id: SkuId | undefined,
  code: string,
): Promise<{ id: SkuId; code: string } | undefined> {
  const [row] = await db.query<{ id: SkuId; code: string }>(
    sql`select id, code from skus where ${id === undefined ? sql`code = ${code}` : sql`id = ${id}`}`,
  )
  return row
}

export type ListedSource = {
  readonly skuCode: string
  readonly skuName: string
  readonly productCode: string
  readonly cost: Micros | null
  readonly costRate: string | null
  readonly currency: Currency
  readonly priority: number
  readonly active: boolean
  readonly inStock: boolean
}

/** The SKUs that a supplier can fill, in the order of their codes, from a position on. */
export async function selectSources(
  db: Db,
  supplierId: SupplierId,
  position: Position | undefined,
  limit: number,
): Promise<ListedSource[]> {
  const backwards = position?.direction === 'before'
  const code = position?.key[0] ?? ''
  return db.query<ListedSource>(sql`
    select k.code as "skuCode", k.names ->> 'en' as "skuName", x.product_code as "productCode", x.cost, x.cost_rate::text as "costRate", s.currency,
           coalesce(x.priority, s.priority) as priority, x.active, x.in_stock as "inStock"
    from supplier_skus x join skus k on k.id = x.sku_id join suppliers s on s.id = x.supplier_id
    where x.supplier_id = ${supplierId} and ${backwards ? sql`k.code < ${code}` : sql`k.code > ${code}`}
    order by ${backwards ? sql`k.code desc` : sql`k.code`} limit ${limit}`)
}

/** Takes a supplier out of a SKU's chain. False: it was not in it. */
export async function deactivateSource(tx: Tx, skuId: SkuId, supplierId: SupplierId): Promise<boolean> {
  const rows = await tx.query(sql`
    update supplier_skus set active = false where sku_id = ${skuId} and supplier_id = ${supplierId} and active returning 1 as one`)
  return rows.length > 0
}
