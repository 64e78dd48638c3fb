import type { Db } from '../../platform/database.ts'
import { proveRules } from '../proof/prove-rules.ts'
import type { ProofReport } from '../proof/prove-rules.ts'
import { selectOffenders } from './check.sql.ts'
import type { CheckoutCheckName } from './check.sql.ts'

export type CheckoutReport = ProofReport<CheckoutCheckName>

/** Proves from the tables alone that orders, what is owed for them, and the journal say the same. It may run beside orders. */
export function checkCheckouts(db: Db): Promise<CheckoutReport> {
  return proveRules(rules, (name, limit) => selectOffenders(db, name, limit))
}

const rules = {
  receivables_are_instalments: 'What is owed to us is the sum of the principals of open instalments.',
  paid_out_once: 'Each successful order was paid out, once and in full, and no other was.',
  payouts_have_orders: 'Each payout has its order.',
  refunds_were_paid: 'What is noted as given back for an order was taken from the wallet, refund by refund.',
  instalments_are_collected: 'Each paid instalment was booked with its principal, and no other was.',
  principals_are_what_was_financed:
    'The principals of an order’s instalments add up to what its buyer owed, less what was forgiven.',
  decisions_agree: 'An order and the decision about it say the same.',
} as const satisfies Record<CheckoutCheckName, string>
