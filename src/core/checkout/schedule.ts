import { divideHalfEven } from '../../values/decimal.ts'
import { rateScale } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'

/** One payment of a loan. Amounts are micro-units, whole pennies; what is paid is both together. */
export type Instalment = {
  /** A calendar day, "2027-01-31". */
  readonly dueOn: string
  readonly principal: Micros
  readonly interest: Micros
}

/** For how many months a buyer can choose to pay. */
export const monthsOffered: readonly number[] = [1, 3, 12]

/** Loans run for one to so many months. */
export const monthsMost = 12

/** The smallest amount that can be paid. */
export const penny: Micros = 10_000n

/**
 * A loan in equal monthly payments, exact to the penny: all principals add up to the loan, and each interest is that of the days since the
 * payment before on what was owed then. All payments are the same but the last, which takes what rounding left over.
 *
 * @param loan.principal micro-units, whole pennies
 * @param loan.rate interest for 30 days as a fraction of what is owed, scaled by 10^rateScale
 * @param loan.from the day on which the loan begins
 */
export function scheduleOf(loan: {
  readonly principal: Micros
  readonly months: number
  readonly rate: bigint
  readonly from: string
}): Instalment[] {
  const dueOn = Array.from({ length: loan.months }, (_, place) => monthsAfter(loan.from, place + 1))
  return spread(loan, dueOn)
}

/** The same over given days, each after the one before: what is left of a loan when part of it was taken back. */
export function spread(
  loan: { readonly principal: Micros; readonly rate: bigint; readonly from: string },
  dueOn: readonly string[],
): Instalment[] {
  const { principal, rate, from } = loan
  const periods = dueOn.map((day, place) => BigInt(Math.max(daysBetween(dueOn[place - 1] ?? from, day), 0)))
  const payment = levelPayment(principal, rate, periods)
  let owed = principal
  return dueOn.map((day, place) => {
    const interest = interestOn(owed, rate, periods[place] ?? 0n)
    const isLast = place === dueOn.length - 1
    const part = isLast ? owed : least(greatest(payment - interest, 0n), owed)
    owed -= part
    return { dueOn: day, principal: part, interest }
  })
}

/** What is paid in all. */
export function totalOf(instalments: readonly Instalment[]): Micros {
  return instalments.reduce((sum, { principal, interest }) => sum + principal + interest, 0n)
}

/**
 * The payment that, made at the end of each period, brings a loan to nothing: p × Πf ÷ Σ(the factors behind each payment), where a period's
 * factor f is 1 + rate × days ÷ 30. All in whole numbers, and cut to the penny below, so that the last payment is not the smaller one.
 */
function levelPayment(principal: Micros, rate: bigint, periods: readonly bigint[]): Micros {
  let scale = 1n
  let growth = 1n
  let payments = 0n
  for (const days of periods) {
    const factor = unit + rate * days
    scale *= unit
    growth *= factor
    payments = payments * factor + scale
  }
  return payments === 0n ? principal : floorToPenny((principal * growth) / payments)
}

function interestOn(owed: Micros, rate: bigint, days: bigint): Micros {
  return divideHalfEven(owed * rate * days, unit * penny) * penny
}

function floorToPenny(amount: Micros): Micros {
  return (amount / penny) * penny
}

function least(a: Micros, b: Micros): Micros {
  return a < b ? a : b
}

function greatest(a: Micros, b: Micros): Micros {
  return a > b ? a : b
}

/** The same day of a later month, or its last one where it has no such day: the 31st of January is followed by the 28th of February. */
export function monthsAfter(day: string, months: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  const lastDate = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return dayOf(Date.UTC(year, month - 1 + months, Math.min(date, lastDate)))
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

const dayMs = 86_400_000
/** What a rate for 30 days, times days, is scaled by. */
const unit = 30n * 10n ** BigInt(rateScale)
