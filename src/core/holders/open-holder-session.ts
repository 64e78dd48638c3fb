import { newId } from '../../platform/ids.ts'
import { hmacSha256, sha256 } from '../../platform/secrets.ts'
import type { SessionId } from '../../values/ids.ts'
import type { HolderParts } from './ask-for-code.ts'
import { insertHolderSession } from './holders.sql.ts'
import { sessionLifeMinutes } from './holder.ts'
import { proveCode } from './prove-code.ts'

/**
 * Opens the page of a telephone's owner for ten minutes by the code that was sent there. The code works only together with the secret of the page
 * that asked for it, and opens one session however often it comes: a hurried second click is none.
 * Throws Failure one_time_code_wrong, too_many_failures.
 *
 * @param command.requestKey as it was given to `askForCode`; a secret of the page
 * @returns the token of the session
 */
export async function openHolderSession(
  parts: Pick<HolderParts, 'database' | 'keyRing'>,
  command: { readonly phone: string; readonly requestKey: string; readonly code: string },
): Promise<{ readonly token: string; readonly lifeMinutes: number }> {
  const { phone, requestKey, code } = command
  const which = { purpose: 'web', phone, code, requestHash: sha256(requestKey) } as const
  return proveCode(parts, which, async (tx, live) => {
    const token = hmacSha256(requestKey, `session of ${live.id}`).toString('base64url')
    const session = { id: newId<SessionId>(), tokenHash: sha256(token), phone }
    await insertHolderSession(tx, { ...session, lifeMinutes: sessionLifeMinutes })
    return { token, lifeMinutes: sessionLifeMinutes }
  })
}
