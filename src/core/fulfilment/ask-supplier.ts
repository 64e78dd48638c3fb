import type { Database } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import type { Log } from '../../platform/log.ts'
import type { BookedSupplier } from './book.ts'
import type { ClaimedItem } from './fulfilment.ts'
import { noteAttempt } from './fulfilments.sql.ts'
import type { CallTerms, SupplierAnswer } from './supplier.ts'

/** What asking takes. */
export type AskParts = {
  readonly database: Database
  /** Kept of a claim for writing the result down, once the supplier has answered; ms. */
  readonly reserveMs: number
  readonly log: Log
  /** Told of each answer of a supplier. */
  readonly onAnswer: (
    supplier: string,
    asked: 'buy' | 'inquire',
    answer: SupplierAnswer['state'],
    tookMs: number,
  ) => void
}

/**
 * One exchange with a supplier under a claim: counted, timed and written down. What its breaker keeps away was certainly not sent, and
 * whoever comes too late under its claim must not send.
 */
export async function askSupplier(
  parts: AskParts,
  item: ClaimedItem,
  booked: BookedSupplier,
  kind: 'buy' | 'inquire',
  call: (terms: CallTerms) => Promise<SupplierAnswer>,
): Promise<SupplierAnswer> {
  const startedAt = performance.now()
  const lastMs = item.claimedUntilMs - parts.reserveMs
  const terms: CallTerms = {
    timeoutMs: Math.max(1, Math.floor(Math.min(booked.supplier.profile.timeoutMs, lastMs - startedAt))),
    mayStillSend: () => performance.now() < lastMs,
  }
  const answer = await booked.breaker.run(() => callSafely(parts, booked, () => call(terms)), isTrouble)
  await failpoint(`fulfilment.answered-${kind}`)
  const told = answer ?? keptAway
  const tookMs = performance.now() - startedAt
  parts.onAnswer(booked.account.code, kind, told.state, tookMs)
  await noteAttempt(parts.database, item, {
    kind,
    supplierId: booked.account.id,
    tookMs,
    answer: told.state,
    detail: 'detail' in told ? told.detail : '',
  })
  return told
}

/** Whether this process makes as many calls to the supplier as it may. */
export function hasHandsFull({ account, calls }: BookedSupplier): boolean {
  return calls.inHand >= account.concurrency
}

/** Takes a place among the calls to a supplier; at once, so that whoever looks next sees it taken. */
export function inHand<T>({ calls }: BookedSupplier, work: () => Promise<T>): Promise<T> {
  calls.inHand += 1
  return work().finally(() => (calls.inHand -= 1))
}

/** A connector that throws has a defect; what it was asked to do may have happened all the same. */
async function callSafely(
  { log }: AskParts,
  { account }: BookedSupplier,
  call: () => Promise<SupplierAnswer>,
): Promise<SupplierAnswer> {
  try {
    return withStorableTexts(await call())
  } catch (error) {
    log.error({ err: error, supplier: account.code }, 'a supplier connector failed')
    return { state: 'unknown', detail: 'The connector failed.' }
  }
}

/** A supplier's own words may hold what no column can: what it said must be written down all the same. */
function withStorableTexts(answer: SupplierAnswer): SupplierAnswer {
  return {
    ...answer,
    ...('detail' in answer ? { detail: toStorable(answer.detail) } : {}),
    ...('supplierReference' in answer && answer.supplierReference !== undefined
      ? { supplierReference: toStorable(answer.supplierReference) }
      : {}),
  }
}

function toStorable(text: string): string {
  return text.slice(0, textLongest).toWellFormed().replaceAll('\0', '\uFFFD')
}

const textLongest = 500

/** What stands for an answer where the breaker let no call through. */
export const keptAway: SupplierAnswer = { state: 'busy', detail: 'Its breaker is open.', retryAfterMs: 3_000 }

function isTrouble({ state }: SupplierAnswer): boolean {
  return state === 'unknown' || state === 'busy'
}
