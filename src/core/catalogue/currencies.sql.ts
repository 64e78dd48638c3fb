import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { Translations } from '../../values/locale.ts'
import type { Currency } from '../../values/money.ts'

export type KnownCurrency = {
  readonly code: Currency
  readonly names: Translations
  /** Of its minor unit: 2 for cents, 0 where there is none. */
  readonly decimals: number
}

export async function selectCurrencies(db: Db, limit: number): Promise<KnownCurrency[]> {
  return db.query<KnownCurrency>(
    prepared(
      'select_currencies',
      sql`select code, names, decimals from currencies order by code limit ${limit}`,
    ),
  )
}
