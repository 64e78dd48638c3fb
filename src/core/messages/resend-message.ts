import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { MessageId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId, waitingDaysMost } from './message.ts'
import type { Message } from './message.ts'
import { findMessage, updateAgain } from './messages.sql.ts'
import { parseTemplateCode, templates } from './templates.ts'

/**
 * Sends a message that was sent, has failed or was cancelled once more, as it was rendered then. Throws Failure message_not_found, and
 * message_in_hand when it still waits or its texts are not kept any more.
 */
export async function resendMessage(
  tx: Tx,
  { id, actor }: { readonly id: MessageId; readonly actor: string },
): Promise<Message> {
  const known = await findMessage(tx, id)
  if (known === undefined) throw new Failure('message_not_found')
  const code = parseTemplateCode(known.template)
  const usefulMinutes =
    (code === undefined ? undefined : templates[code].usefulMinutes) ?? waitingDaysMost * 1_440
  const message = await updateAgain(tx, id, usefulMinutes)
  if (message === undefined) {
    const sentence =
      known.state === 'waiting'
        ? 'The message still waits for being sent.'
        : 'What the message said is not kept any more.'
    throw new Failure('message_in_hand', { sentence })
  }
  const partnerId = message.partnerId === houseId ? undefined : message.partnerId
  const details = { from: known.state, round: message.round }
  await recordAudit(tx, { actor, action: 'message.resent', partnerId, subject: id, details })
  return message
}
