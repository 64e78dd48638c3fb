import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Message } from './message.ts'
import { selectMessages } from './messages.sql.ts'
import type { MessageFilter } from './messages.sql.ts'

/** A page of the outbox, newest first, without what the messages say. Throws Failure validation_failed for a foreign cursor. */
export async function listMessages(
  db: Db,
  filter: MessageFilter,
  request: PageRequest,
): Promise<Page<Message>> {
  return keysetPage(
    {
      name: 'messages',
      filters: filter,
      keyShapes: [isUuid],
      keyOf: (message) => [message.id],
      find: (position, limit) => selectMessages(db, filter, position, limit),
    },
    request,
  )
}
