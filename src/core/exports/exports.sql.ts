import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { ReportExport } from './export.ts'

export async function insertExport(
  tx: Tx,
  { id, partnerId, request }: ReportExport,
  dialect: string,
  tokenHash: Buffer,
): Promise<void> {
  await tx.query(sql`
    insert into report_exports (partner_id, id, dialect, token_hash, request)
    values (${partnerId}, ${id}, ${dialect}, ${tokenHash}, ${JSON.stringify(request)})`)
}

export async function selectExport(
  db: Db,
  dialect: string,
  tokenHash: Buffer,
  days: number,
): Promise<ReportExport | undefined> {
  const [row] = await db.query<ReportExport>(sql`
    select id, partner_id as "partnerId", request from report_exports
    where token_hash = ${tokenHash} and dialect = ${dialect} and created_at > now() - make_interval(days => ${days})`)
  return row
}

export async function deleteOldExports(db: Db, days: number): Promise<void> {
  await db.query(sql`delete from report_exports where created_at < now() - make_interval(days => ${days})`)
}
