import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { MessageId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { houseId } from './message.ts'
import type { Message, MessageTexts } from './message.ts'
import { findMessage, findSealedTexts } from './messages.sql.ts'
import { openTexts } from './open-texts.ts'

export type ShownMessage = Message & {
  /** Undefined once they are too old to be kept. */
  readonly texts: MessageTexts | undefined
}

/** A message with what it says, codes and passwords too; the audit log keeps who looked. Throws Failure message_not_found. */
export async function showMessage(
  tx: Tx,
  keyRing: KeyRing,
  { id, actor }: { readonly id: MessageId; readonly actor: string },
): Promise<ShownMessage> {
  const message = await findMessage(tx, id)
  if (message === undefined) throw new Failure('message_not_found')
  const sealed = await findSealedTexts(tx, id)
  if (sealed === undefined) return { ...message, texts: undefined }
  const partnerId = message.partnerId === houseId ? undefined : message.partnerId
  const details = { template: message.template, channel: message.channel }
  await recordAudit(tx, { actor, action: 'message.revealed', partnerId, subject: id, details })
  return { ...message, texts: await openTexts(keyRing, id, sealed) }
}
