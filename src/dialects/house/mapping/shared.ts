import { Failure } from '../../../values/failure.ts'
import type { FailureCode } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { Id } from '../../../values/ids.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Currency, Micros } from '../../../values/money.ts'
import type { Page } from '../../../values/page.ts'

export function toMoney(amount: Micros, currency: Currency): { amount: string; currency: string } {
  return { amount: printAmount(amount), currency }
}

/** What somebody typed as an amount. Throws Failure validation_failed. */
export function toMicros(text: string, field = 'amount'): Micros {
  const amount = parseAmount(text)
  if (amount !== undefined) return amount
  throw new Failure('validation_failed', {
    fields: [{ field, sentence: 'The amount must be a number of at most 6 fraction digits.' }],
  })
}

/** An id of a path; a text that is none names nothing. Throws the Failure that says so. */
export function toId<T extends Id<string>>(text: string, missing: FailureCode): T {
  const id = parseId<T>(text)
  if (id === undefined) throw new Failure(missing)
  return id
}

/** An instant of a request; undefined where none was given. The schema lets leap seconds through, which no clock of ours has. Throws Failure validation_failed. */
export function readInstant(text: string | undefined, field: string): Date | undefined {
  if (text === undefined) return undefined
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return at
  const sentence = 'It must be an instant such as 2027-01-31T12:00:00Z.'
  throw new Failure('validation_failed', { fields: [{ field, sentence }] })
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
