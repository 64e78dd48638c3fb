import type { Tx } from '../../platform/database.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { insertAttempt, updateTried } from './claims.sql.ts'
import type { Claim, NewAttempt, TryResult } from './claims.sql.ts'
import { clearFailures, lockHealth, updateDisabled, updateFailures } from './endpoints.sql.ts'
import type { DisabledNotice } from './notice.ts'
import { afterFailure, judge, nextTryInSeconds } from './webhook.ts'

/** Tells a partner that an endpoint of it was disabled, in the transaction in which that happens. */
export type Notify = (tx: Tx, notice: DisabledNotice) => Promise<void>

/**
 * How a try ended: `retried` comes again, `failed` was the last one, `disabled` the endpoint's last one, and `late` came after its lease
 * had run out and somebody else had taken over.
 */
export type TryOutcome = 'delivered' | 'retried' | 'failed' | 'disabled' | 'late'

export type Tried = {
  readonly attempt: NewAttempt
  readonly scheduleSeconds: readonly number[]
  /** What the receiver asked for. */
  readonly retryAfterSeconds: number | undefined
}

/**
 * Notes one try, whatever came of it, and what follows from it for the delivery and its endpoint. A try whose claim does not hold any more
 * stands in the log and changes nothing.
 */
export async function noteTry(tx: Tx, notify: Notify, claim: Claim, tried: Tried): Promise<TryOutcome> {
  const { attempt } = tried
  await insertAttempt(tx, claim, attempt)
  const result = resultOf(claim, tried)
  if (!(await updateTried(tx, claim, result))) return 'late'
  if (result.state === 'delivered') {
    await clearFailures(tx, claim.partnerId, claim.endpointId)
    return 'delivered'
  }
  const cause = await countFailure(tx, claim, attempt)
  if (cause === undefined) return result.state === 'waiting' ? 'retried' : 'failed'
  await disable(tx, notify, claim, cause)
  return 'disabled'
}

function resultOf(claim: Claim, { attempt, scheduleSeconds, retryAfterSeconds }: Tried): TryResult {
  const verdict = judge(attempt.status)
  if (verdict === 'delivered') return { state: 'delivered' }
  if (verdict === 'gone') return { state: 'failed' }
  const nextInSeconds = nextTryInSeconds(scheduleSeconds, claim.tries + 1, retryAfterSeconds, Math.random())
  return nextInSeconds === undefined ? { state: 'failed' } : { state: 'waiting', nextInSeconds }
}

/** Counts a failure of the endpoint; answers why it must be disabled, if it must. */
async function countFailure(
  tx: Tx,
  { partnerId, endpointId }: Claim,
  { status }: NewAttempt,
): Promise<Cause | undefined> {
  const health = await lockHealth(tx, partnerId, endpointId)
  // Removed or disabled while this try was under way.
  if (health === undefined) return undefined
  const after = afterFailure(health)
  await updateFailures(tx, partnerId, endpointId, after)
  const failures = after.failuresInARow
  if (judge(status) === 'gone') return { reason: 'The receiver answered 410 Gone.', failures }
  return after.isGivenUp ? { reason: 'Not one event arrived for five days.', failures } : undefined
}

/** Why an endpoint is disabled, in a sentence, after how many failures in a row. */
type Cause = { readonly reason: string; readonly failures: number }

async function disable(
  tx: Tx,
  notify: Notify,
  { partnerId, endpointId, url, isCallback }: Claim,
  { reason, failures }: Cause,
): Promise<void> {
  await updateDisabled(tx, partnerId, endpointId, reason)
  const details = { reason }
  const action = 'webhook_endpoint.disabled'
  await recordAudit(tx, { actor: 'system', action, partnerId, subject: endpointId, details })
  // Who sent a request with a dead address along has registered nothing that could be mended.
  if (isCallback) return
  await notify(tx, { partnerId, template: 'webhook_disabled', facts: { endpointId, url, reason, failures } })
}
