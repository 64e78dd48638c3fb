import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { countFailure, lockFailures } from './failures.sql.ts'

/**
 * Counts something that anybody may ask for, in the caller's transaction: the last that an hour allows ends it for an hour.
 * Throws Failure too_many_failures.
 *
 * @param subject what is counted: "ask:web:+254712345678"
 * @param most asks within an hour
 */
export async function limitAsks(tx: Tx, subject: string, most: number): Promise<void> {
  const seconds = await lockFailures(tx, subject)
  if (seconds > 0) throw new Failure('too_many_failures', { retryAfterSeconds: Math.ceil(seconds) })
  await countFailure(tx, subject, most)
}
