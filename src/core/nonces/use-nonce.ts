import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Nonce } from './nonce.ts'
import { insertNonce } from './nonces.sql.ts'

/** Uses a nonce up, for all processes. Throws Failure nonce_used if its credential did so before. */
export async function useNonce(db: Db, nonce: Nonce): Promise<void> {
  if (!(await insertNonce(db, nonce))) throw new Failure('nonce_used')
}
