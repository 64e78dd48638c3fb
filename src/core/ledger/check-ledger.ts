import type { Db } from '../../platform/database.ts'
import { proveRules } from '../proof/prove-rules.ts'
import type { ProofReport } from '../proof/prove-rules.ts'
import { selectOffenders } from './check.sql.ts'
import type { LedgerCheckName } from './check.sql.ts'

export type LedgerReport = ProofReport<LedgerCheckName>

/**
 * Proves the books from the tables alone: that money was neither made nor lost, and that balances, holds and orders say the same as
 * the journal. It reads all of the journal several times; for a large one, give it a database that was opened without a limit on
 * statements (`statementTimeoutMs: 0`). It may run beside orders.
 */
export function checkLedger(db: Db): Promise<LedgerReport> {
  return proveRules(rules, (name, limit) => selectOffenders(db, name, limit))
}

const rules = {
  transfers_sum_to_zero: 'The entries of each transfer sum to zero in each currency.',
  transfers_have_two_entries: 'Each transfer has at least two entries.',
  transfers_are_numbered:
    'Each transfer has a numbered entry: of a wallet, of corrections, or of what is owed.',
  entries_belong: 'Each entry belongs to a transfer and to an account of the same partner.',
  currencies_agree: 'Entries, wallets and orders are in the currency of their account.',
  numbered_balances:
    'The balance of a wallet, of corrections, or of what is owed is the sum of its entries and the balance after the last of them.',
  numbered_chains:
    'The entries of a wallet, of corrections, or of what is owed are numbered without a gap, and each balance follows from the one before.',
  wallets_reserved: 'What a wallet has set aside is the sum of its open holds.',
  wallets_not_overdrawn: 'No wallet has spent or set aside more than its balance and its overdraft.',
  corrections_are_alone: 'A correction touches no wallet, and nothing but a correction touches corrections.',
  holds_settled: 'A settled hold was charged to its order, and no other hold was.',
  orders_have_charges: 'Each completed order was charged.',
  charges_have_orders: 'Each charge, and each transfer that names an order, has its order.',
  charges_are_totals: "A completed order's charge is its total, from its wallet.",
  orders_net: 'What an order moved is its total in all, or nothing.',
  orders_are_held: 'What an order that has not ended will cost is set aside, and nothing is once it has.',
  orders_belong: 'Each order has a wallet and items, each item an order, each delivered code an item.',
  account_totals:
    'The totals of all accounts are what the journal says up to the point that they were counted to.',
  vouchers_are_owed:
    "A partner's liability is what its vouchers are worth, and what a disbursement has not issued yet.",
  vouchers_were_spent: 'What was spent of a voucher is the sum of its shares in redemptions that stand.',
  redemptions_are_shared: 'The shares of a redemption make up its amount.',
  redemptions_are_booked:
    'What a redemption took from vouchers of a partner is in the books of that partner.',
  merchants_are_owed:
    'What redemptions that stand took for a merchant is what was booked as owed to it for redemptions.',
  disbursements_are_booked: 'A disbursement was paid from its wallet, once, with its fee.',
  disbursements_are_issued:
    'A disbursement has issued a voucher for each of its first recipients, as it says.',
  clearing_is_even: 'What passes between the books of partners is nothing in all.',
  withdrawals_are_held:
    'A withdrawal that waits is set aside, one that was approved was paid from its wallet, one that was rejected was not.',
  bank_lines_are_booked:
    'A line of a bank that was booked is in the books of its wallet once, and no other line is.',
  merchants_are_settled:
    'What a merchant is owed is what was redeemed with it, less what was reversed and paid out, with what came back; its account says the same.',
  settlements_are_booked:
    'A payout to a merchant, or its return, was booked once when it was approved, and nothing else was booked as one.',
} as const satisfies Record<LedgerCheckName, string>
