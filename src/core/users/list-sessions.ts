import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import { idleSeconds } from './find-signed-in.ts'
import { selectSessions } from './sessions.sql.ts'
import type { Session, User } from './user.ts'

/** A page of the sessions that somebody could use now, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listSessions(
  db: Db,
  user: Pick<User, 'partnerId' | 'id'>,
  request: PageRequest,
): Promise<Page<Session>> {
  return keysetPage(
    {
      name: 'sessions',
      filters: { userId: user.id },
      keyShapes: [isUuid],
      keyOf: (session) => [session.id],
      find: (position, limit) => selectSessions(db, user, idleSeconds, position, limit),
    },
    request,
  )
}
