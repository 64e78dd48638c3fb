import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import type { SessionId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId } from '../messages/message.ts'
import { endOldSessions, insertSession } from './sessions.sql.ts'
import { actorOf } from './user.ts'
import type { User } from './user.ts'
import { noteSignIn } from './users.sql.ts'

/** Where somebody signs in from. */
export type Browser = {
  readonly address: string
  /** What it calls itself. */
  readonly agent: string
}

/** The token of a new session: shown once, to be kept by the browser alone. */
export type OpenedSession = { readonly token: string; readonly lifeSeconds: number; readonly user: User }

/** Opens a session for somebody whose identity is proven. The oldest of very many end. */
export async function openSession(tx: Tx, user: User, { address, agent }: Browser): Promise<OpenedSession> {
  const { partnerId, id: userId } = user
  const id = newId<SessionId>()
  const token = newToken('')
  const shown = agent.toWellFormed().replaceAll('\0', '').slice(0, 300)
  const row = { partnerId, id, userId, address, agent: shown, lifeSeconds: sessionSeconds }
  await insertSession(tx, { ...row, tokenHash: sha256(token) })
  await endOldSessions(tx, user, sessionsMost)
  await noteSignIn(tx, user)
  await recordAudit(tx, {
    actor: actorOf(user),
    action: 'user.signed_in',
    partnerId: partnerId === houseId ? undefined : partnerId,
    subject: userId,
    details: { address, agent: shown },
  })
  return { token, lifeSeconds: sessionSeconds, user }
}

/** Seven days, however busy the session is. */
const sessionSeconds = 604_800
const sessionsMost = 20
