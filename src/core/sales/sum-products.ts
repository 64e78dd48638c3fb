import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { ProductSum } from './sale.ts'
import { selectProductSums } from './sales.sql.ts'

/**
 * What a partner bought on at most 400 days, by SKU and currency, whatever cost most first; whichever format took the orders. Of very many
 * SKUs the thousand that cost most.
 *
 * @param wanted.fromDay "2026-11-01"; days are those of the time zone, an IANA name
 * @param wanted.toDay the last day
 *
 * Throws Failure validation_failed (from, to) for what is no day, an end before the beginning, and a longer time.
 */
export async function sumProducts(
  db: Db,
  wanted: {
    readonly partnerId: PartnerId
    readonly timeZone: string
    readonly fromDay: string
    readonly toDay: string
  },
): Promise<ProductSum[]> {
  const [from, to] = [readDay('from', wanted.fromDay), readDay('to', wanted.toDay)]
  const days = (to - from) / 86_400_000 + 1
  if (days < 1 || days > daysMost)
    throw problem('to', `The last day must not be before the first, nor more than ${daysMost} days from it.`)
  return selectProductSums(db, { ...wanted, limit: rowsMost })
}

function readDay(field: string, text: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  // The parser takes the 31st of February for a day of March.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text)
    throw problem(field, 'It must be a day such as 2026-11-26.')
  return at
}

function problem(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}

const daysMost = 400
const rowsMost = 1_000
