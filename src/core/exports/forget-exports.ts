import type { Db } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { exportDays } from './export.ts'
import { deleteLostParts, deleteOldExports } from './exports.sql.ts'

/** Forgets reports whose links have ended, with their files, and what builds left behind that nobody brought to an end. */
export async function forgetExports(db: Db): Promise<void> {
  await inLots(lots, (limit) => deleteOldExports(db, exportDays, limit))
  await inLots(lots, (limit) => deleteLostParts(db, limit))
}

const lots = { size: 500, most: 1_000 }
