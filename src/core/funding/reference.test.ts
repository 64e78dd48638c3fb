import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  findPaymentReferences,
  isPaymentReference,
  randomSigns,
  signs,
  toPaymentReference,
} from './reference.ts'

const random = fc
  .array(fc.constantFrom(...signs.split('')), { minLength: randomSigns, maxLength: randomSigns })
  .map((list) => list.join(''))

describe('a payment reference', () => {
  test('is found however it was typed, between whatever else', () => {
    const noise = fc.string({ unit: 'grapheme-ascii', maxLength: 30 })
    const gaps = fc.array(fc.constantFrom('', '', ' ', '-', '. ', '/'), { minLength: 13, maxLength: 13 })
    fc.assert(
      fc.property(random, noise, noise, gaps, fc.boolean(), (signsOf, before, after, spaces, isLower) => {
        const reference = toPaymentReference(signsOf)
        const typed = reference
          .split('')
          .map((sign, place) => sign + (spaces[place] ?? ''))
          .join('')
        const text = `${before} ${isLower ? typed.toLowerCase() : typed} ${after}`
        expect(findPaymentReferences(text)).toContain(reference)
      }),
      { seed: 1, numRuns: 2_000 },
    )
  })

  test('with one wrong sign, or two neighbours exchanged, is none', () => {
    fc.assert(
      fc.property(
        random,
        fc.nat(randomSigns),
        fc.constantFrom(...signs.split('')),
        (signsOf, place, other) => {
          const right = toPaymentReference(signsOf)
          const at = 3 + place
          const wrong = right.slice(0, at) + other + right.slice(at + 1)
          expect(isPaymentReference(wrong)).toBe(wrong === right)
          const next = at + 1
          if (next >= right.length - 1) return
          const exchanged = right.slice(0, at) + right.charAt(next) + right.charAt(at) + right.slice(next + 1)
          expect(isPaymentReference(exchanged)).toBe(exchanged === right)
        },
      ),
      { seed: 2, numRuns: 5_000 },
    )
  })

  test('is not seen where there is none', () => {
    for (const text of ['', 'SCR', 'SCRIP PAYMENT 12', 'INVOICE SCR000000000', 'scr-2222222223x'])
      expect(findPaymentReferences(text)).toEqual([])
  })

  test('stands once in the answer, and two of them both', () => {
    const [one, two] = [toPaymentReference('222222222'), toPaymentReference('3456789BC')]
    expect(findPaymentReferences(`${one} ${one} and ${two}`)).toEqual([one, two])
  })
})
