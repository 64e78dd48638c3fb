import type { Db } from '../../platform/database.ts'
import { exportDays } from './export.ts'
import { deleteLostParts, deleteOldExports } from './exports.sql.ts'

/** Forgets reports whose links have ended, with their files, and what builds left behind that nobody brought to an end. */
export async function forgetExports(db: Db): Promise<void> {
  await inLots((limit) => deleteOldExports(db, exportDays, limit))
  await inLots((limit) => deleteLostParts(db, limit))
}

/** The next run takes what this one leaves. */
async function inLots(forget: (limit: number) => Promise<number>): Promise<void> {
  for (let lot = 0; lot < lotsMost; lot += 1) if ((await forget(lotSize)) < lotSize) return
}

const lotSize = 500
const lotsMost = 1_000
