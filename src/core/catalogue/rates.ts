import { divideHalfEven } from '../../values/decimal.ts'
import { rateScale } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'

/** Units of `quote` for one `base`, scaled by 10^rateScale; positive. */
export type Rate = { readonly base: Currency; readonly quote: Currency; readonly rate: bigint }

/** A mid rate and where it comes from: "ecb", "manual". */
export type GivenRate = Rate & { readonly source: string }

export type RateTable = {
  /** Units of `to` for one `from`, scaled by 10^rateScale; undefined where no chain of rates leads there. */
  rate(from: Currency, to: Currency): bigint | undefined
}

/**
 * Finds the rate between two currencies: the stored one, else the inverse of the opposite one, else by way of USD, else by way of
 * EUR. However many steps it takes, it is rounded once, half-even. A rate that rounds to zero is none.
 */
export function createRateTable(rates: readonly Rate[]): RateTable {
  const stored = new Map(rates.map((rate) => [pairOf(rate), rate.rate]))
  const found = new Map<string, bigint | undefined>()

  /** One step from a currency to another as an exact fraction. */
  function step(from: string, to: string): Fraction | undefined {
    const direct = stored.get(pairOf({ base: from, quote: to }))
    if (direct !== undefined) return { numerator: direct, denominator: one }
    const opposite = stored.get(pairOf({ base: to, quote: from }))
    return opposite === undefined ? undefined : { numerator: one, denominator: opposite }
  }

  function find(from: string, to: string): bigint | undefined {
    const chain =
      step(from, to) ??
      pivots.map((pivot) => join(step(from, pivot), step(pivot, to))).find((way) => way !== undefined)
    if (chain === undefined) return undefined
    const rate = divideHalfEven(chain.numerator * one, chain.denominator)
    return rate === 0n ? undefined : rate
  }

  return {
    rate(from, to) {
      if (from === to) return one
      const pair = pairOf({ base: from, quote: to })
      if (!found.has(pair)) found.set(pair, find(from, to))
      return found.get(pair)
    },
  }
}

type Fraction = { readonly numerator: bigint; readonly denominator: bigint }

/** One for one. */
const one = 10n ** BigInt(rateScale)

/** Currencies that have rates to most others, in the order in which they are tried. */
const pivots = ['USD', 'EUR']

function join(first: Fraction | undefined, second: Fraction | undefined): Fraction | undefined {
  if (first === undefined || second === undefined) return undefined
  return {
    numerator: first.numerator * second.numerator,
    denominator: first.denominator * second.denominator,
  }
}

/** "USD/KES" */
export function pairOf({ base, quote }: { readonly base: string; readonly quote: string }): string {
  return `${base}/${quote}`
}
