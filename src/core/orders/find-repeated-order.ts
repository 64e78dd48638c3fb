import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findOrder } from './find-order.ts'
import { hashRequest } from './open-order-desk.ts'
import type { Order, PlaceOrder } from './order.ts'
import { selectOrderByExternalId } from './orders.sql.ts'

/**
 * The order that this request made before, as it now is; undefined if its external id is unused. For requests that cannot become a
 * command any more (the SKU was withdrawn, its limits or its price changed): a retry is answered all the same.
 * Throws Failure external_id_conflict where the id was used for something else.
 */
export async function findRepeatedOrder(
  db: Db,
  keyRing: KeyRing,
  request: Pick<PlaceOrder, 'partnerId' | 'dialect' | 'externalId' | 'requestKey'>,
): Promise<Order | undefined> {
  const first = await selectOrderByExternalId(db, request.partnerId, request.externalId)
  if (first === undefined) return undefined
  if (first.requestHash !== hashRequest(request)) throw new Failure('external_id_conflict')
  return findOrder(db, keyRing, request.partnerId, first.id)
}
