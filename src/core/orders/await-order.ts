import type { Db } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { OrderEnds } from './desk.ts'
import { findOrder } from './find-order.ts'
import type { Order } from './order.ts'

/**
 * The order once it has ended, or as it is after `patienceMs`: for callers who would rather wait a little than ask again. One that has
 * ended is answered at once.
 *
 * @param patienceMs 0: nobody waits
 */
export async function awaitOrder(
  db: Db,
  keyRing: KeyRing,
  ends: OrderEnds,
  order: Order,
  patienceMs: number,
): Promise<Order> {
  if (order.status !== 'processing' || patienceMs <= 0) return order
  const deadline = performance.now() + patienceMs
  for (;;) {
    const signal = ends.wait(order.id, Math.max(0, deadline - performance.now()))
    // It may have ended before anybody listened for it.
    const latest = await findOrder(db, keyRing, order.partnerId, order.id)
    if (latest.status !== 'processing') return latest
    if (!(await signal)) return findOrder(db, keyRing, order.partnerId, order.id)
  }
}
