import type { Db } from '../../platform/database.ts'
import type { Nonce } from './nonce.ts'
import { updateRefused } from './nonces.sql.ts'

/** Writes down that the order of a bound nonce was refused: an order that is placed under the same external id later is not its. */
export async function refuseNonce(db: Db, nonce: Nonce): Promise<void> {
  await updateRefused(db, nonce)
}
