import { plainArray, prepared, sql, textArray } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { ImportId, SkuId } from '../../values/ids.ts'
import type { ImportProblem, ImportState, SealedStockCode, StockImport } from './stock.ts'

/** Where an import stands. */
export type ImportProgress = {
  readonly id: ImportId
  readonly state: ImportState
  readonly nextLine: bigint
  readonly nextOffset: bigint
  readonly staged: bigint
  readonly invalid: bigint
  readonly duplicates: bigint
}

/** Codes and problems of some lines, and where the lines after them begin. */
export type StagedChunk = {
  readonly codes: readonly (SealedStockCode & { readonly line: number })[]
  readonly invalid: readonly { readonly line: number; readonly detail: string }[]
  readonly fromLine: number
  readonly nextLine: number
  readonly nextOffset: number
}

/** Begins an import of this file, unless one is under way already. */
export async function insertImportIfNone(
  db: Db,
  start: {
    readonly id: ImportId
    readonly skuId: SkuId
    readonly fileName: string
    readonly fileHash: Buffer
    readonly nextLine: number
    readonly nextOffset: number
    readonly actor: string
  },
): Promise<void> {
  await db.query(sql`
    insert into stock_imports (id, sku_id, file_name, file_hash, next_line, next_offset, actor)
    values (${start.id}, ${start.skuId}, ${start.fileName}, ${start.fileHash}, ${start.nextLine}, ${start.nextOffset}, ${start.actor})
    on conflict (sku_id, file_hash) where state = 'staging' do nothing`)
}

/**
 * Takes over the import of a file, or the one of an id, if nobody works on it or its owner has not been seen for `deadAfterSeconds`.
 * Undefined: somebody does (a row that is locked is being published), or it is not under way.
 */
export async function claimImport(
  db: Db,
  which: { readonly skuId: SkuId; readonly fileHash: Buffer } | { readonly id: ImportId },
  owner: string,
  deadAfterSeconds: number,
): Promise<ImportProgress | undefined> {
  const [row] = await db.query<ImportProgress>(sql`
    with free as (
      select id from stock_imports
      where ${'id' in which ? sql`id = ${which.id}` : sql`sku_id = ${which.skuId} and file_hash = ${which.fileHash}`} and state = 'staging'
        and (owner is null or seen_at < now() - ${deadAfterSeconds} * interval '1 second')
      for update skip locked
    )
    update stock_imports set owner = ${owner}, seen_at = now() where id = (select id from free) returning ${progressColumns}`)
  return row
}

/** When the import of this file was last worked on; undefined if none is under way. */
export async function lastSeen(db: Db, skuId: SkuId, fileHash: Buffer): Promise<string | undefined> {
  const [row] = await db.query<{ seen: string }>(sql`
    select seen_at::text as seen from stock_imports where sku_id = ${skuId} and file_hash = ${fileHash} and state = 'staging'`)
  return row?.seen
}

/** A sign of life while the owner waits. */
export async function touchImport(db: Db, id: ImportId, owner: string): Promise<void> {
  await db.query(
    sql`update stock_imports set seen_at = now() where id = ${id} and owner = ${owner} and state = 'staging'`,
  )
}

/** Lets go of the import, so that the next one need not wait for a sign of life. */
export async function disownImport(db: Db, id: ImportId, owner: string): Promise<void> {
  await db.query(
    sql`update stock_imports set owner = null where id = ${id} and owner = ${owner} and state = 'staging'`,
  )
}

/**
 * Stores a chunk and moves the checkpoint behind it, in one statement. False, and nothing is stored, if the import is not the
 * owner's any more or its checkpoint is not where the chunk begins.
 */
export async function insertStagedChunk(
  db: Db,
  id: ImportId,
  owner: string,
  chunk: StagedChunk,
): Promise<boolean> {
  const { codes, invalid } = chunk
  const [row] = await db.query<{ moved: number }>(
    prepared(
      'stage_stock_chunk',
      sql`
      with moved as (
        update stock_imports
        set next_line = ${chunk.nextLine}, next_offset = ${chunk.nextOffset}, seen_at = now(),
            rows_staged = rows_staged + ${codes.length}, rows_invalid = rows_invalid + ${invalid.length}
        where id = ${id} and owner = ${owner} and state = 'staging' and next_line = ${chunk.fromLine}
        returning id
      ), staged as (
        insert into stock_import_rows (import_id, line, code_id, fingerprint, expires_on, data_key_id, ciphertext)
        select moved.id, k.line, k.code_id, k.fingerprint, k.expires_on, k.data_key_id, decode(k.ciphertext, 'hex')
        from moved, unnest(
          ${plainArray(codes.map((code) => code.line))}::bigint[],
          ${plainArray(codes.map((code) => code.id))}::uuid[],
          ${plainArray(codes.map((code) => code.fingerprint))}::uuid[],
          ${plainArray(codes.map((code) => code.expiresOn))}::date[],
          ${plainArray(codes.map((code) => code.dataKeyId))}::uuid[],
          ${plainArray(codes.map((code) => code.ciphertext.toString('hex')))}::text[]
        ) as k (line, code_id, fingerprint, expires_on, data_key_id, ciphertext)
      ), refused as (
        insert into stock_import_problems (import_id, line, problem, detail)
        select moved.id, k.line, 'invalid', k.detail
        from moved, unnest(
          ${plainArray(invalid.map((problem) => problem.line))}::bigint[], ${textArray(invalid.map((problem) => problem.detail))}::text[]
        ) as k (line, detail)
      )
      select count(*)::integer as moved from moved`,
    ),
  )
  return row?.moved === 1
}

/** Locks the owner's import until the transaction ends; undefined if it is not the owner's any more. */
export async function lockImport(tx: Tx, id: ImportId, owner: string): Promise<ImportProgress | undefined> {
  const [row] = await tx.query<ImportProgress>(sql`
    select ${progressColumns} from stock_imports where id = ${id} and owner = ${owner} and state = 'staging' for update`)
  return row
}

/** One import is published at a time, so that two with the same codes never wait for each other in a circle. False: it is another's turn. */
export async function tryPublishLock(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(${publishLock}) as locked`,
  )
  return row?.locked === true
}

/** Sorting the fingerprints of a slice needs more than the usual memory; waiting for a small lot of the same codes may take a while. */
export async function preparePublishing(tx: Tx): Promise<void> {
  await tx.query(sql`set local work_mem = '64MB'`)
  await tx.query(sql`set local lock_timeout = '12s'`)
}

/** Lines of one slice of an import: from the first up to, not including, the second. */
export type Slice = { readonly from: bigint; readonly to: bigint }

/** Claims the fingerprints of a slice's codes. @returns how many codes it has, and how many were new (of equal ones the first line is). */
export async function insertFingerprints(
  tx: Tx,
  id: ImportId,
  slice: Slice,
): Promise<{ readonly rows: number; readonly fresh: number }> {
  const [row] = await tx.query<{ rows: number; fresh: number }>(sql`
    with slice as materialized (
      select fingerprint, line, code_id from stock_import_rows where import_id = ${id} and line >= ${slice.from} and line < ${slice.to}
    ), fresh as (
      insert into code_fingerprints (fingerprint, code_id, import_id)
      select distinct on (fingerprint) fingerprint, code_id, ${id}::uuid from slice order by fingerprint, line
      on conflict (fingerprint) do nothing
      returning 1
    )
    select (select count(*) from slice)::integer as rows, (select count(*) from fresh)::integer as fresh`)
  return row ?? { rows: 0, fresh: 0 }
}

/** Takes the codes of a slice whose fingerprints are others' out of the staged rows and lists them as problems. @returns how many. */
export async function moveDuplicatesToProblems(tx: Tx, id: ImportId, slice: Slice): Promise<number> {
  const [row] = await tx.query<{ moved: number }>(sql`
    with duplicates as (
      delete from stock_import_rows r using code_fingerprints f
      where r.import_id = ${id} and r.line >= ${slice.from} and r.line < ${slice.to}
        and f.fingerprint = r.fingerprint and f.code_id <> r.code_id
      returning r.line, f.import_id = ${id} as same_file
    ), listed as (
      insert into stock_import_problems (import_id, line, problem)
      select ${id}::uuid, line, case when same_file then 'duplicate_in_file' else 'duplicate_in_stock' end from duplicates
      returning 1
    )
    select count(*)::integer as moved from listed`)
  return row?.moved ?? 0
}

/** Gives up the fingerprints that this transaction claimed for a slice. */
export async function deleteFingerprints(tx: Tx, id: ImportId, slice: Slice): Promise<void> {
  await tx.query(sql`
    delete from code_fingerprints f using stock_import_rows r
    where r.import_id = ${id} and r.line >= ${slice.from} and r.line < ${slice.to} and f.fingerprint = r.fingerprint and f.code_id = r.code_id`)
}

/** Makes stock of a slice's staged codes. @returns how many. */
export async function moveToStock(tx: Tx, id: ImportId, skuId: SkuId, slice: Slice): Promise<number> {
  const [row] = await tx.query<{ moved: number }>(sql`
    with staged as (
      delete from stock_import_rows where import_id = ${id} and line >= ${slice.from} and line < ${slice.to}
      returning expires_on, code_id, data_key_id, ciphertext
    ), moved as (
      insert into stock_codes (sku_id, expires_on, id, data_key_id, ciphertext, import_id)
      select ${skuId}::uuid, expires_on, code_id, data_key_id, ciphertext, ${id}::uuid from staged order by expires_on, code_id
      returning 1
    )
    select count(*)::integer as moved from moved`)
  return row?.moved ?? 0
}

export async function deleteStagedRows(tx: Tx, id: ImportId, slice: Slice): Promise<void> {
  await tx.query(
    sql`delete from stock_import_rows where import_id = ${id} and line >= ${slice.from} and line < ${slice.to}`,
  )
}

/** Ends an import that is under way. False if it had ended already. */
export async function endImport(
  db: Db,
  id: ImportId,
  end: {
    readonly state: Exclude<ImportState, 'staging'>
    readonly published: number
    readonly duplicates: number
  },
): Promise<boolean> {
  const rows = await db.query(sql`
    update stock_imports
    set state = ${end.state}, rows_published = ${end.published}, rows_duplicate = ${end.duplicates}, owner = null, ended_at = now()
    where id = ${id} and state = 'staging'
    returning id`)
  return rows.length === 1
}

export async function selectImport(db: Db, id: ImportId): Promise<StockImport | undefined> {
  const [row] = await db.query<ImportRow>(
    sql`select ${importColumns} from stock_imports i join skus s on s.id = i.sku_id where i.id = ${id}`,
  )
  return row === undefined ? undefined : toImport(row)
}

/** Newest first; `before` is the id of the row after which the page begins. */
export async function selectImports(
  db: Db,
  before: string | undefined,
  limit: number,
): Promise<StockImport[]> {
  const rows = await db.query<ImportRow>(sql`
    select ${importColumns} from stock_imports i join skus s on s.id = i.sku_id
    where ${before === undefined ? sql`true` : sql`i.id < ${before}`}
    order by i.id desc limit ${limit}`)
  return rows.map(toImport)
}

export async function selectProblems(
  db: Db,
  id: ImportId,
  afterLine: bigint,
  limit: number,
): Promise<ImportProblem[]> {
  return db.query<ImportProblem>(sql`
    select line, problem, detail from stock_import_problems where import_id = ${id} and line > ${afterLine} order by line limit ${limit}`)
}

type ImportRow = Omit<StockImport, 'endedAt'> & { readonly endedAt: Date | null }

function toImport(row: ImportRow): StockImport {
  return { ...row, endedAt: row.endedAt ?? undefined }
}

const progressColumns = sql`
  id, state, next_line as "nextLine", next_offset as "nextOffset", rows_staged as staged, rows_invalid as invalid, rows_duplicate as duplicates`

const importColumns = sql`
  i.id, i.sku_id as "skuId", s.code as "skuCode", i.file_name as "fileName", i.state, i.rows_staged + i.rows_invalid as lines,
  i.rows_published as published, i.rows_duplicate as duplicates, i.rows_invalid as invalid, i.actor, i.created_at as "createdAt",
  i.ended_at as "endedAt"`

const publishLock = 7_263_019_385
