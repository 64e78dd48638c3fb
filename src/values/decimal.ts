/**
 * Exact decimals as scaled bigints. A decimal with `scale` s is the integer value × 10^s.
 * Nothing in here goes through a binary float.
 */

/** Reads a plain or exponent decimal ("12", "-0.5", "1.2e3"); undefined if it is not one, or needs more than `scale` fraction digits. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text)
  if (match === null || text.length > longestDecimal) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(whole + fraction)
  if (digits === 0n) return 0n
  const shift = scale - fraction.length + Number(exponent)
  if (shift > longestDecimal) return undefined
  const scaled =
    shift >= 0
      ? digits * 10n ** BigInt(shift)
      : divideExactly(digits, 10n ** BigInt(Math.min(-shift, longestDecimal * 2)))
  if (scaled === undefined) return undefined
  return sign === '-' ? -scaled : scaled
}

/** Prints a scaled integer with no superfluous zeros: (2909n, 2) → "29.09", (2900n, 2) → "29". */
export function printDecimal(value: bigint, scale: number): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return (negative ? '-' : '') + (fraction === '' ? whole : `${whole}.${fraction}`)
}

/** numerator ÷ denominator, rounded to the nearest integer, ties to the even one (IEEE 754 roundTiesToEven). Throws RangeError for a zero denominator. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return divideHalfEven(-numerator, -denominator)
  const quotient = numerator / denominator
  const remainder = numerator % denominator
  const twice = (remainder < 0n ? -remainder : remainder) * 2n
  const roundsAway = twice > denominator || (twice === denominator && quotient % 2n !== 0n)
  if (!roundsAway) return quotient
  return numerator < 0n ? quotient - 1n : quotient + 1n
}

/** Longer texts than this are no amount that anybody means; the bound keeps hostile exponents from making huge integers. */
const longestDecimal = 64

function divideExactly(digits: bigint, divisor: bigint): bigint | undefined {
  return digits % divisor === 0n ? digits / divisor : undefined
}
