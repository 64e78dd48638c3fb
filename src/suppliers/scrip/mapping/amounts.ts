import { parseDecimal } from '../../../values/decimal.ts'
import { digitsOf } from '../../../values/json.ts'
import { parseAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** An amount of the wire in micro-units; undefined if it is none. */
export function toMicros(value: unknown): Micros | undefined {
  const digits = digitsOf(value)
  return digits === undefined ? undefined : parseAmount(digits)
}

/** Any other decimal of the wire as value × 10^scale; undefined if it is none, or has more digits than the scale. */
export function toScaled(value: unknown, scale: number): bigint | undefined {
  const digits = digitsOf(value)
  return digits === undefined ? undefined : parseDecimal(digits, scale)
}
