import { digitsOf, exactNumber } from '../../../values/json.ts'
import type { RawNumber } from '../../../values/json.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** A good answer around its data. */
export function toSuccess<Data>(data: Data): { readonly status: 'success'; readonly data: Data } {
  return { status: 'success', data }
}

/** One page of rows by its number; a page behind the last one is empty. */
export function toPage<Row, Out>(
  rows: readonly Row[],
  { page, limit }: { readonly page: number; readonly limit: number },
  toRow: (row: Row) => Out,
) {
  return {
    status: 'success' as const,
    data: rows.slice((page - 1) * limit, page * limit).map(toRow),
    pagination: { page, limit, total: rows.length, total_pages: Math.ceil(rows.length / limit) },
  }
}

/** An amount as a JSON number of exactly its digits. */
export function toAmount(amount: Micros): RawNumber {
  return exactNumber(printAmount(amount))
}

/** An amount out of a request: undefined if it is no number at all, 'invalid' if it is none that can be paid. */
export function readAmount(given: unknown): Micros | 'invalid' | undefined {
  const digits = digitsOf(given)
  if (digits === undefined) return undefined
  const amount = parseAmount(digits)
  return amount === undefined || amount <= 0n ? 'invalid' : amount
}
