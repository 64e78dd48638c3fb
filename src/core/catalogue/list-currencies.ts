import type { Db } from '../../platform/database.ts'
import type { KnownCurrency } from './currencies.sql.ts'
import { selectCurrencies } from './currencies.sql.ts'

/** The currencies that this installation knows, in the order of their codes; at most 1,000. */
export async function listCurrencies(db: Db): Promise<KnownCurrency[]> {
  return selectCurrencies(db, currenciesMost)
}

const currenciesMost = 1_000
