import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleSku } from '../../../test/sample-catalogue.ts'
import { currency } from '../../../test/world.ts'
import { allInRateOf, convert } from './conversion.ts'

const naira = currency('NGN')
const sku = sampleSku(1n)
const terms = { fxMarginPercent: 2_500_000n, discountPercent: 5_000_000n }

describe('a conversion', () => {
  test('has the figures of the vendor’s sample: 1.00 at 2313.30 is 2313.30, less 5 % 2197.635', () => {
    expect(convert(sku, { faceValue: 1_000_000n }, 23_133_000_000_000n, naira, terms)).toMatchObject({
      targetValue: 2_313_300_000n,
      cost: 2_197_635_000n,
    })
  })

  test('by value keeps the value, and finds the face value that it buys', () => {
    expect(convert(sku, { targetValue: 5_000_000_000n }, 23_133_000_000_000n, naira, terms)).toMatchObject({
      faceValue: 2_161_414n,
      targetValue: 5_000_000_000n,
      cost: 4_750_000_000n,
    })
  })

  test('there and back is the same face value, at any rate from one on', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 12n), fc.bigInt(10n ** 10n, 10n ** 15n), (faceValue, rate) => {
        const there = convert(sku, { faceValue }, rate, naira, terms)
        const back = convert(sku, { targetValue: there?.targetValue ?? 0n }, rate, naira, terms)
        expect(back).toEqual(there)
      }),
    )
  })

  test('puts the partner’s own rule on the value, and takes the discount off what comes of it', () => {
    const at = (rule: object) =>
      convert(sku, { faceValue: 1_000_000n }, 23_133_000_000_000n, naira, terms, {
        markupPercent: 0n,
        markupFixed: 0n,
        fixedPrice: undefined,
        ...rule,
      })
    expect(at({})).toMatchObject({ targetValue: 2_313_300_000n, cost: 2_197_635_000n })
    expect(at({ markupPercent: 10_000_000n, markupFixed: 50_000_000n })).toMatchObject({
      targetValue: 2_313_300_000n,
      cost: 2_464_898_500n,
    })
    expect(at({ markupPercent: -10_000_000n })?.cost).toBe(1_977_871_500n)
    const fixedPrice = { amount: 2_000_000_000n, currency: naira }
    expect(at({ fixedPrice })).toMatchObject({ targetValue: 2_313_300_000n, cost: 1_900_000_000n })
  })

  test('is none where it would cost nothing, or too much', () => {
    expect(convert(sku, { faceValue: 1n }, 1n, naira, terms)).toBeUndefined()
    expect(convert(sku, { faceValue: 10n ** 18n }, 2n * 10n ** 10n, naira, terms)).toBeUndefined()
  })
})

test('a margin is put on the mid rate, rounded once, and not on money of the same currency', () => {
  expect(allInRateOf(15_000_000_000_001n, terms, false)).toBe(15_375_000_000_001n)
  expect(allInRateOf(10_000_000_000n, terms, true)).toBe(10_000_000_000n)
})
