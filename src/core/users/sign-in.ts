import type { Database, Tx } from '../../platform/database.ts'
import { stepOfCode } from '../../platform/authenticator.ts'
import { isPassword } from '../../platform/passwords.ts'
import { sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import { clearTries, countTry, forgiveTry } from './access.sql.ts'
import { openSession } from './open-session.ts'
import type { Browser, OpenedSession } from './open-session.ts'
import { passwordLongest, tidyEmail } from './user.ts'
import type { Side } from './user.ts'
import { selectUser, useRecoveryCode, useStep } from './users.sql.ts'
import type { StoredUser } from './users.sql.ts'
import { houseId } from '../messages/message.ts'

export type SignIn = {
  readonly side: Side
  readonly email: string
  readonly password: string
  /** Of the authenticator app, or a recovery code; only where somebody has one. */
  readonly code?: string | undefined
} & Browser

/**
 * Opens a session for whoever knows the password, and has the authenticator app where one was set up. Whether an address is known shows neither
 * in the answer nor in its time. Tries that fail are counted per account and address, per account, and per address.
 *
 * Throws Failure sign_in_failed, code_required (the password was right; a code is missing or wrong), rate_limited.
 */
export async function signIn(database: Database, keyRing: KeyRing, command: SignIn): Promise<OpenedSession> {
  const email = tidyEmail(command.email).slice(0, 254)
  const guard = await countTries(database, keyRing, email, command.address)
  const found = await selectUser(database, { email })
  const user = found !== undefined && sideOf(found) === command.side ? found : undefined
  const canSignIn = user?.state === 'active'
  const isRight = await isPassword(
    canSignIn ? user.passwordHash : undefined,
    command.password.slice(0, passwordLongest),
  )
  if (user === undefined || !canSignIn || !isRight) throw new Failure('sign_in_failed')
  const opened = await database.inTransaction(async (tx) => {
    // Read again under a lock: the password may have been changed, the person locked out.
    const now = await selectUser(tx, user, true)
    if (now?.state !== 'active' || now.passwordHash !== user.passwordHash) throw new Failure('sign_in_failed')
    if (now.hasAuthenticator) await requireCode(tx, keyRing, now, command.code)
    return openSession(tx, now, command)
  })
  await guard.forgive()
  return opened
}

/** Throws Failure code_required unless the code is of now and was never used, or is a recovery code that is left. */
export async function requireCode(
  tx: Tx,
  keyRing: KeyRing,
  user: StoredUser,
  code: string | undefined,
): Promise<void> {
  const given = code?.replaceAll(/[\s-]/g, '').toUpperCase() ?? ''
  const isUsed =
    user.totp !== undefined && /^\d{6}$/.test(given)
      ? await useCodeOfApp(tx, keyRing, user, given)
      : /^[A-Z2-9]{10}$/.test(given) && (await useRecoveryCode(tx, user, sha256(given)))
  if (!isUsed) throw new Failure('code_required')
}

async function useCodeOfApp(tx: Tx, keyRing: KeyRing, user: StoredUser, code: string): Promise<boolean> {
  if (user.totp === undefined) return false
  const step = stepOfCode(await keyRing.open(user.totp, user.id), code, Date.now())
  return step !== undefined && (await useStep(tx, user, step))
}

function sideOf(user: StoredUser): Side {
  return user.partnerId === houseId ? 'operator' : 'partner'
}

/** Counts before anything is compared, so that a thousand tries at once are a thousand tries. */
async function countTries(database: Database, keyRing: KeyRing, email: string, address: string) {
  const keyOf = (...parts: string[]): Buffer => sha256(keyRing.fingerprint('password', ...parts))
  const limits = [
    { key: keyOf('both', email, address), most: 5 },
    { key: keyOf('address', address), most: 100 },
    // Last, and high: somebody who guesses from many addresses is slowed, and the owner is not easily locked out.
    { key: keyOf('account', email), most: 50 },
  ]
  for (const { key, most } of limits) {
    const { failures, seconds } = await countTry(database, key, windowSeconds)
    if (failures > most) throw new Failure('rate_limited', { retryAfterSeconds: Math.max(seconds, 1) })
  }
  return {
    async forgive(): Promise<void> {
      const [both, ...others] = limits
      if (both !== undefined) await clearTries(database, both.key)
      for (const { key } of others) await forgiveTry(database, key)
    },
  }
}

const windowSeconds = 900
