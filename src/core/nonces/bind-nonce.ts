import type { Db } from '../../platform/database.ts'
import type { Nonce, OrderNames } from './nonce.ts'
import { updateBound } from './nonces.sql.ts'

/**
 * Writes down which order a used nonce is about to make. It is committed before the order is placed: whatever happens after, the order
 * is found by its nonce if it is there at all.
 */
export async function bindNonce(db: Db, nonce: Nonce, names: OrderNames): Promise<void> {
  if (!(await updateBound(db, nonce, names))) throw new Error('The nonce was not used, or made an order.')
}
