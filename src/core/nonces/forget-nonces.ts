import type { Db } from '../../platform/database.ts'
import { nonceKeptDays } from './nonce.ts'
import { deleteUnbound } from './nonces.sql.ts'

/**
 * Forgets nonces that no order came with and that are older than anybody would repeat. Those of orders stay for ever. Running it twice
 * does no harm.
 *
 * @returns how many are forgotten; a run that is full of them leaves the rest to the next one
 */
export async function forgetNonces(db: Db): Promise<number> {
  let forgotten = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const deleted = await deleteUnbound(db, nonceKeptDays, lotSize)
    forgotten += deleted
    if (deleted < lotSize) break
  }
  return forgotten
}

const lotSize = 5_000
const lotsMost = 400
