import { openTexts } from '../src/core/messages/open-texts.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import type { DataKeyId, MessageId } from '../src/values/ids.ts'

/** What the outbox says to a telephone or a mailbox, the oldest first. */
export async function messagesTo(
  database: Database,
  keyRing: KeyRing,
  recipient: string,
  template?: string,
): Promise<string[]> {
  const rows = await database.query<{ id: MessageId; ciphertext: Buffer; dataKeyId: DataKeyId }>(sql`
    select id, body as ciphertext, data_key_id as "dataKeyId" from messages
    where recipient = ${recipient} ${template === undefined ? sql`` : sql`and template = ${template}`} order by created_at, id`)
  return Promise.all(
    rows.map(
      async ({ id, ciphertext, dataKeyId }) => (await openTexts(keyRing, id, { ciphertext, dataKeyId })).text,
    ),
  )
}
