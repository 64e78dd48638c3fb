import type { Database } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import { deleteVainMails, selectDueOrders } from './order-mails.sql.ts'
import { sendOrderMail } from './send-order-mail.ts'

/**
 * Sends the mails of orders that have delivered since nobody was looking (a supplier was late, a server died), and drops those of orders that
 * failed. Running it twice does no harm.
 *
 * @returns how many were sent; a run that is full of them leaves the rest to the next one
 */
export async function sendDueMails(database: Database, keyRing: KeyRing): Promise<number> {
  await deleteVainMails(database)
  let sent = 0
  const faults: unknown[] = []
  for (const { partnerId, orderId } of await selectDueOrders(database, mailsMost)) {
    try {
      if (await sendOrderMail(database, keyRing, partnerId, orderId)) sent += 1
    } catch (error) {
      // One that cannot be written keeps no other back.
      faults.push(error)
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} mails could not be written.`)
  return sent
}

const mailsMost = 1_000
