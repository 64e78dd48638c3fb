import { plainArray, sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { CodeId, ImportId, SkuId } from '../../values/ids.ts'
import type { SealedStockCode, StockLevel, StockSku } from './stock.ts'

export async function selectSkuById(db: Db, id: SkuId): Promise<StockSku | undefined> {
  const [row] = await db.query<StockSku>(sql`${skuQuery} where s.id = ${id}`)
  return row
}

export async function selectSkuByCode(db: Db, code: string): Promise<StockSku | undefined> {
  const [row] = await db.query<StockSku>(sql`${skuQuery} where s.code = ${code}`)
  return row
}

/** The calendar day by the database's clock, "2026-01-31". */
export async function selectToday(db: Db): Promise<string> {
  const [row] = await db.query<{ today: string }>(sql`select current_date::text as today`)
  return row?.today ?? ''
}

/** Records where a small lot of codes came from. */
export async function insertLot(
  tx: Tx,
  lot: { readonly id: ImportId; readonly skuId: SkuId; readonly actor: string },
): Promise<void> {
  await tx.query(sql`
    insert into stock_imports (id, sku_id, file_name, file_hash, state, actor, ended_at)
    values (${lot.id}, ${lot.skuId}, '', '', 'published', ${lot.actor}, now())`)
}

export async function addToLot(
  tx: Tx,
  id: ImportId,
  counts: { readonly added: number; readonly duplicates: number },
): Promise<void> {
  await tx.query(sql`
    update stock_imports
    set rows_staged = rows_staged + ${counts.added + counts.duplicates}, rows_published = rows_published + ${counts.added},
        rows_duplicate = rows_duplicate + ${counts.duplicates}
    where id = ${id}`)
}

/** Makes stock of the codes whose fingerprints are new. @returns how many. */
export async function insertCodes(
  tx: Tx,
  skuId: SkuId,
  importId: ImportId,
  codes: readonly SealedStockCode[],
): Promise<number> {
  const [row] = await tx.query<{ added: number }>(sql`
    with given as materialized (
      select * from unnest(
        ${plainArray(codes.map((code) => code.id))}::uuid[],
        ${plainArray(codes.map((code) => code.fingerprint))}::uuid[],
        ${plainArray(codes.map((code) => code.expiresOn))}::date[],
        ${plainArray(codes.map((code) => code.dataKeyId))}::uuid[],
        ${plainArray(codes.map((code) => code.ciphertext.toString('hex')))}::text[]
      ) with ordinality as k (id, fingerprint, expires_on, data_key_id, ciphertext, place)
    ), fresh as (
      insert into code_fingerprints (fingerprint, code_id, import_id)
      select distinct on (fingerprint) fingerprint, id, ${importId}::uuid from given order by fingerprint, place
      on conflict (fingerprint) do nothing
      returning code_id
    ), added as (
      insert into stock_codes (sku_id, expires_on, id, data_key_id, ciphertext, import_id)
      select ${skuId}::uuid, g.expires_on, g.id, g.data_key_id, decode(g.ciphertext, 'hex'), ${importId}::uuid
      from given g join fresh f on f.code_id = g.id
      returning 1
    )
    select count(*)::integer as added from added`)
  return row?.added ?? 0
}

export async function insertMovement(tx: Tx, skuId: SkuId, change: number, reason: 'import'): Promise<void> {
  await tx.query(
    sql`insert into stock_movements (sku_id, change, reason) values (${skuId}, ${change}, ${reason})`,
  )
}

/** SKUs that ever had stock, in order of their number. */
export async function selectLevels(
  db: Db,
  filter: { readonly lowest: bigint | undefined; readonly afterNumber: bigint; readonly limit: number },
): Promise<StockLevel[]> {
  const rows = await db.query<Omit<StockLevel, 'nextExpiry'> & { readonly nextExpiry: string | null }>(sql`
    select s.id as "skuId", s.number as "skuNumber", s.code as "skuCode", s.names ->> 'en' as name, m.count, first.expires_on as "nextExpiry"
    from (select sku_id, sum(change)::bigint as count from stock_movements group by sku_id) m
    join skus s on s.id = m.sku_id
    left join lateral (select nullif(c.expires_on, 'infinity') as expires_on from stock_codes c where c.sku_id = s.id order by c.expires_on limit 1) first on true
    where s.number > ${filter.afterNumber} and ${filter.lowest === undefined ? sql`true` : sql`m.count <= ${filter.lowest}`}
    order by s.number limit ${filter.limit}`)
  return rows.map((row) => ({ ...row, nextExpiry: row.nextExpiry ?? undefined }))
}

/**
 * Puts one sum in the place of each SKU's movements. A movement that comes in meanwhile is not seen and stays; one that another
 * roll-up takes first is not there any more. @returns how many movements were summed up.
 */
export async function sumUpMovements(db: Db): Promise<number> {
  const [row] = await db.query<{ summed: number }>(sql`
    with gone as (
      delete from stock_movements
      where sku_id in (select sku_id from stock_movements group by sku_id having count(*) > 1)
      returning sku_id, change
    ), total as (
      insert into stock_movements (sku_id, change, reason) select sku_id, sum(change), 'total' from gone group by sku_id
    )
    select count(*)::integer as summed from gone`)
  return row?.summed ?? 0
}

export type Leaving = {
  readonly reason: 'expiry' | 'withdrawal'
  readonly note: string
  readonly actor: string
  readonly limit: number
}

/** Takes up to `limit` expired codes out of the stock; codes that a sale holds are left to it. @returns how many. */
export async function withdrawExpired(db: Db, leaving: Leaving): Promise<number> {
  return withdraw(
    db,
    leaving,
    sql`
    select c.sku_id, c.expires_on, c.id
    from skus s
    cross join lateral (
      select sku_id, expires_on, id from stock_codes
      where sku_id = s.id and expires_on <= current_date
      order by expires_on, id limit ${leaving.limit} for update skip locked
    ) c
    limit ${leaving.limit}`,
  )
}

/** The same for codes of one SKU: all of one import, or those named. */
export async function withdrawOfSku(
  db: Db,
  leaving: Leaving,
  which: {
    readonly skuId: SkuId
    readonly importId: ImportId | undefined
    readonly codeIds: readonly CodeId[] | undefined
  },
): Promise<number> {
  return withdraw(
    db,
    leaving,
    sql`
    select sku_id, expires_on, id from stock_codes
    where sku_id = ${which.skuId}
      and ${which.importId === undefined ? sql`true` : sql`import_id = ${which.importId}`}
      and ${which.codeIds === undefined ? sql`true` : sql`id = any (${which.codeIds}::uuid[])`}
    limit ${leaving.limit} for update skip locked`,
  )
}

/** Moves the chosen (and locked) codes aside, with the movements that say so, in one statement. */
async function withdraw(db: Db, leaving: Leaving, chosen: ReturnType<typeof sql>): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    with chosen as materialized (${chosen}), gone as (
      delete from stock_codes s using chosen c where s.sku_id = c.sku_id and s.expires_on = c.expires_on and s.id = c.id
      returning s.sku_id, s.expires_on, s.id, s.data_key_id, s.ciphertext, s.import_id
    ), kept as (
      insert into stock_withdrawn (code_id, sku_id, expires_on, data_key_id, ciphertext, import_id, reason, note, actor)
      select id, sku_id, expires_on, data_key_id, ciphertext, import_id, ${leaving.reason}, ${leaving.note}, ${leaving.actor} from gone
    ), counted as (
      insert into stock_movements (sku_id, change, reason) select sku_id, -count(*), ${leaving.reason} from gone group by sku_id
    )
    select count(*)::integer as count from gone`)
  return row?.count ?? 0
}

const skuQuery = sql`select s.id, s.code, s.kind, p.brand_id as "brandId" from skus s join products p on p.id = s.product_id`
