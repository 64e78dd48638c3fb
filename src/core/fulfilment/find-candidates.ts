import type { Db } from '../../platform/database.ts'
import { divideHalfEven, parseDecimal } from '../../values/decimal.ts'
import { rateScale } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { findRateTable } from '../catalogue/find-rate-table.ts'
import type { RateTable } from '../catalogue/rates.ts'
import { toppedUpIccid } from './fulfilment.ts'
import type { Candidate, ClaimedItem } from './fulfilment.ts'
import { selectCandidates } from './candidates.sql.ts'
import type { CandidateRow } from './candidates.sql.ts'
import type { SupplierBook } from './book.ts'

/** The rates in force, read at most every half minute: a margin need not be guarded to the second. */
export type RateSource = () => Promise<RateTable>

export function openRateSource(db: Db): RateSource {
  let table: Promise<RateTable> | undefined
  let readAt = 0
  return () => {
    if (table === undefined || performance.now() - readAt > ratesOldestMs) {
      readAt = performance.now()
      table = findRateTable(db)
      table.catch(() => (table = undefined))
    }
    return table
  }
}

/** Everybody in the chain of an item's SKU who has not refused it and could be called by this process. */
export async function findCandidates(
  db: Db,
  book: SupplierBook,
  rates: RateSource,
  item: ClaimedItem,
): Promise<Candidate[]> {
  const rows = await selectCandidates(db, { ...item, iccid: toppedUpIccid(item) ?? null })
  const table = await rates()
  return rows.flatMap((row) => {
    const booked = book.find(row.supplierId)
    if (booked === undefined) return []
    const cost = costOf(row, item)
    const rate = table.rate(row.currency, item.walletCurrency)
    return [
      {
        supplierId: row.supplierId,
        productCode: row.productCode,
        priority: row.priority,
        cost,
        currency: row.currency,
        isHealthy: !booked.breaker.isOpen(),
        costInPriceCurrency:
          rate === undefined ? undefined : divideHalfEven(cost * rate, 10n ** BigInt(rateScale)),
      },
    ]
  })
}

/** Micro-units of the supplier's currency for all of an item: the cost of a unit, or its rate times the face value, rounded half-even. */
export function costOf(
  row: Pick<CandidateRow, 'cost' | 'costRate'>,
  item: Pick<ClaimedItem, 'quantity' | 'faceValue'>,
): Micros {
  const rate = parseDecimal(row.costRate ?? '0', rateScale) ?? 0n
  const unit = row.cost ?? divideHalfEven(item.faceValue * rate, 10n ** BigInt(rateScale))
  return unit * BigInt(item.quantity)
}

const ratesOldestMs = 30_000
