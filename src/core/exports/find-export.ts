import type { Db } from '../../platform/database.ts'
import { sha256 } from '../../platform/secrets.ts'
import { exportDays } from './export.ts'
import type { ReportFile } from './export.ts'
import { selectFile } from './exports.sql.ts'

/** The file behind a link's token, while the link holds; undefined if there is none. */
export async function findExport(db: Db, dialect: string, token: string): Promise<ReportFile | undefined> {
  return selectFile(db, dialect, sha256(token), exportDays)
}
