import { divideHalfEven, parseDecimal, printDecimal } from './decimal.ts'

/** An ISO 4217 alphabetic code, such as "USD". */
export type Currency = string & { readonly brand: 'Currency' }

/** An amount in micro-units (10⁻⁶ of the currency's major unit). */
export type Micros = bigint

/** Fraction digits that the core holds. */
export const moneyScale = 6

/** The largest amount that one wallet, price or transfer may have: a trillion major units, far from the end of a 64-bit integer. */
export const largestAmountMicros: Micros = 10n ** 18n

/** Fraction digits of an exchange rate. */
export const rateScale = 10

/** Fraction digits of a percentage. */
export const percentScale = 6

/** 100 %, as percentages are scaled. */
export const hundredPercent = 100n * 10n ** BigInt(percentScale)

/** "USD" → Currency; undefined for anything but three capitals. Whether the currency is known is the catalogue's business. */
export function parseCurrency(text: string): Currency | undefined {
  return /^[A-Z]{3}$/.test(text) ? (text as Currency) : undefined // The one place, beside SQL, that makes a Currency.
}

/** Reads an amount of major units into micros; undefined if it is no decimal, has over 6 fraction digits, or is beyond the largest amount. */
export function parseAmount(text: string): Micros | undefined {
  const micros = parseDecimal(text, moneyScale)
  if (micros === undefined || micros > largestAmountMicros || micros < -largestAmountMicros) return undefined
  return micros
}

/** Prints micros as major units, exactly: 29090000n → "29.09". */
export function printAmount(amountMicros: Micros): string {
  return printDecimal(amountMicros, moneyScale)
}

/**
 * The price of `amountMicros` of face value: amount × rate × (1 + percent ÷ 100) + fixed, rounded once, half-even, to the micro
 * (the rule stands in the giftapi contract; all dialects share it).
 *
 * @param rate units of the paying currency for one of the face's, scaled by 10^rateScale
 * @param markupPercent scaled by 10^percentScale; negative is a discount
 * @param markupFixedMicros in the paying currency
 */
export function priceOf(
  amountMicros: Micros,
  rate: bigint,
  markupPercent: bigint,
  markupFixedMicros: Micros,
): Micros {
  // The fixed part is added before the rounding: which neighbour of a tie is even depends on the whole sum.
  return divideHalfEven(
    amountMicros * rate * (hundredPercent + markupPercent) + markupFixedMicros * denominator,
    denominator,
  )
}

/** What a product of an amount, a rate and a percentage is scaled by besides. */
const denominator = 10n ** BigInt(rateScale) * hundredPercent
