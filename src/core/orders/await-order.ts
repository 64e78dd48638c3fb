import type { Db } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { OrderNews } from './desk.ts'
import { findOrder } from './find-order.ts'
import type { Order } from './order.ts'

/**
 * An order that a supplier fills, as it is after the supplier's first word: most have ended by then, and whoever is told that it takes
 * longer need not wait for it here. One that has ended is answered at once.
 *
 * @param patienceMs how long that word is waited for; 0: not at all
 */
export async function awaitOrder(
  db: Db,
  keyRing: KeyRing,
  news: OrderNews,
  order: Order,
  patienceMs: number,
): Promise<Order> {
  if (order.status !== 'processing' || patienceMs <= 0) return order
  await news.wait(order.id, patienceMs)
  return findOrder(db, keyRing, order.partnerId, order.id)
}
