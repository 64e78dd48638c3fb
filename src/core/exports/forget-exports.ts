import type { Db } from '../../platform/database.ts'
import { exportDays } from './export.ts'
import { deleteOldExports } from './exports.sql.ts'

/** Forgets reports whose links have ended. */
export async function forgetExports(db: Db): Promise<void> {
  await deleteOldExports(db, exportDays)
}
