import type { Db } from '../../platform/database.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { AccountKind } from './ledger.ts'
import { selectTotalsByKind } from './totals.sql.ts'

export type TrialBalance = {
  /** What all accounts of a kind hold, over all partners; micro-units, credit positive. By currency, then by kind. */
  readonly totals: readonly {
    readonly kind: AccountKind
    readonly currency: Currency
    readonly total: Micros
  }[]
  /** True when the totals of each currency sum to zero, as double entry makes them. */
  readonly balanced: boolean
}

/**
 * The books at this moment: all committed transfers, in one snapshot. It costs the rows of account_totals and the transfers that
 * `rollUpAccounts` has not counted yet.
 */
export async function trialBalance(db: Db): Promise<TrialBalance> {
  const totals = await selectTotalsByKind(db)
  const sums = new Map<Currency, Micros>()
  for (const { currency, total } of totals) sums.set(currency, (sums.get(currency) ?? 0n) + total)
  return { totals, balanced: [...sums.values()].every((sum) => sum === 0n) }
}
