import { parseDecimal, printDecimal } from '../../values/decimal.ts'
import { hundredPercent, percentScale, printAmount, rateScale } from '../../values/money.ts'
import type { PartnerTerms } from './catalogue.ts'
import type { PriceChange } from './proposal.ts'
import { pairOf } from './rates.ts'
import type { Rate, RateTable } from './rates.ts'

/**
 * How far beneath face value at the exchange rate one person may sell alone, and how far one may move a rate: 10 %, in micro-percent. What goods
 * cost is known for sure only when they are bought, and differs by source; what they are worth is known always.
 */
const aloneAtMost = hundredPercent / 10n

/** Why a markup takes a second person; undefined: it does not. */
export function judgeMarkup(markupPercent: bigint): string | undefined {
  return markupPercent >= -aloneAtMost
    ? undefined
    : `It is ${printDecimal(-markupPercent, percentScale)} % beneath face value.`
}

/** Why a partner's margin on rates and its discount, together, take a second person; undefined: they do not. */
export function judgeTerms({ fxMarginPercent, discountPercent }: PartnerTerms): string | undefined {
  const part = (hundredPercent + fxMarginPercent) * (hundredPercent - discountPercent) // Of 100 % of 100 %.
  if (part >= hundredPercent * (hundredPercent - aloneAtMost)) return undefined
  return `Together they are ${printDecimal(hundredPercent - part / hundredPercent, percentScale)} % beneath face value.`
}

/**
 * Why a fixed price takes a second person; undefined: it does not.
 *
 * @param worth the face value in the price's currency, in micro-units; undefined: no rate leads there
 */
export function judgeFixedPrice(amount: bigint, worth: bigint | undefined): string | undefined {
  if (worth === undefined) return 'No exchange rate says what the face value is worth in its currency.'
  if (amount * hundredPercent >= worth * (hundredPercent - aloneAtMost)) return undefined
  return `It is ${printDecimal(hundredPercent - (amount * hundredPercent) / worth, percentScale)} % beneath face value.`
}

/**
 * Why rates take a second person; undefined: they do not. Each is compared with what holds for its pair now, also by way of other currencies, and
 * with what held within a day, so that many small steps are no way around.
 */
export function judgeRates(
  given: readonly Rate[],
  inForce: RateTable,
  ofLastDay: readonly Rate[],
): string | undefined {
  const lately = Map.groupBy(ofLastDay, pairOf)
  for (const one of given) {
    const now = inForce.rate(one.base, one.quote)
    if (now === undefined) return `There was no rate from ${one.base} to ${one.quote} to compare it with.`
    const former = [now, ...(lately.get(pairOf(one)) ?? []).map(({ rate }) => rate)]
    const far = former.find((rate) => differsBy(one.rate, rate) > aloneAtMost)
    if (far !== undefined)
      return `The rate from ${one.base} to ${one.quote} moves by ${printDecimal(differsBy(one.rate, far), percentScale)} %, from ${printDecimal(far, rateScale)}.`
  }
  return undefined
}

/** In micro-percent of the former, rounded down. */
function differsBy(rate: bigint, former: bigint): bigint {
  const difference = rate > former ? rate - former : former - rate
  return (difference * hundredPercent) / former
}

/** What a change is about, the same for each that would take the place of another. */
export function subjectOf(change: PriceChange): string {
  if (change.kind === 'terms') return 'terms'
  if (change.kind === 'rates') {
    const [first, ...others] = change.rates
    return first === undefined || others.length > 0 ? 'rates' : pairOf(first)
  }
  const { scope, fixedPrice } = change.rule
  const what = scope.kind === 'all' ? 'all' : `${scope.kind} ${'id' in scope ? scope.id : scope.code}`
  return fixedPrice === undefined ? what : `${what} in ${fixedPrice.currency}`
}

/** What a change would set, in a line for people. */
export function describeChange(change: PriceChange): string {
  if (change.kind === 'terms') {
    const { fxMarginPercent, discountPercent } = change.terms
    return `margin ${printDecimal(fxMarginPercent, percentScale)} %, discount ${printDecimal(discountPercent, percentScale)} %`
  }
  if (change.kind === 'rates') {
    const shown = change.rates.slice(0, ratesShown)
    const texts = shown.map((one) => `${pairOf(one)} ${printDecimal(one.rate, rateScale)}`)
    const more = change.rates.length - shown.length
    return [...texts, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  }
  const { markupPercent = 0n, markupFixed = 0n, fixedPrice } = change.rule
  return fixedPrice === undefined
    ? `markup ${printDecimal(markupPercent, percentScale)} %, ${printAmount(markupFixed)} on top`
    : `fixed price ${printAmount(fixedPrice.amount)} ${fixedPrice.currency}`
}

/** As it is stored: JSON knows no bigint, so each is a text of its digits. */
export function writeChange(change: PriceChange): string {
  return JSON.stringify(change, (_key, value: unknown) =>
    typeof value === 'bigint' ? { digits: value.toString() } : value,
  )
}

/** What `writeChange` wrote. */
export function readChange(stored: string): PriceChange {
  return JSON.parse(stored, (_key, value: unknown) =>
    isDigits(value) ? (parseDecimal(value.digits, 0) ?? 0n) : value,
  ) as PriceChange // Our own text.
}

function isDigits(value: unknown): value is { readonly digits: string } {
  return typeof value === 'object' && value !== null && 'digits' in value && typeof value.digits === 'string'
}

const ratesShown = 5
