import { parseDecimal } from '../../../values/decimal.ts'
import { digitsOf } from '../../../values/json.ts'
import { parseAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** An amount of the wire in micro-units; undefined if it is none. */
export function toMicros(value: unknown): Micros | undefined {
  const digits = digitsOf(value)
  return digits === undefined ? undefined : parseAmount(digits)
}

/** Gigabytes of the wire ("1.02") in bytes, of which there are 10^9; undefined if it is no number. */
export function toBytes(gigabytes: string): bigint | undefined {
  return parseDecimal(gigabytes, gigabyteDigits)
}

const gigabyteDigits = 9
