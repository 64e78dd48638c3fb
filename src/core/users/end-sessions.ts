import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SessionId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId } from '../messages/message.ts'
import { endSessionRows } from './sessions.sql.ts'
import { actorOf } from './user.ts'
import type { User } from './user.ts'

type Owner = Pick<User, 'partnerId' | 'id'>

/** Ends one of somebody's own sessions at once. Throws Failure session_not_found, for another's too. */
export async function endSession(tx: Tx, user: Owner, sessionId: SessionId): Promise<void> {
  if ((await endSessionRows(tx, user, { only: sessionId })) === 0) throw new Failure('session_not_found')
  await note(tx, user, { sessionId })
}

/** Ends all of somebody's sessions but one. @returns how many */
export async function endOtherSessions(tx: Tx, user: Owner, keep: SessionId | undefined): Promise<number> {
  const ended = await endSessionRows(tx, user, { allBut: keep })
  if (ended > 0) await note(tx, user, { ended })
  return ended
}

async function note(tx: Tx, user: Owner, details: Readonly<Record<string, unknown>>): Promise<void> {
  await recordAudit(tx, {
    actor: actorOf(user),
    action: 'user.signed_out',
    partnerId: user.partnerId === houseId ? undefined : user.partnerId,
    subject: user.id,
    details,
  })
}
