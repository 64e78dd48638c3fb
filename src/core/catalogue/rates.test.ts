import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyOf } from '../../../test/sample-catalogue.ts'
import { parseDecimal } from '../../values/decimal.ts'
import { createRateTable } from './rates.ts'
import type { Rate } from './rates.ts'

const [usd, eur, jpy, kwd, gbp] = ['USD', 'EUR', 'JPY', 'KWD', 'GBP'].map(currencyOf) as [
  Rate['base'],
  Rate['base'],
  Rate['base'],
  Rate['base'],
  Rate['base'],
] // Five in, five out.

function scaled(text: string): bigint {
  const value = parseDecimal(text, 10)
  if (value === undefined) throw new Error(`${text} is no rate.`)
  return value
}

describe('the rate between two currencies', () => {
  test('is one between a currency and itself, even one without any rates', () => {
    expect(createRateTable([]).rate(gbp, gbp)).toBe(scaled('1'))
  })

  test('is the stored one where there is one, whatever the opposite says', () => {
    const table = createRateTable([
      { base: usd, quote: eur, rate: scaled('0.85') },
      { base: eur, quote: usd, rate: scaled('1.2') },
    ])
    expect(table.rate(usd, eur)).toBe(scaled('0.85'))
    expect(table.rate(eur, usd)).toBe(scaled('1.2'))
  })

  test('is the inverse of the opposite, rounded half-even to 10 digits', () => {
    expect(createRateTable([{ base: usd, quote: jpy, rate: scaled('3') }]).rate(jpy, usd)).toBe(
      scaled('0.3333333333'),
    )
    expect(createRateTable([{ base: usd, quote: jpy, rate: scaled('150') }]).rate(jpy, usd)).toBe(
      scaled('0.0066666667'),
    )
    // 1 ÷ 2,000,000,000 and 3 times that lie half-way between two rates of 10 digits: the even one wins.
    const tie = createRateTable([{ base: usd, quote: jpy, rate: scaled('4000000000') }])
    expect(tie.rate(jpy, usd)).toBe(2n)
    const tieToOdd = createRateTable([{ base: usd, quote: jpy, rate: scaled('800000000') }])
    expect(tieToOdd.rate(jpy, usd)).toBe(12n)
  })

  test('goes by way of USD, rounded once', () => {
    const table = createRateTable([
      { base: usd, quote: jpy, rate: scaled('3') },
      { base: usd, quote: kwd, rate: scaled('0.3') },
    ])
    // Rounded twice it would be 0.3333333333 × 0.3 = 0.0999999999…
    expect(table.rate(jpy, kwd)).toBe(scaled('0.1'))
    expect(table.rate(kwd, jpy)).toBe(scaled('10'))
  })

  test('goes by way of EUR only where USD does not lead there', () => {
    const overEur: Rate[] = [
      { base: eur, quote: jpy, rate: scaled('160') },
      { base: eur, quote: gbp, rate: scaled('0.8') },
    ]
    expect(createRateTable(overEur).rate(gbp, jpy)).toBe(scaled('200'))
    const both = [
      ...overEur,
      { base: usd, quote: jpy, rate: scaled('150') },
      { base: usd, quote: gbp, rate: scaled('0.5') },
    ]
    expect(createRateTable(both).rate(gbp, jpy)).toBe(scaled('300'))
  })

  test('is not made of more than two steps', () => {
    const table = createRateTable([
      { base: jpy, quote: usd, rate: scaled('0.01') },
      { base: usd, quote: eur, rate: scaled('0.9') },
      { base: eur, quote: kwd, rate: scaled('0.3') },
    ])
    expect(table.rate(jpy, kwd)).toBeUndefined()
  })

  test('is none where it would round to zero, so that nothing is sold for nothing', () => {
    const table = createRateTable([
      { base: usd, quote: jpy, rate: scaled('9999999999') },
      { base: usd, quote: kwd, rate: scaled('0.0001') },
    ])
    expect(table.rate(jpy, kwd)).toBeUndefined()
  })
})

test('a cross rate is the quotient of its exact legs, to half a unit of the last digit', () => {
  const rate = fc.bigInt({ min: 1n, max: 10n ** 16n })
  fc.assert(
    fc.property(rate, rate, (toJpy, toKwd) => {
      const found = createRateTable([
        { base: usd, quote: jpy, rate: toJpy },
        { base: usd, quote: kwd, rate: toKwd },
      ]).rate(jpy, kwd)
      // found ÷ 10^10 = toKwd ÷ toJpy within ½ × 10^-10, without dividing.
      const error = (found ?? 0n) * toJpy - toKwd * 10n ** 10n
      expect((error < 0n ? -error : error) * 2n <= toJpy).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
