import type { Db } from '../../platform/database.ts'
import { inLots } from '../retention/in-lots.ts'
import { nonceKeptDays } from './nonce.ts'
import { deleteUnbound } from './nonces.sql.ts'

/**
 * Forgets nonces that no order came with and that are older than anybody would repeat. Those of orders stay for ever. Running it twice
 * does no harm.
 *
 * @returns how many are forgotten; a run that is full of them leaves the rest to the next one
 */
export async function forgetNonces(db: Db): Promise<number> {
  return inLots(lots, (limit) => deleteUnbound(db, nonceKeptDays, limit))
}

const lots = { size: 5_000, most: 400 }
