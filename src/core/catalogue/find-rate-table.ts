import type { Db } from '../../platform/database.ts'
import { parseDecimal } from '../../values/decimal.ts'
import { rateScale } from '../../values/money.ts'
import { selectRatesInForce } from './rate-list.sql.ts'
import { createRateTable } from './rates.ts'
import type { RateTable } from './rates.ts'

/** The rates that are in force now, and what can be computed from them. */
export async function findRateTable(db: Db): Promise<RateTable> {
  const rates = await selectRatesInForce(db)
  return createRateTable(
    rates.map(({ base, quote, rate }) => ({ base, quote, rate: parseDecimal(rate, rateScale) ?? 0n })),
  )
}
