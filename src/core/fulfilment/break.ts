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
