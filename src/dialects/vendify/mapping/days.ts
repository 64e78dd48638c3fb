import { readDay } from '../../../values/day.ts'
import type { FieldProblem } from '../../../values/failure.ts'

/** Whole days of UTC, the last one included. */
export type Days = { readonly from: Date; readonly until: Date }

/** Reads two days of a report; `too_wide` when they are more than so many months apart. */
export function readDays(
  { fromDate, toDate }: { readonly fromDate: string; readonly toDate: string },
  monthsMost: number,
): Days | 'too_wide' | readonly FieldProblem[] {
  const [from, last] = [readDay(fromDate), readDay(toDate)]
  const problems = [
    ...(from === undefined ? [problem('fromDate')] : []),
    ...(last === undefined ? [problem('toDate')] : []),
  ]
  if (from === undefined || last === undefined) return problems
  if (last < from) return [{ field: 'toDate', sentence: 'toDate must not be before fromDate.' }]
  if (monthsMost === Infinity) return { from, until: new Date(last.getTime() + dayMs) }
  const limit = new Date(from)
  limit.setUTCMonth(limit.getUTCMonth() + monthsMost)
  // The 31st has no counterpart in many months: the limit is then the first of the one after.
  if (last > limit) return 'too_wide'
  return { from, until: new Date(last.getTime() + dayMs) }
}

function problem(field: string): FieldProblem {
  return { field, sentence: `${field} must be a day such as 2021-01-25.` }
}

const dayMs = 86_400_000
