import type { Database } from '../../platform/database.ts'
import { sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import { clearTries, countTry } from './access.sql.ts'
import type { User } from './user.ts'

/**
 * Lets somebody who is signed in show that they know their password, or have their authenticator: ten times in a quarter of an hour, counted before
 * anything is compared. Whoever has stolen a session must not find out by it what it does not tell.
 *
 * Throws Failure rate_limited, and what `show` throws.
 */
export async function countGuesses(database: Database, user: User, show: () => Promise<void>): Promise<void> {
  const key = sha256(`what is known or had by the user ${user.id}`)
  const { failures, seconds } = await countTry(database, key, windowSeconds)
  if (failures > guessesMost) throw new Failure('rate_limited', { retryAfterSeconds: Math.max(seconds, 1) })
  await show()
  await clearTries(database, key)
}

const guessesMost = 10
const windowSeconds = 900
