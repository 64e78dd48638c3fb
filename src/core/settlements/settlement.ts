import type { FieldProblem } from '../../values/failure.ts'
import type { BankDetailsId, MerchantId, PartnerId, SettlementId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'

export const settlementStates = ['proposed', 'approved', 'rejected', 'returned'] as const

/** returned: a payout that came back, which a return of its own says. */
export type SettlementState = (typeof settlementStates)[number]

/** A payout to a merchant, or the return of one by its bank. One person proposes it, another decides. */
export type Settlement = {
  /** Out of whose books: the issuer of the vouchers that were redeemed. */
  readonly partnerId: PartnerId
  readonly id: SettlementId
  readonly kind: 'payout' | 'return'
  readonly merchantId: MerchantId
  /** The merchant's code. */
  readonly merchant: string
  /** The proposer's own name for it, unique in the issuer's books for ever. */
  readonly reference: string
  /** Micro-units. */
  readonly amount: Micros
  readonly currency: Currency
  readonly bankDetailsId: BankDetailsId
  /** Where it goes, with all but the last four signs of the number hidden. */
  readonly accountShown: string
  /** The payout that came back. */
  readonly payoutId: SettlementId | undefined
  /** What the proposer said; of a return, what the bank said. */
  readonly note: string
  readonly state: SettlementState
  readonly proposedBy: string
  readonly decidedBy: string | undefined
  /** Why it was rejected. */
  readonly reason: string
  readonly createdAt: Date
  readonly decidedAt: Date | undefined
}

/** What is wrong with a proposal; nothing: none. */
export function proposalProblems({
  amount,
  reference,
  note,
}: Pick<Settlement, 'amount' | 'reference' | 'note'>): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (amount <= 0n || amount > largestAmountMicros) {
    const sentence = 'The amount must be more than zero and not beyond the largest amount.'
    problems.push({ field: 'amount', sentence })
  }
  if (reference.trim() === '' || reference.length > 64 || !isStorableJson(reference))
    problems.push({ field: 'reference', sentence: 'The reference must be 1 to 64 characters of text.' })
  if (note.length > 1_000 || !isStorableJson(note))
    problems.push({ field: 'note', sentence: 'The note must be at most 1000 characters of text.' })
  return problems
}

/** True for a reason that is kept: 1 to 1,000 characters of text. */
export function isReason(text: string): boolean {
  return text.trim() !== '' && text.length <= 1_000 && isStorableJson(text)
}
