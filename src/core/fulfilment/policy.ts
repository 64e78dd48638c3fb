import type { Progress } from './fulfilment.ts'
import type { Goods, RefusalReason, SupplierAnswer, SupplierProfile } from './supplier.ts'

/** What to do with an item that is due. */
export type Step =
  /** Choose whom to ask, and ask. */
  | { readonly kind: 'route' }
  /** Send the purchase again to the supplier that has it: it recognises the reference. */
  | { readonly kind: 'buy' }
  /** Ask what became of the purchase. */
  | { readonly kind: 'inquire' }
  | { readonly kind: 'park'; readonly reason: string }
  /** The item has ended and its supplier cannot be asked: there is nothing to look at. */
  | { readonly kind: 'rest' }

/** What follows from an answer. */
export type Verdict =
  | {
      readonly kind: 'complete'
      readonly goods: readonly Goods[]
      readonly cost: Extract<SupplierAnswer, { state: 'delivered' }>['cost']
    }
  /** This supplier will not deliver; the next in the chain may. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** The supplier was not reached or did not take it, and has never had it: as if nobody had been asked. */
  | { readonly kind: 'unasked'; readonly afterMs: number }
  | { readonly kind: 'wait'; readonly state: 'unknown' | 'pending'; readonly afterMs: number }
  /** Send it again, now: the supplier does not have it, and would recognise it if it had. */
  | { readonly kind: 'send_again' }
  | { readonly kind: 'park'; readonly reason: string }
  /** An item that has ended turns out otherwise. */
  | { readonly kind: 'break'; readonly break: 'late_success' | 'reversal'; readonly goods: readonly Goods[] }
  | { readonly kind: 'rest' }

/** The paces of the policy, in ms. */
export type Paces = {
  /** How long to wait before the first, second … question; the last one repeats. */
  readonly askAfterMs: readonly number[]
  /** How long to wait before everybody who was busy is tried again; when the list is at its end, the supplier counts as refusing. */
  readonly busyAfterMs: readonly number[]
}

export const usualPaces: Paces = {
  askAfterMs: [2_000, 5_000, 15_000, 60_000, 300_000, 1_800_000, 3_600_000],
  busyAfterMs: [1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000],
}

/** When an item that failed in doubt is looked at once more. */
export const lookAgainAfterMs = 3_600_000

/** After so many claims of which nobody lived to tell, something about the item kills whoever touches it. */
const claimsMost = 5

/**
 * What to do with a due item. An answer that never came leaves only what the supplier's profile allows: whoever knows our references is
 * asked, whoever recognises them is sent the same again, and where neither holds a machine must not go on.
 *
 * @param profile of the supplier that was asked last; undefined: there is none, or it is not there any more
 */
export function nextStep(item: Progress, profile: SupplierProfile | undefined): Step {
  const hasEnded = item.state === 'completed' || item.state === 'failed'
  if (item.claims > claimsMost)
    return hasEnded ? { kind: 'rest' } : { kind: 'park', reason: 'it ended every process that took it' }
  if (item.state === 'accepted') return { kind: 'route' }
  if (profile?.statusByReference === true) return { kind: 'inquire' }
  if (hasEnded) return { kind: 'rest' }
  if (profile === undefined) return { kind: 'park', reason: 'its supplier is not there any more' }
  if (profile.dedupsByReference) return { kind: 'buy' }
  return { kind: 'park', reason: 'nobody can tell what became of the purchase' }
}

/**
 * Whether a machine may go on with an item that a person sends back to it.
 *
 * @param wasAsked whether a purchase was ever sent to anybody
 * @param profile of the supplier that was asked last; undefined: it is not there any more
 */
export function mayRetry(wasAsked: boolean, profile: SupplierProfile | undefined): boolean {
  return !wasAsked || (profile !== undefined && canGoOn(profile))
}

/**
 * What follows from what a supplier said. Only explicit words end an item: a refusal is one where the supplier gave it, silence and
 * nonsense are not, and "not found" is one nowhere.
 *
 * @param item as it was before the call, this purchase counted among its sends
 * @param nowMs since 1970, by the database's clock
 */
export function judge(
  item: Progress,
  asked: 'buy' | 'inquire',
  answer: SupplierAnswer,
  profile: SupplierProfile,
  paces: Paces,
  nowMs: number,
): Verdict {
  if (item.state === 'completed' || item.state === 'failed') return judgeEnded(item, answer)
  const askAfterMs = at(paces.askAfterMs, item.asks)
  switch (answer.state) {
    case 'delivered':
      return { kind: 'complete', goods: answer.goods, cost: answer.cost }
    case 'refused':
      return judgeRefused(item, asked, answer.reason, profile, askAfterMs, nowMs)
    case 'reversed':
      return { kind: 'refused', reason: 'rejected' }
    case 'pending':
      return { kind: 'wait', state: 'pending', afterMs: askAfterMs }
    case 'busy':
      return judgeBusy(item, asked, answer.retryAfterMs ?? 0, paces)
    case 'unknown':
      return canGoOn(profile)
        ? { kind: 'wait', state: stillPending(item), afterMs: askAfterMs }
        : { kind: 'park', reason: answer.detail }
    case 'not_found':
      return judgeNotFound(item, profile, askAfterMs, nowMs)
  }
}

/** An item that failed and was delivered after all, or was delivered and taken back: nothing that a machine may settle. */
function judgeEnded({ state }: Progress, answer: SupplierAnswer): Verdict {
  if (state === 'failed' && answer.state === 'delivered')
    return { kind: 'break', break: 'late_success', goods: answer.goods }
  if (state === 'completed' && (answer.state === 'reversed' || answer.state === 'refused'))
    return { kind: 'break', break: 'reversal', goods: [] }
  return { kind: 'rest' }
}

/** Busy is a definite no to this call alone: an earlier one may still have been taken. */
function judgeBusy(item: Progress, asked: 'buy' | 'inquire', retryAfterMs: number, paces: Paces): Verdict {
  if (asked === 'inquire' || item.sends > 1) {
    const afterMs = Math.max(at(paces.askAfterMs, item.asks), Math.min(retryAfterMs, retryAfterMsMost))
    return { kind: 'wait', state: stillPending(item), afterMs }
  }
  const afterMs = paces.busyAfterMs[item.asks]
  if (afterMs === undefined) return { kind: 'refused', reason: 'operator_unavailable' }
  return { kind: 'unasked', afterMs: Math.max(afterMs, Math.min(retryAfterMs, retryAfterMsMost)) }
}

/**
 * A refused repeat says that the supplier has not had the purchase, so far: a try before it that was never answered may still be on its
 * way. Until it can have arrived, nobody is paid back and nobody else is asked.
 */
function judgeRefused(
  item: Progress,
  asked: 'buy' | 'inquire',
  reason: RefusalReason,
  profile: SupplierProfile,
  askAfterMs: number,
  nowMs: number,
): Verdict {
  const leftMs = item.unansweredAt === undefined ? 0 : settlesInMs(item.unansweredAt, profile, nowMs)
  if (asked === 'inquire' || leftMs <= 0) return { kind: 'refused', reason }
  return { kind: 'wait', state: stillPending(item), afterMs: Math.min(askAfterMs, leftMs) }
}

function judgeNotFound(item: Progress, profile: SupplierProfile, askAfterMs: number, nowMs: number): Verdict {
  if (profile.dedupsByReference) return { kind: 'send_again' }
  if (item.sentAt !== undefined && settlesInMs(item.sentAt, profile, nowMs) > 0)
    return { kind: 'wait', state: stillPending(item), afterMs: Math.min(askAfterMs, profile.settleWindowMs) }
  return {
    kind: 'park',
    reason: 'the supplier does not know of it, and would not recognise it a second time',
  }
}

/** How long from now a purchase may still come to be known where it was sent. */
function settlesInMs(sentAt: Date, { settleWindowMs }: SupplierProfile, nowMs: number): number {
  return sentAt.getTime() + settleWindowMs - nowMs
}

/** What a supplier had in hand stays so until it says otherwise; silence only makes an item unknown that was not known before. */
function stillPending({ state }: Progress): 'unknown' | 'pending' {
  return state === 'pending' ? 'pending' : 'unknown'
}

function canGoOn({ dedupsByReference, statusByReference }: SupplierProfile): boolean {
  return dedupsByReference || statusByReference
}

function at(list: readonly number[], place: number): number {
  return list[Math.min(place, list.length - 1)] ?? 3_600_000
}

/** Whoever asks for more is asked again all the same. */
const retryAfterMsMost = 3_600_000
