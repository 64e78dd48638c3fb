import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { MessageId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId } from './message.ts'
import type { Message } from './message.ts'
import { findMessage, updateCancelled } from './messages.sql.ts'

/** Takes a waiting message out of the outbox. Throws Failure message_not_found, and message_in_hand when it is being sent or waits no more. */
export async function cancelMessage(
  tx: Tx,
  { id, actor }: { readonly id: MessageId; readonly actor: string },
): Promise<Message> {
  const message = await updateCancelled(tx, id)
  if (message === undefined)
    throw new Failure((await findMessage(tx, id)) === undefined ? 'message_not_found' : 'message_in_hand')
  const partnerId = message.partnerId === houseId ? undefined : message.partnerId
  await recordAudit(tx, { actor, action: 'message.cancelled', partnerId, subject: id })
  return message
}
