import { randomBytes } from 'node:crypto'
import type { Db } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import { newId } from '../../platform/ids.ts'
import { sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { ClaimId } from '../../values/ids.ts'
import { isUnclear } from '../idempotency/idempotency.ts'
import { claim, release } from './references.sql.ts'
import type { ReferenceWish } from './reference.ts'

/**
 * Does something under a reference that no other call of the partner's has, of whatever kind. A repeat under the same key goes on, and `work` finds
 * what the first call did. After a first call's refusal that means that nothing was done the reference is free again; where nobody can tell it
 * stays bound, and where a server died before it did anything it is free after a minute.
 *
 * Throws what `work` throws, and Failure external_id_conflict: another call has the reference.
 */
export async function withReference<Result>(
  db: Db,
  wish: ReferenceWish,
  work: () => Promise<Result>,
): Promise<Result> {
  const { partnerId, name, key } = wish
  const held = { partnerId, name, claim: newId<ClaimId>() }
  const identity = key === undefined ? randomBytes(32) : sha256(`key ${key}`)
  const taken = await claim(db, { ...wish, ...held, identity })
  if (taken === undefined)
    throw new Failure('external_id_conflict', { sentence: 'This reference was used before.' })
  await failpoint('reference.claimed')
  try {
    return await work()
  } catch (error) {
    // Whatever becomes of the claim, who called is told what went wrong.
    const isRefused =
      error instanceof Failure && !isUnclear(error.code) && error.code !== 'external_id_conflict'
    // What a repeat is refused says nothing of the first call: that one may have done its work, or be about to.
    if (isRefused && taken.isFirst) await release(db, held).catch(() => undefined)
    throw error
  }
}
