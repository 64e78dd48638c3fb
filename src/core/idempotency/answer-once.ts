import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import { newId } from '../../platform/ids.ts'
import { equalInConstantTime, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { ClaimId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { claimSeconds, isUnclear, waitMsMost } from './idempotency.ts'
import type { KeyedRequest, StoredAnswer } from './idempotency.ts'
import { claimKey, deleteClaim, endClaim, selectKey, storeAnswer } from './idempotency.sql.ts'
import type { Claim, KeyRow } from './idempotency.sql.ts'

export type OnceParts = {
  readonly database: Db
  readonly keyRing: KeyRing
  /** How long a claim holds, in seconds; for tests. */
  readonly claimSeconds?: number | undefined
}

/**
 * Answers a call under its client's key: the first one works, and every other gets the bytes that it answered, for as long as they are
 * kept. An answer leaves only after it was stored, so no two can differ.
 *
 * `work` has to be harmless when it runs again: what it does must be unique by a reference that follows from the request. Then a server
 * that dies between the work and the storing burns no key: its claim runs out after half a minute at the most, and the next call
 * under the key finds what was done. A refusal is not stored: where it means that nothing was done the key is free again, for another request
 * too; where nobody can tell, it stays bound to its request, which may go on at once.
 *
 * Throws what `work` throws; Failure idempotency_conflict (another request under the key), idempotency_in_progress (the first is still
 * running after two seconds; the same call may come again).
 */
export async function answerOnce(
  parts: OnceParts,
  keyed: KeyedRequest,
  work: () => Promise<StoredAnswer>,
): Promise<{ readonly answer: StoredAnswer; readonly isReplayed: boolean }> {
  const requestHash = sha256(keyed.request)
  const giveUpAtMs = performance.now() + waitMsMost
  for (let turn = 0; ; turn += 1) {
    const wish = {
      id: newId<ClaimId>(),
      claim: newId<ClaimId>(),
      requestHash,
      seconds: parts.claimSeconds ?? claimSeconds,
    }
    const claim = await claimKey(parts.database, keyed, wish)
    if (claim !== undefined) return workUnder(parts, claim, work)
    const row = await selectKey(parts.database, keyed)
    const stored = row === undefined ? undefined : await read(parts, row, requestHash)
    if (stored !== undefined) return { answer: stored, isReplayed: true }
    if (performance.now() >= giveUpAtMs)
      throw new Failure('idempotency_in_progress', { retryAfterSeconds: 1 })
    await sleep(Math.min(pauseMsMost, pauseMsFirst * 2 ** turn))
  }
}

async function workUnder(
  parts: OnceParts,
  claim: Claim,
  work: () => Promise<StoredAnswer>,
): Promise<{ readonly answer: StoredAnswer; readonly isReplayed: boolean }> {
  await failpoint('idempotency.claimed')
  const answer = await work().catch(async (error: unknown) => {
    // Whatever becomes of the claim, who called is told what went wrong.
    await giveUp(parts, claim, error).catch(() => undefined)
    throw error
  })
  await failpoint('idempotency.worked')
  const sealed = await parts.keyRing.sealForPartner(claim.partnerId, answer.body, claim.id)
  if (await storeAnswer(parts.database, claim, { status: answer.status, ...sealed }))
    return { answer, isReplayed: false }
  // Another call took over: what it stored is the answer, or will be.
  const row = await selectKey(parts.database, claim)
  const stored = row === undefined ? undefined : await open(parts, row)
  if (stored === undefined) throw new Failure('idempotency_in_progress', { retryAfterSeconds: 1 })
  return { answer: stored, isReplayed: true }
}

async function giveUp({ database }: OnceParts, claim: Claim, error: unknown): Promise<void> {
  if (error instanceof Failure && !isUnclear(error.code)) await deleteClaim(database, claim)
  else await endClaim(database, claim)
}

/** The answer under a key; undefined: none yet. Throws Failure idempotency_conflict. */
async function read(parts: OnceParts, row: KeyRow, requestHash: Buffer): Promise<StoredAnswer | undefined> {
  if (!equalInConstantTime(row.requestHash, requestHash)) throw new Failure('idempotency_conflict')
  return open(parts, row)
}

async function open(
  { keyRing }: OnceParts,
  { id, status, ciphertext, dataKeyId }: KeyRow,
): Promise<StoredAnswer | undefined> {
  if (status === null || ciphertext === null || dataKeyId === null) return undefined
  return { status, body: await keyRing.open({ ciphertext, dataKeyId }, id) }
}

const pauseMsFirst = 10
const pauseMsMost = 160
