import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { Currency } from '../../values/money.ts'

/** `rate` is a decimal as text: units of the quote for one base. */
export type RateInForce = {
  readonly base: Currency
  readonly quote: Currency
  readonly rate: string
  readonly source: string
  readonly validFrom: Date
}

export async function selectRatesInForce(db: Db): Promise<RateInForce[]> {
  return db.query<RateInForce>(sql`
    select distinct on (base, quote) base, quote, trim_scale(rate) as rate, source, valid_from as "validFrom"
    from fx_rates where valid_from <= statement_timestamp()
    order by base, quote, valid_from desc`)
}
