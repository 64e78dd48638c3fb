import { authenticatorAddress, newAuthenticatorSecret, stepOfCode } from '../../platform/authenticator.ts'
import type { Database, Tx } from '../../platform/database.ts'
import { isPassword } from '../../platform/passwords.ts'
import { randomCharacters, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { countGuesses } from './count-guesses.ts'
import { houseId } from '../messages/message.ts'
import { requireCode } from './sign-in.ts'
import { actorOf } from './user.ts'
import type { User } from './user.ts'
import { clearSecret, confirmSecret, selectUser, updatePendingSecret, useStep } from './users.sql.ts'

/**
 * Makes a secret for somebody's authenticator app; it is in force once a code of it was shown. Throws Failure authenticator_conflict where one is in
 * force already.
 */
export async function beginAuthenticator(
  tx: Tx,
  keyRing: KeyRing,
  user: User,
): Promise<{ readonly secret: string; readonly address: string }> {
  const now = await selectUser(tx, user, true)
  if (now === undefined) throw new Failure('user_not_found')
  if (now.hasAuthenticator) throw new Failure('authenticator_conflict')
  const { partnerId, id, email } = now
  const secret = newAuthenticatorSecret()
  const sealed =
    partnerId === houseId
      ? keyRing.sealForStock(secret, id)
      : await keyRing.sealForPartner(partnerId, secret, id, tx)
  await updatePendingSecret(tx, now, sealed)
  return { secret, address: authenticatorAddress(secret, email) }
}

/**
 * Puts the secret into force, for a code that it makes now. @returns recovery codes, which are seen this once; each stands in for the app once.
 * Throws Failure authenticator_conflict (none was begun, or one is in force), code_required.
 */
export async function confirmAuthenticator(
  tx: Tx,
  keyRing: KeyRing,
  user: User,
  code: string,
): Promise<readonly string[]> {
  const now = await selectUser(tx, user, true)
  if (now?.totp === undefined || now.totp.isConfirmed) throw new Failure('authenticator_conflict')
  const step = stepOfCode(await keyRing.open(now.totp, now.id), code.replaceAll(/\s/g, ''), Date.now())
  if (step === undefined || !(await useStep(tx, now, step))) throw new Failure('code_required')
  const codes = Array.from({ length: 10 }, () => randomCharacters(letters, 10))
  await confirmSecret(tx, now, codes.map(sha256))
  await note(tx, user, 'user.authenticator_added')
  return codes.map((one) => `${one.slice(0, 5)}-${one.slice(5)}`)
}

/** Does without the app from here on. Throws Failure sign_in_failed, code_required, rate_limited, authenticator_conflict. */
export async function removeAuthenticator(
  database: Database,
  keyRing: KeyRing,
  command: { readonly user: User; readonly password: string; readonly code: string },
): Promise<void> {
  const { user, password, code } = command
  const known = await selectUser(database, user)
  if (known?.hasAuthenticator !== true) throw new Failure('authenticator_conflict')
  await countGuesses(database, user, async () => {
    if (!(await isPassword(known.passwordHash, password))) throw new Failure('sign_in_failed')
    await database.inTransaction(async (tx) => {
      const now = await selectUser(tx, user, true)
      if (now?.hasAuthenticator !== true) throw new Failure('authenticator_conflict')
      await requireCode(tx, keyRing, now, code)
      await clearSecret(tx, now)
      await note(tx, user, 'user.authenticator_removed')
    })
  })
}

async function note(tx: Tx, user: User, action: string): Promise<void> {
  const partnerId = user.partnerId === houseId ? undefined : user.partnerId
  await recordAudit(tx, { actor: actorOf(user), action, partnerId, subject: user.id })
}

const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
