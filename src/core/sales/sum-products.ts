import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { ProductSum } from './sale.ts'
import { selectProductSums } from './sales.sql.ts'
import { readDay } from '../../values/day.ts'

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
  const [from, to] = [requireDay('from', wanted.fromDay), requireDay('to', wanted.toDay)]
  const days = (to - from) / 86_400_000 + 1
  if (days < 1 || days > daysMost)
    throw problem('to', `The last day must not be before the first, nor more than ${daysMost} days from it.`)
  return selectProductSums(db, { ...wanted, limit: rowsMost })
}

function requireDay(field: string, text: string): number {
  const day = readDay(text)
  if (day === undefined) throw problem(field, 'It must be a day such as 2026-11-26.')
  return day.getTime()
}

function problem(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}

const daysMost = 400
const rowsMost = 1_000
