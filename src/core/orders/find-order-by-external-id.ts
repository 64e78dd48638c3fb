import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findOrder } from './find-order.ts'
import type { Order } from './order.ts'
import { selectOrderByExternalId } from './orders.sql.ts'

/** One of the partner's orders by the id that its client gave it. Throws Failure order_not_found. */
export async function findOrderByExternalId(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  externalId: string,
): Promise<Order> {
  const found = await selectOrderByExternalId(db, partnerId, externalId)
  if (found === undefined) throw new Failure('order_not_found')
  return findOrder(db, keyRing, partnerId, found.id)
}
