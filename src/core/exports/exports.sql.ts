import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { Sealed } from '../keys/ring.ts'
import type { ReportExport, ReportFile } from './export.ts'

export async function insertExport(tx: Tx, one: ReportExport): Promise<void> {
  const { id, partnerId, dialect, request, title, link } = one
  await tx.query(sql`
    insert into report_exports (partner_id, id, dialect, request, title, link)
    values (${partnerId}, ${id}, ${dialect}, ${JSON.stringify(request)}, ${title}, ${link})`)
}

/** Takes the oldest export that nobody is at, and keeps it for so many minutes. */
export async function claimNext(
  db: Db,
  triesMost: number,
  minutes: number,
): Promise<ReportExport | undefined> {
  const [row] = await db.query<ReportExport>(sql`
    update report_exports set tries = tries + 1, claimed_until = now() + make_interval(mins => ${minutes})
    where ctid = (
      select ctid from report_exports
      where finished_at is null and tries < ${triesMost} and claimed_until < now()
      order by created_at limit 1
      for update skip locked)
    returning id, partner_id as "partnerId", dialect, request, title, link`)
  return row
}

export async function insertPart(
  db: Db,
  { id, partnerId, buildId }: Pick<ReportFile, 'id' | 'partnerId' | 'buildId'>,
  part: number,
  { dataKeyId, ciphertext }: Sealed,
): Promise<void> {
  await db.query(sql`
    insert into report_export_parts (partner_id, export_id, build_id, part, data_key_id, ciphertext)
    values (${partnerId}, ${id}, ${buildId}, ${part}, ${dataKeyId}, ${ciphertext})`)
}

/** False: another build was whole before. */
export async function updateFinished(tx: Tx, file: ReportFile, tokenHash: Buffer): Promise<boolean> {
  const { id, partnerId, buildId, fileName, mediaType, bytes } = file
  const rows = await tx.query(sql`
    update report_exports
    set finished_at = now(), build_id = ${buildId}, token_hash = ${tokenHash}, file_name = ${fileName}, media_type = ${mediaType}, bytes = ${bytes}
    where partner_id = ${partnerId} and id = ${id} and finished_at is null
    returning id`)
  return rows.length > 0
}

export async function selectFile(
  db: Db,
  dialect: string,
  tokenHash: Buffer,
  days: number,
): Promise<ReportFile | undefined> {
  const [row] = await db.query<ReportFile>(sql`
    select id, partner_id as "partnerId", build_id as "buildId", file_name as "fileName", media_type as "mediaType", bytes
    from report_exports
    where token_hash = ${tokenHash} and dialect = ${dialect} and finished_at > now() - make_interval(days => ${days})`)
  return row
}

export async function selectPart(
  db: Db,
  { id, partnerId, buildId }: ReportFile,
  part: number,
): Promise<Sealed | undefined> {
  const [row] = await db.query<Sealed>(sql`
    select data_key_id as "dataKeyId", ciphertext from report_export_parts
    where partner_id = ${partnerId} and export_id = ${id} and build_id = ${buildId} and part = ${part}`)
  return row
}

/** Whether it came to an end or not. @returns how many */
export async function deleteOldExports(db: Db, days: number, limit: number): Promise<number> {
  const rows = await db.query(sql`
    delete from report_exports where ctid = any (array(
      select ctid from report_exports where coalesce(finished_at, created_at) < now() - make_interval(days => ${days}) limit ${limit}))
    returning id`)
  return rows.length
}

/** Parts of no file: of an export that is gone, or of a build that was given up a day ago or more. @returns how many */
export async function deleteLostParts(db: Db, limit: number): Promise<number> {
  const rows = await db.query(sql`
    delete from report_export_parts where ctid = any (array(
      select p.ctid from report_export_parts p
      where p.created_at < now() - interval '1 day'
        and not exists (select from report_exports e where e.partner_id = p.partner_id and e.id = p.export_id and e.build_id = p.build_id)
      limit ${limit}))
    returning part`)
  return rows.length
}
