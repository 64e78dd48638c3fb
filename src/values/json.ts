/**
 * JSON whose numbers keep their digits. Reading: a number that a float would change arrives as `ExactNumber`, every other as a
 * plain number. Writing: `exactNumber` prints digit by digit (ECMAScript's JSON.rawJSON).
 */

/** A number of a JSON text that a binary float cannot hold; `source` is what the text said. */
export class ExactNumber {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }

  /** JSON.stringify writes the digits as they were read. */
  toJSON(): RawNumber {
    return exactNumber(this.source)
  }
}

/** A token that JSON.stringify writes as the very digits given. */
export type RawNumber = { readonly rawJSON: string }

/** Makes digits ("29.09") a JSON number of exactly these digits. */
export function exactNumber(digits: string): RawNumber {
  return jsonWithRaw.rawJSON(digits)
}

/** The same as `parseJson`, and undefined for what is no JSON: what a stranger answers may be anything. */
export function parseJsonOrNothing(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** Parses JSON. Throws SyntaxError. Keys that could reach a prototype are dropped, as unknown fields are. */
export function parseJson(text: string): unknown {
  if (!mayLoseDigits.test(text) && !text.includes('__proto__') && !text.includes('\\u'))
    return JSON.parse(text)
  return JSON.parse(text, (key: string, value: unknown, context?: { source?: string }) => {
    if (key === '__proto__') return undefined
    if (typeof value !== 'number' || context?.source === undefined) return value
    return sameNumber(value, context.source) ? value : new ExactNumber(context.source)
  })
}

/** The digits of a number read by `parseJson`; undefined for any other value. */
export function digitsOf(value: unknown): string | undefined {
  if (value instanceof ExactNumber) return value.source
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** True when PostgreSQL and every JSON reader can hold the value: no lone surrogates, no U+0000, at most `depthMost` levels. */
export function isStorableJson(value: unknown, depthMost = 32): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return true
  if (depthMost === 0) return false
  const inside = value as Readonly<Record<string, unknown>> // A list is one, too: its keys are its places.
  for (const key of Object.keys(inside))
    if (!isStorableJson(key) || !isStorableJson(inside[key], depthMost - 1)) return false
  return true
}

/**
 * 16 digits in a row (a point among them) or an exponent: below that a double holds every decimal exactly enough to print it back.
 * Only where a number can begin: most UUIDs have a digit before an e, and the careful way costs four times the usual one.
 */
const mayLoseDigits = /(?:^|[\s:,[])-?(?:\d[\d.]{15}|\d[\d.]*[eE])/

const jsonWithRaw = JSON as typeof JSON & { rawJSON(text: string): RawNumber } // ES2026; the type library does not know it yet.

function sameNumber(value: number, source: string): boolean {
  return Number.isFinite(value) && canonical(String(value)) === canonical(source)
}

/** Digits without point, leading and trailing zeros, and the power of ten that belongs to the first digit. */
function canonical(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  if (digits === '') return '0'
  const power = whole.length - (all.length - digits.length) + Number(exponent)
  return `${sign}${digits.replace(/0+$/, '')}e${String(power)}`
}
