import type { BreakId, OrderId, PartnerId, ProposalId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/**
 * What does not fit and waits for two persons: a purchase that was delivered after it had failed, one that was taken back, codes that
 * cannot be right, a cost that is not what was agreed, and what a supplier's statement has and we have not, or the other way round.
 */
export type BreakKind =
  | 'late_success'
  | 'reversal'
  | 'bad_goods'
  | 'cost_mismatch'
  | 'missing_here'
  | 'missing_there'
  | 'amount_mismatch'

/**
 * What two persons make of a break.
 *
 * write_off          the supplier is paid for it, and nobody pays us: a cost
 * supplier_credits   the supplier does not charge what is booked as its due: the cost is taken back
 * refund_partner     the partner has all of the order's money back, and the order failed; what the supplier charges stays
 * refund_and_credit  both of the former
 * no_action          the books are right as they are
 */
export const resolutions = [
  'write_off',
  'supplier_credits',
  'refund_partner',
  'refund_and_credit',
  'no_action',
] as const

export type Resolution = (typeof resolutions)[number]

type BreakState = 'open' | 'proposed' | 'settled'

/** Something that does not fit, and how far it is settled. */
export type Break = {
  readonly id: BreakId
  readonly kind: BreakKind
  readonly supplierId: SupplierId
  readonly supplierCode: string
  /** Undefined, as the order and the item are: nothing of ours has the reference. */
  readonly partnerId: PartnerId | undefined
  readonly orderId: OrderId | undefined
  readonly item: number | undefined
  readonly reference: string
  /** Micro-units of what is at stake; of an amount_mismatch, how much more the supplier wants than is booked. Undefined: nobody knows. */
  readonly amount: Micros | undefined
  readonly currency: Currency
  readonly detail: string
  readonly state: BreakState
  readonly proposalId: ProposalId | undefined
  readonly resolution: Resolution | undefined
  /** Micro-units that the resolution books at the supplier; undefined: none. */
  readonly settleAmount: Micros | undefined
  readonly note: string
  readonly proposedBy: string | undefined
  readonly proposedAt: Date | undefined
  readonly settledBy: string | undefined
  readonly settledAt: Date | undefined
  readonly createdAt: Date
}

/** What a resolution moves: the partner's money back, and what we owe the supplier. */
export type Moves = { readonly refund: boolean; readonly cost: 'more' | 'less' | 'same' }

export const movesOf = {
  write_off: { refund: false, cost: 'more' },
  supplier_credits: { refund: false, cost: 'less' },
  refund_partner: { refund: true, cost: 'same' },
  refund_and_credit: { refund: true, cost: 'less' },
  no_action: { refund: false, cost: 'same' },
} as const satisfies Record<Resolution, Moves>

/** What can be made of each kind. A partner who was told that an order failed is not charged for it later. */
const choices: Readonly<Record<BreakKind, readonly Resolution[]>> = {
  late_success: ['write_off', 'no_action'],
  reversal: ['refund_and_credit', 'refund_partner', 'supplier_credits', 'no_action'],
  bad_goods: ['write_off', 'supplier_credits', 'no_action'],
  cost_mismatch: ['supplier_credits', 'no_action'],
  missing_here: ['write_off', 'no_action'],
  missing_there: ['supplier_credits', 'no_action'],
  amount_mismatch: ['write_off', 'supplier_credits', 'no_action'],
}

/** Why a resolution cannot be proposed for a break, in a sentence; undefined: it can be. */
export function resolutionProblem(found: Break, resolution: Resolution): string | undefined {
  if (!choices[found.kind].includes(resolution))
    return `A break of the kind ${found.kind} can be settled by ${choices[found.kind].join(', ')}.`
  const { refund, cost } = movesOf[resolution]
  if ((refund || cost !== 'same') && found.orderId === undefined)
    return 'Nothing of ours has this reference, so there is nothing in the books to move: only no_action is left.'
  if (found.kind !== 'amount_mismatch' || found.amount === undefined) return undefined
  if (cost === 'more' && found.amount < 0n) return 'The supplier wants less than is booked, not more.'
  if (cost === 'less' && found.amount > 0n) return 'The supplier wants more than is booked, not less.'
  return undefined
}

/** What would be booked at the supplier if nobody names an amount; undefined: somebody must, or it is all that is booked. */
export function usualAmount(found: Break, resolution: Resolution): Micros | undefined {
  // Of a cost that is too high, the amount is the whole of it, and only the difference is in question.
  if (found.amount === undefined || movesOf[resolution].cost === 'same' || found.kind === 'cost_mismatch')
    return undefined
  return found.amount < 0n ? -found.amount : found.amount
}

/**
 * Why an amount cannot be booked, in a sentence; undefined: it can be.
 *
 * @param booked micro-units that we owe the supplier for the order by now
 */
export function costProblem(
  { kind }: Break,
  cost: Moves['cost'],
  amount: Micros,
  booked: Micros,
): string | undefined {
  if (cost === 'less' && amount > booked)
    return 'The supplier cannot give back more than is booked as its due for this order.'
  // Both mean a purchase that was not booked at all; it may have come to light twice, by the supplier's answer and by its statement.
  if (cost === 'more' && booked > 0n && (kind === 'late_success' || kind === 'missing_here'))
    return 'What the supplier takes for this order is booked already.'
  return undefined
}
