import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { assembleOrders } from './assemble-orders.ts'
import type { Order } from './order.ts'
import { selectOrder } from './orders.sql.ts'

/** One of the partner's orders with its codes in clear. Throws Failure order_not_found, for another partner's order too. */
export async function findOrder(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  orderId: OrderId,
): Promise<Order> {
  const row = await selectOrder(db, partnerId, orderId)
  const [order] = row === undefined ? [] : await assembleOrders(db, keyRing, partnerId, [row])
  if (order === undefined) throw new Failure('order_not_found')
  return order
}
