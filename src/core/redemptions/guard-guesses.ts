import type { Database, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { FailureCode } from '../../values/failure.ts'
import { beginTry, countFailure, lockFailures, undoTry } from './failures.sql.ts'

/**
 * Does what a guesser would try, in one transaction, and counts it when it fails in a way that tells him he was wrong. The tries of one
 * subject come one after the other, so that many at once are not more guesses. Throws what `work` throws, and Failure too_many_failures.
 *
 * @param subject who is guessed about: "phone:+254712345678"
 * @param most failures within an hour, after which nothing is tried for an hour
 */
export async function guardGuesses<T>(
  database: Database,
  guard: { readonly subject: string; readonly most: number; readonly wrong: readonly FailureCode[] },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { subject, most, wrong } = guard
  const end = await database.inTransaction(async (tx) => {
    const seconds = await lockFailures(tx, subject)
    if (seconds > 0) throw new Failure('too_many_failures', { retryAfterSeconds: Math.ceil(seconds) })
    await beginTry(tx)
    try {
      return { value: await work(tx) }
    } catch (error) {
      if (!(error instanceof Failure) || !wrong.includes(error.code)) throw error
      // What was tried is taken back, and the count is committed while the subject is still locked.
      await undoTry(tx)
      await countFailure(tx, subject, most)
      return { failure: error }
    }
  })
  if (end.failure !== undefined) throw end.failure
  return end.value
}
