import type { PartnerId, ProposalId } from '../../values/ids.ts'
import type { PartnerTerms } from './catalogue.ts'
import type { PriceRuleInput } from './input.ts'
import type { GivenRate } from './rates.ts'

/** Everything that makes goods cheaper or dearer, as it is asked for. */
export type PriceChange =
  | { readonly kind: 'rule'; readonly rule: Omit<PriceRuleInput, 'actor'> }
  | { readonly kind: 'terms'; readonly terms: PartnerTerms }
  | { readonly kind: 'rates'; readonly rates: readonly GivenRate[] }

/** A change of prices that one person wants, and what another made of it. */
export type PriceProposal = {
  readonly id: ProposalId
  /** Undefined: it is about everyone. */
  readonly partnerId: PartnerId | undefined
  /** What it would change: "sku AMZ-100 in USD", "terms", "USD/KES". */
  readonly subject: string
  readonly change: PriceChange
  /** What it would set, in a line for people. */
  readonly description: string
  /** Why it takes a second person, as a sentence. */
  readonly reason: string
  readonly state: 'proposed' | 'approved' | 'rejected'
  readonly proposedBy: string
  readonly decidedBy: string | undefined
  readonly createdAt: Date
}
