import type { Db } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { OrderContacts } from './contact.ts'
import { selectContacts } from './contacts.sql.ts'

/** Of these orders those whose contacts were changed, with what they are now. */
export async function listContacts(
  db: Db,
  partnerId: PartnerId,
  orderIds: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, OrderContacts>> {
  const rows = await selectContacts(db, partnerId, orderIds)
  return new Map(rows.map(({ orderId, ...contacts }) => [orderId, contacts]))
}
