import type { Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { OrderContacts } from './contact.ts'
import { upsertContacts } from './contacts.sql.ts'

/** Sends the goods of an order somewhere else from now on; what is undefined stays. The audit log tells which of them changed. */
export async function setContacts(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    readonly contacts: OrderContacts
    readonly actor: string
  },
): Promise<void> {
  const { partnerId, orderId, contacts, actor } = command
  await upsertContacts(tx, partnerId, orderId, contacts)
  const changed = Object.entries(contacts).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  await recordAudit(tx, {
    actor,
    action: 'order.contacts_set',
    partnerId,
    subject: orderId,
    details: { changed },
  })
}
