import type { Db } from '../../platform/database.ts'
import { sha256 } from '../../platform/secrets.ts'
import { exportDays } from './export.ts'
import type { ReportExport } from './export.ts'
import { selectExport } from './exports.sql.ts'

/** The report behind a link's token, while the link holds; undefined if there is none. */
export async function findExport(db: Db, dialect: string, token: string): Promise<ReportExport | undefined> {
  return selectExport(db, dialect, sha256(token), exportDays)
}
