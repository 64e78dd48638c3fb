import type { Db } from '../../platform/database.ts'
import { proveRules } from '../proof/prove-rules.ts'
import type { ProofReport } from '../proof/prove-rules.ts'
import { selectOffenders } from './checks.sql.ts'
import type { StockCheckName } from './checks.sql.ts'

export type StockReport = ProofReport<StockCheckName>

/**
 * Proves the stock from the tables alone: what came in is in stock, sold or withdrawn, and once. It reads whole tables; for a large
 * stock, give it a database that was opened without a limit on statements (`statementTimeoutMs: 0`). It may run beside sales and imports.
 */
export function checkStock(db: Db): Promise<StockReport> {
  return proveRules(rules, (name, limit) => selectOffenders(db, name, limit))
}

const rules = {
  movements_match_stock: 'The movements of each SKU add up to its codes in stock.',
  codes_have_one_fingerprint: 'Every code in stock, sold or withdrawn has exactly one fingerprint.',
  codes_are_in_one_place: 'No code is in two places: in stock and sold, sold twice, sold and withdrawn.',
  fingerprints_have_codes: 'Every fingerprint has its code.',
  imports_match_codes: 'Every import brought in what it says, and one that was not published nothing.',
  nothing_left_staged: 'No import that has ended left staged codes behind.',
} satisfies Record<StockCheckName, string>
