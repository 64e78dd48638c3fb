import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyOf, sampleBrand, sampleCategory, sampleProduct } from '../../../test/sample-catalogue.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import type { PriceRule, Quote, Sku } from './catalogue.ts'
import { createPriceBook } from './pricing.ts'
import { createRateTable } from './rates.ts'

const [usd, eur, jpy] = [currencyOf('USD'), currencyOf('EUR'), currencyOf('JPY')]
const [partner, stranger] = ['partner' as PartnerId, 'stranger' as PartnerId] // Nobody looks behind an id here.
const percent = 1_000_000n
const one = 10n ** 10n

// gift cards (1) > games (2) > consoles (3), and airtime (4).
const categories = [sampleCategory(1), sampleCategory(2, 1), sampleCategory(3, 2), sampleCategory(4)]
const product = sampleProduct(7n, { category: sampleCategory(3, 2), brand: sampleBrand(5) })
const sku = firstSku(product.skus)

function firstSku(skus: readonly Sku[]): Sku {
  const [first] = skus
  if (first === undefined) throw new Error('There is no SKU.')
  return first
}

function rule(scope: PriceRule['scope'], markup: bigint, more: Partial<PriceRule> = {}): PriceRule {
  return {
    partnerId: undefined,
    scope,
    markupPercent: markup * percent,
    markupFixed: 0n,
    fixedPrice: undefined,
    ...more,
  }
}

function quote(
  rules: readonly PriceRule[],
  { of = sku, by = partner, amount }: { of?: Sku; by?: PartnerId; amount?: Micros } = {},
  currency = usd,
): Quote | undefined {
  const rates = createRateTable([{ base: usd, quote: eur, rate: (one * 9n) / 10n }])
  return createPriceBook(rules, rates, categories).quote(by, { sku: of, product, amount }, currency)
}

describe('which rule wins', () => {
  // From the weakest to the strongest.
  const everyone = [
    rule({ kind: 'all' }, 1n),
    rule({ kind: 'category', id: 1 }, 2n),
    rule({ kind: 'category', id: 2 }, 3n),
    rule({ kind: 'category', id: 3 }, 4n),
    rule({ kind: 'brand', id: 5 }, 5n),
    rule({ kind: 'product', id: product.id }, 6n),
    rule({ kind: 'sku', id: sku.id }, 7n),
  ]
  const own = everyone.map((one) => ({
    ...one,
    partnerId: partner,
    markupPercent: one.markupPercent + 10n * percent,
  }))
  const ladder = [...everyone, ...own]

  test.each(ladder.map((strongest, place) => [place + 1, strongest] as const))(
    'rule %i of the ladder beats all below it, in any order',
    (count, strongest) => {
      const rules = ladder.slice(0, count)
      expect(quote(rules)?.markupPercent).toBe(strongest.markupPercent)
      expect(quote(rules.toReversed())?.markupPercent).toBe(strongest.markupPercent)
    },
  )

  test("a partner's rules are nobody else's", () => {
    expect(quote(own, { by: stranger })).toMatchObject({ markupPercent: 0n, unitPrice: 10_000_000n })
    expect(quote(ladder, { by: stranger })?.markupPercent).toBe(7n * percent)
  })

  test('rules for others do not count', () => {
    const others = [
      rule({ kind: 'category', id: 4 }, 9n),
      rule({ kind: 'brand', id: 6 }, 9n),
      rule({ kind: 'sku', id: 'other' as Sku['id'] }, 9n),
    ] // An id of nothing.
    expect(quote(others)?.markupPercent).toBe(0n)
  })

  test('without any rule a unit costs its face value', () => {
    expect(quote([])).toEqual({
      unitPrice: 10_000_000n,
      currency: usd,
      faceValue: 10_000_000n,
      faceCurrency: usd,
      rate: one,
      markupPercent: 0n,
      markupFixed: 0n,
    })
  })

  test('categories in a circle end the search instead of the process', () => {
    const circle = [sampleCategory(2, 3), sampleCategory(3, 2)]
    const book = createPriceBook([rule({ kind: 'all' }, 1n)], createRateTable([]), circle)
    expect(book.quote(partner, { sku, product, amount: undefined }, usd)?.markupPercent).toBe(percent)
  })
})

describe('a fixed price', () => {
  const fixed = rule({ kind: 'sku', id: sku.id }, 0n, { fixedPrice: { amount: 8_500_000n, currency: eur } })
  const general = rule({ kind: 'sku', id: sku.id }, 7n)

  test("counts for wallets of its currency, before the SKU's other rule", () => {
    expect(quote([general, fixed], {}, eur)).toMatchObject({
      unitPrice: 8_500_000n,
      currency: eur,
      markupPercent: 0n,
      markupFixed: 0n,
    })
    expect(quote([fixed, general], {}, eur)?.unitPrice).toBe(8_500_000n)
  })

  test('leaves wallets of other currencies to the other rules', () => {
    expect(quote([fixed, general])?.markupPercent).toBe(7n * percent)
    expect(quote([fixed, rule({ kind: 'all' }, 3n)])?.markupPercent).toBe(3n * percent)
  })

  test('needs no exchange rate, and says which one it amounts to', () => {
    const inYen = { ...fixed, fixedPrice: { amount: 1_500_000_000n, currency: jpy } }
    expect(quote([general], {}, jpy)).toBeUndefined()
    expect(quote([inYen], {}, jpy)).toMatchObject({ unitPrice: 1_500_000_000n, rate: 150n * one })
  })

  test("does not beat a partner's own rule when it is everyone's", () => {
    expect(quote([fixed, { ...rule({ kind: 'all' }, 1n), partnerId: partner }], {}, eur)?.markupPercent).toBe(
      percent,
    )
  })

  test('never counts for a range, where any amount would cost the same', () => {
    const range: Sku = { ...sku, denomination: { kind: 'range', least: 1_000_000n, most: 100_000_000n } }
    expect(
      quote([{ ...fixed, fixedPrice: { amount: 1n, currency: usd } }], { of: range, amount: 100_000_000n })
        ?.unitPrice,
    ).toBe(100_000_000n)
  })
})

describe('the amount', () => {
  const range: Sku = { ...sku, denomination: { kind: 'range', least: 5_000_000n, most: 100_000_000n } }

  test('of a range is what the buyer names, by default its least', () => {
    expect(quote([], { of: range, amount: 20_000_000n })).toMatchObject({
      faceValue: 20_000_000n,
      unitPrice: 20_000_000n,
    })
    expect(quote([], { of: range })).toMatchObject({ faceValue: 5_000_000n, unitPrice: 5_000_000n })
  })

  test('of a fixed SKU is its face value, whatever is named', () => {
    expect(quote([], { amount: 1n })).toMatchObject({ faceValue: 10_000_000n, unitPrice: 10_000_000n })
  })
})

describe('there is no price', () => {
  test('without a rate to the currency of the wallet', () => {
    expect(quote([], {}, jpy)).toBeUndefined()
  })

  test('where it would round to nothing', () => {
    const tiny: Sku = { ...sku, denomination: { kind: 'fixed', value: 1n } }
    expect(quote([rule({ kind: 'all' }, -99n)], { of: tiny })).toBeUndefined()
  })

  test('where it would be beyond the largest amount', () => {
    const huge: Sku = { ...sku, denomination: { kind: 'fixed', value: 10n ** 18n } }
    expect(quote([], { of: huge })?.unitPrice).toBe(10n ** 18n)
    expect(quote([rule({ kind: 'all' }, 1n)], { of: huge })).toBeUndefined()
  })
})

/** amount × rate × (1 + markup ÷ 100) + fixed as one fraction in lowest denominator 10^18 of a micro, rounded by comparing both neighbours. */
function straightforwardPrice(
  amount: bigint,
  rate: bigint,
  markupPercent: bigint,
  markupFixed: bigint,
): bigint {
  const denominator = 10n ** 10n * 10n ** 8n
  const numerator = amount * rate * (10n ** 8n + markupPercent) + markupFixed * denominator
  let below = numerator / denominator
  while (below * denominator > numerator) below -= 1n
  const above = below + 1n
  const toBelow = numerator - below * denominator
  const toAbove = above * denominator - numerator
  if (toBelow !== toAbove) return toBelow < toAbove ? below : above
  return below % 2n === 0n ? below : above
}

describe('a price is exact', () => {
  /** Face values with 0, 2 or 3 decimals, as currencies have them, or with all six. */
  const amounts = fc
    .constantFrom(1_000_000n, 10_000n, 1_000n, 1n)
    .chain((unit) => fc.bigInt({ min: 1n, max: 10n ** 7n }).map((units) => units * unit))
  const rates = fc.oneof(
    fc.bigInt({ min: 1n, max: 10n ** 15n }),
    fc.constantFrom(one, one / 2n, one / 4n, 5n, 15n),
  )
  const markups = fc.oneof(
    fc.bigInt({ min: -99_999_999n, max: 1_000_000_000n }),
    fc.constantFrom(-50n * percent, -25n * percent, 0n, 50n * percent),
  )
  const fixedMarkups = fc.bigInt({ min: 0n, max: 10n ** 9n })

  test('to the micro, ties to the even one', () => {
    let ties = 0
    fc.assert(
      fc.property(amounts, rates, markups, fixedMarkups, (value, rate, markupPercent, markupFixed) => {
        const range: Sku = { ...sku, denomination: { kind: 'range', least: 1n, most: 10n ** 18n } }
        const rules = [rule({ kind: 'all' }, 0n, { markupPercent, markupFixed })]
        const book = createPriceBook(rules, createRateTable([{ base: usd, quote: jpy, rate }]), categories)
        const expected = straightforwardPrice(value, rate, markupPercent, markupFixed)
        if (
          (value * rate * (10n ** 8n + markupPercent) * 2n) % 10n ** 18n === 0n &&
          (value * rate * (10n ** 8n + markupPercent)) % 10n ** 18n !== 0n
        )
          ties += 1
        const found = book.quote(partner, { sku: range, product, amount: value }, jpy)
        expect(found?.unitPrice).toBe(expected > 0n && expected <= 10n ** 18n ? expected : undefined)
      }),
      { numRuns: 5000 },
    )
    expect(ties).toBeGreaterThan(0)
  })

  test.each([
    ['half a micro over an even one goes down', 1n, 25_000_000_000n, 2n],
    ['half a micro over an odd one goes up', 1n, 35_000_000_000n, 4n],
  ])('%s', (_name, value, rate, price) => {
    const tiny: Sku = { ...sku, denomination: { kind: 'fixed', value } }
    const book = createPriceBook([], createRateTable([{ base: usd, quote: jpy, rate }]), categories)
    expect(book.quote(partner, { sku: tiny, product, amount: undefined }, jpy)?.unitPrice).toBe(price)
  })

  test("the contract's figures: a discount of 2 % at 0.272", () => {
    const dirham: Sku = {
      ...sku,
      currency: currencyOf('AED'),
      denomination: { kind: 'range', least: 1_000_000n, most: 10n ** 9n },
    }
    const rates = createRateTable([{ base: currencyOf('AED'), quote: usd, rate: 2_720_000_000n }])
    const found = createPriceBook([rule({ kind: 'all' }, -2n)], rates, categories).quote(
      partner,
      { sku: dirham, product, amount: 100_000_000n },
      usd,
    )
    expect(found).toMatchObject({ unitPrice: 26_656_000n, rate: 2_720_000_000n, markupPercent: -2_000_000n })
  })
})
