import type { Database, Tx } from '../../platform/database.ts'
import { equalInConstantTime } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import { guardGuesses } from '../redemptions/guard-guesses.ts'
import { fingerprintOfOneTimeCode } from './fingerprint-of-one-time-code.ts'
import { selectLiveCode } from './holders.sql.ts'
import type { LiveCode } from './holders.sql.ts'
import { isOneTimeCode, wrongCodesMost } from './holder.ts'
import type { CodePurpose } from './holder.ts'

/**
 * Goes on with `work` where the code is the one that was sent. A code that was never sent, one that has ended and one that is wrong are the same;
 * five of the last within an hour end it for an hour. Throws Failure one_time_code_wrong, too_many_failures.
 *
 * @param which.requestHash who asked for it; undefined: the newest code of the telephone
 */
export async function proveCode<T>(
  { database, keyRing }: { readonly database: Database; readonly keyRing: KeyRing },
  which: {
    readonly purpose: CodePurpose
    readonly phone: string
    readonly requestHash: Buffer | undefined
    readonly code: string
  },
  work: (tx: Tx, live: LiveCode) => Promise<T>,
): Promise<T> {
  const { purpose, phone, code } = which
  // Where no code was sent there is nothing to guess, and a stranger leaves no trace in the counts.
  const live = isOneTimeCode(code) ? await selectLiveCode(database, which) : undefined
  if (live === undefined) throw new Failure('one_time_code_wrong')
  const guard = {
    subject: `code:${purpose}:${phone}`,
    most: wrongCodesMost,
    wrong: ['one_time_code_wrong'],
  } as const
  return guardGuesses(database, guard, async (tx) => {
    const given = fingerprintOfOneTimeCode(keyRing, live.id, code)
    if (!equalInConstantTime(Buffer.from(given), Buffer.from(live.codeHash)))
      throw new Failure('one_time_code_wrong')
    return work(tx, live)
  })
}
