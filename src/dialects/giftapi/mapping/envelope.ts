import { exactNumber } from '../../../values/json.ts'
import type { RawNumber } from '../../../values/json.ts'
import { printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { Page } from '../../../values/page.ts'

/** An amount as a JSON number of exactly its digits. */
export function toAmount(amountMicros: Micros): RawNumber {
  return exactNumber(printAmount(amountMicros))
}

/** "2026-02-24T11:37:58+00:00": whole seconds of UTC, as every instant on this wire. */
export function toInstant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+00:00`
}

type PageMeta = {
  readonly next_cursor: string | null
  readonly prev_cursor: string | null
  readonly per_page: number
}

/** What stands beside the rows of a list. */
export function toMeta(
  page: Pick<Page<unknown>, 'nextCursor' | 'previousCursor'>,
  perPage: number,
): PageMeta {
  return { next_cursor: page.nextCursor ?? null, prev_cursor: page.previousCursor ?? null, per_page: perPage }
}
