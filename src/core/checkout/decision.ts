import type { CheckoutId, PartnerId, PayerId } from '../../values/ids.ts'
import type { PayerAnswer } from './payer.ts'

/**
 * waiting      for a payer's word
 * paying       it was approved, and the seller is to be paid
 * withdrawing  nobody wants it any more, and the payer is to be told
 * parked       it waits for a person
 */
export type DecisionState =
  | 'waiting'
  | 'paying'
  | 'withdrawing'
  | 'approved'
  | 'declined'
  | 'withdrawn'
  | 'parked'

type DecisionKey = { readonly partnerId: PartnerId; readonly checkoutId: CheckoutId }

/** Whether a payer pays for an agreed order, and how far that is. */
export type Decision = DecisionKey & {
  readonly payerId: PayerId
  readonly payerCode: string
  readonly state: DecisionState
  /** Where the buyer goes on, as the payer said. */
  readonly continueUrl: string | undefined
  readonly word: 'approve' | 'decline' | undefined
  readonly payerReference: string | undefined
  readonly detail: string
  readonly createdAt: Date
  /** The day on which the buyer agreed: when the instalments begin. */
  readonly agreedOn: string
  readonly endedAt: Date | undefined
}

/** A decision in the hands of this process. */
export type ClaimedDecision = Decision & {
  readonly fence: bigint
  /** When the claim runs out, in ms of this process's monotonic clock. */
  readonly claimedUntilMs: number
  /** Applications that were sent, and questions since the last definite word. */
  readonly sends: number
  readonly asks: number
  /** Claims in a row of which nobody lived to tell. */
  readonly claims: number
}

export type DecisionStep = 'apply' | 'inquire' | 'pay' | 'withdraw' | 'park'

/** What is to be done about a decision. */
export function nextStep({
  state,
  sends,
  claims,
}: Pick<ClaimedDecision, 'state' | 'sends' | 'claims'>): DecisionStep {
  if (claims > claimsMost && state === 'waiting') return 'park'
  if (state === 'paying') return 'pay'
  if (state === 'withdrawing') return 'withdraw'
  return sends === 0 ? 'apply' : 'inquire'
}

export type DecisionVerdict =
  | { readonly kind: 'approve' | 'decline' }
  | { readonly kind: 'apply_again' }
  | { readonly kind: 'wait'; readonly afterMs: number }

/**
 * What follows from an answer. Only explicit words decide: silence is asked about until there is one, however long that takes, and an
 * application that never arrived is put again under the same reference.
 */
export function judge(asked: 'apply' | 'inquire', answer: PayerAnswer, asks: number): DecisionVerdict {
  switch (answer.state) {
    case 'approved':
      return { kind: 'approve' }
    case 'declined':
      return { kind: 'decline' }
    case 'not_found':
      // In answer to an application it makes no sense, and nothing is certain.
      return asked === 'inquire' ? { kind: 'apply_again' } : { kind: 'wait', afterMs: waitOf(asks) }
    case 'pending':
    case 'unknown':
      return { kind: 'wait', afterMs: waitOf(asks) }
  }
}

/** How long until the next question after so many. */
export function waitOf(asks: number): number {
  return waitsMs[Math.min(asks, waitsMs.length - 1)] ?? 0
}

const claimsMost = 5
const waitsMs = [2_000, 5_000, 15_000, 60_000, 300_000, 1_800_000, 3_600_000]
