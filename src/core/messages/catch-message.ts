import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { CaughtMessageId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { deleteOldest, insertCaught } from './caught-messages.sql.ts'
import type { CaughtContent, CaughtMessage } from './catcher.ts'

/** Keeps a message of a sandbox instead of sending it; beyond the newest 1,000, the oldest goes. */
export async function catchMessage(
  database: Database,
  keyRing: KeyRing,
  { channel, source }: Pick<CaughtMessage, 'channel' | 'source'>,
  content: CaughtContent,
): Promise<CaughtMessageId> {
  const id = newId<CaughtMessageId>()
  const sealed = keyRing.sealForStock(JSON.stringify(content), id)
  await database.inTransaction(async (tx) => {
    await insertCaught(tx, { id, channel, source, sealed })
    await deleteOldest(tx, caughtMost)
  })
  return id
}

const caughtMost = 1_000
