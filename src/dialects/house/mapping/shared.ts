import { printAmount } from '../../../values/money.ts'
import type { Currency, Micros } from '../../../values/money.ts'
import type { Page } from '../../../values/page.ts'

export function toMoney(amount: Micros, currency: Currency): { amount: string; currency: string } {
  return { amount: printAmount(amount), currency }
}

export function toInstant(at: Date): string {
  return at.toISOString()
}

export function toInstantOrNull(at: Date | undefined): string | null {
  return at === undefined ? null : at.toISOString()
}

/** A page with its rows in the words of the wire. */
export function toPage<Row, Written>(page: Page<Row>, write: (row: Row) => Written) {
  return {
    data: page.rows.map(write),
    next_cursor: page.nextCursor ?? null,
    previous_cursor: page.previousCursor ?? null,
  }
}
