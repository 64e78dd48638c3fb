import { Failure } from '../../../values/failure.ts'
import { digitsOf, exactNumber } from '../../../values/json.ts'
import type { RawNumber } from '../../../values/json.ts'
import { parseDecimal, printDecimal } from '../../../values/decimal.ts'
import { parseAmount, printAmount, rateScale } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** An amount of a request, a number or its digits, in micro-units. Throws Failure validation_failed. */
export function readAmount(value: unknown, field: string): Micros {
  const amount = parseAmount(typeof value === 'string' ? value : (digitsOf(value) ?? ''))
  if (amount === undefined || amount <= 0n || amount % 10_000n !== 0n) {
    const sentence = `The ${field} field must be an amount of more than zero, in pounds and whole pennies.`
    throw new Failure('validation_failed', { fields: [{ field, sentence }] })
  }
  return amount
}

/** A fraction such as 0.0333, scaled by 10^rateScale. Throws Failure validation_failed. */
export function readRate(text: string, field: string): bigint {
  const rate = parseDecimal(text, rateScale)
  if (rate === undefined || rate < 0n || rate >= 10n ** BigInt(rateScale)) {
    const sentence = `The ${field} field must be a fraction of 0 or more, and below 1.`
    throw new Failure('validation_failed', { fields: [{ field, sentence }] })
  }
  return rate
}

/** An amount as a JSON number of exactly its digits. */
export function toAmount(amount: Micros): RawNumber {
  return exactNumber(printAmount(amount))
}

export function toRate(rate: bigint): RawNumber {
  return exactNumber(printDecimal(rate, rateScale))
}
