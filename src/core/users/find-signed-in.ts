import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { SessionId } from '../../values/ids.ts'
import { noteSeen, selectSignedIn } from './sessions.sql.ts'
import type { User } from './user.ts'

/** Somebody with the session that proves it. */
export type SignedIn = { readonly user: User; readonly sessionId: SessionId }

/**
 * Whose session a token opens. It ends when nobody used it for half a day. Throws Failure unauthenticated, partner_inactive (the company is
 * suspended or closed), unavailable.
 *
 * @param address where it is used from, which is kept to be shown
 */
export async function findSignedIn(database: Database, token: string, address: string): Promise<SignedIn> {
  if (token.length > 100) throw new Failure('unauthenticated')
  try {
    const found = await selectSignedIn(database, sha256(token), idleSeconds)
    if (found === undefined) throw new Failure('unauthenticated')
    const { user, sessionId, partnerStatus, isStale } = found
    if (partnerStatus !== undefined && partnerStatus !== 'active') throw new Failure('partner_inactive')
    if (isStale) await noteSeen(database, user.partnerId, sessionId, address)
    return { user, sessionId }
  } catch (error) {
    throw isDatabaseDown(error) ? new Failure('unavailable', { retryAfterSeconds: 1, cause: error }) : error
  }
}

/** Half a day. */
export const idleSeconds = 43_200
