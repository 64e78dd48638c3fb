import type { FailureCode } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'

/** A call that its client may repeat under a key of its own. */
export type KeyedRequest = {
  readonly partnerId: PartnerId
  /** 1 to 128 characters, unique for the partner's calls. */
  readonly key: string
  /** What makes two calls the same, as one text: method, path, body. */
  readonly request: string
}

/** What was answered: a body is given again byte by byte. */
export type StoredAnswer = { readonly status: number; readonly body: string }

/** How long an answer is given again. What the call did is found by its own reference for ever. */
export const answerKeptDays = 90

/** How long a claim holds: longer than a call takes, and short enough that a key whose server died is soon free for a retry. */
export const claimSeconds = 30

/** How long a call waits for the first one under its key before it is told to come back. */
export const waitMsMost = 2_000

/**
 * Whether a refusal leaves open what was done: the key stays bound to its request then, and the same request may go on at once. After
 * every other refusal nothing was done, and the key is as free as if it had never been used.
 */
export function isUnclear(code: FailureCode): boolean {
  return unclear.has(code)
}

const unclear: ReadonlySet<FailureCode> = new Set(['unavailable', 'internal', 'order_in_progress'])
