import { parseAmount, parseCurrency, printAmount } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { unitsPerUsd } from './data/rates.ts'
import type { DemoSku } from './product.ts'

/** Currencies this near the dollar use the dollar's figures, as shops do. */
const parity = { least: 0.6, most: 2.1 }

/** Leading digits that a printed card or a top-up may have. */
const roundDigits = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/**
 * Face values in a currency for steps in US dollars: the same figures where the currency is near the dollar, else the nearest
 * round ones, ascending and without repeats.
 */
export function localValues(currency: Currency, usdSteps: readonly number[]): readonly Micros[] {
  const values = usdSteps.map((usd) => toLocal(currency, usd))
  return [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1))
}

/** A range in a currency for one in US dollars. */
export function localRange(
  currency: Currency,
  usd: readonly [least: number, most: number],
): { least: Micros; most: Micros } {
  return { least: toLocal(currency, usd[0]), most: toLocal(currency, usd[1]) }
}

/** "$50", "€50", "KES 1,500": how a face value stands in a name. */
export function printFace(currency: Currency, amountMicros: Micros): string {
  const [whole = '', fraction] = printAmount(amountMicros).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction.padEnd(2, '0')}`
  const symbol = symbols.get(currency)
  return symbol === undefined ? `${currency} ${digits}` : `${symbol}${digits}`
}

/** Figures of the demo's own tables are decimals of at most six places and codes of three capitals; anything else is a mistake in them. */
export function micros(amount: number): Micros {
  const parsed = parseAmount(String(amount))
  if (parsed === undefined) throw new Error(`${amount} is not an amount.`)
  return parsed
}

/** See `micros`. */
export function currencyOf(code: string): Currency {
  const currency = parseCurrency(code)
  if (currency === undefined) throw new Error(`${code} is not a currency.`)
  return currency
}

/** The denomination and its attributes, as every category describes them. */
export function fixedFace(
  currency: Currency,
  value: Micros,
): Pick<DemoSku, 'currency' | 'denomination' | 'attributes'> {
  return {
    currency,
    denomination: { kind: 'fixed', value },
    attributes: { denomination: printAmount(value), denomination_currency: currency },
  }
}

export function rangeFace(
  currency: Currency,
  range: { least: Micros; most: Micros },
): Pick<DemoSku, 'currency' | 'denomination' | 'attributes'> {
  return {
    currency,
    denomination: { kind: 'range', ...range },
    attributes: { denomination_currency: currency },
  }
}

const symbols: ReadonlyMap<string, string> = new Map(
  Object.entries({
    USD: '$',
    EUR: '€',
    GBP: '£',
    JPY: '¥',
    INR: '₹',
    NGN: '₦',
    CAD: 'CA$',
    AUD: 'A$',
    BRL: 'R$',
    KRW: '₩',
    RUB: '₽',
    KZT: '₸',
  }),
)

function toLocal(currency: Currency, usd: number): Micros {
  const rate = Number(unitsPerUsd[currency] ?? (currency === 'USD' ? 1 : Number.NaN))
  if (Number.isNaN(rate)) throw new Error(`The demo table has no rate for ${currency}.`)
  const isNear = rate >= parity.least && rate <= parity.most
  return micros(isNear ? usd : roundTo(usd * rate))
}

function roundTo(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const digit = roundDigits.reduce((best, one) =>
    Math.abs(one - value / power) < Math.abs(best - value / power) ? one : best,
  )
  return Number((digit * power).toPrecision(3))
}
