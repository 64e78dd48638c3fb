import type { MessageId } from '../../values/ids.ts'
import type { KeyRing, Sealed } from '../keys/ring.ts'
import type { MessageTexts } from './message.ts'

/** Reads what `sendMessage` has sealed. Throws where the seal is not this message's. */
export async function openTexts(keyRing: KeyRing, id: MessageId, sealed: Sealed): Promise<MessageTexts> {
  return JSON.parse(await keyRing.open(sealed, id)) as MessageTexts // The seal proves that sendMessage wrote it.
}
