import { digitsOf, exactNumber } from '../../../values/json.ts'
import type { RawNumber } from '../../../values/json.ts'
import { parseAmount, parseCurrency, printAmount } from '../../../values/money.ts'
import type { Currency, Micros } from '../../../values/money.ts'

/** All amounts of this wire are Kenyan shillings. */
export const currency: Currency = shillings()

/** Micro-units of a JSON number, or of a text that holds one, above zero; undefined for anything else. */
export function readAmount(value: unknown): Micros | undefined {
  const digits = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? value : digitsOf(value)
  const micros = digits === undefined ? undefined : parseAmount(digits)
  return micros === undefined || micros <= 0n ? undefined : micros
}

/** Shillings, digit by digit. */
export function toAmount(amount: Micros): RawNumber {
  return exactNumber(printAmount(amount))
}

function shillings(): Currency {
  const code = parseCurrency('KES')
  if (code === undefined) throw new Error('KES is a currency.')
  return code
}
