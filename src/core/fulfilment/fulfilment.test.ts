import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currency } from '../../../test/world.ts'
import type { OrderId, SupplierId } from '../../values/ids.ts'
import { chooseSupplier, parseReference, recipientOf, referenceOf, toppedUpIccid } from './fulfilment.ts'
import type { Candidate } from './fulfilment.ts'

const usd = currency('USD')

const anyCandidate: fc.Arbitrary<Candidate> = fc
  .record({
    id: fc.uuid(),
    priority: fc.integer({ min: 0, max: 3 }),
    cost: fc.bigInt({ min: 0n, max: 20n }),
    isHealthy: fc.boolean(),
    hasRate: fc.boolean(),
  })
  .map(({ id, priority, cost, isHealthy, hasRate }) => ({
    supplierId: id as SupplierId,
    productCode: 'P',
    priority,
    cost,
    currency: usd,
    isHealthy,
    costInPriceCurrency: hasRate ? cost : undefined,
  }))
const anyCandidates = fc.uniqueArray(anyCandidate, {
  selector: ({ supplierId }) => supplierId,
  maxLength: 6,
})
const anyPrice = fc.bigInt({ min: 0n, max: 20n })

describe('whom to ask', () => {
  it('is never somebody who costs more than the order pays, whose cost nobody can compare, or who is left alone', () => {
    fc.assert(
      fc.property(anyCandidates, anyPrice, (candidates, price) => {
        const choice = chooseSupplier(candidates, price)
        if (choice.kind !== 'ask') return
        const { costInPriceCurrency, isHealthy } = choice.candidate
        expect(isHealthy).toBe(true)
        expect(costInPriceCurrency !== undefined && costInPriceCurrency <= price).toBe(true)
      }),
    )
  })

  it('is the first by priority, then the cheapest, of those who may be asked', () => {
    fc.assert(
      fc.property(anyCandidates, anyPrice, (candidates, price) => {
        const choice = chooseSupplier(candidates, price)
        if (choice.kind !== 'ask') return
        const { candidate: chosen } = choice
        for (const other of candidates) {
          const cost = other.costInPriceCurrency
          if (other === chosen || !other.isHealthy || cost === undefined || cost > price) continue
          expect(other.priority).toBeGreaterThanOrEqual(chosen.priority)
          if (other.priority === chosen.priority)
            expect(cost).toBeGreaterThanOrEqual(chosen.costInPriceCurrency ?? 0n)
        }
      }),
    )
  })

  it('does not depend on the order in which they come', () => {
    fc.assert(
      fc.property(anyCandidates, anyPrice, (candidates, price) => {
        expect(chooseSupplier(candidates.toReversed(), price)).toEqual(chooseSupplier(candidates, price))
      }),
    )
  })

  it('nobody: waits while somebody affordable rests, and says whether the rest are too dear', () => {
    fc.assert(
      fc.property(anyCandidates, anyPrice, (candidates, price) => {
        const { kind } = chooseSupplier(candidates, price)
        const affordable = candidates.filter(
          ({ costInPriceCurrency: cost }) => cost !== undefined && cost <= price,
        )
        const expected =
          candidates.length === 0
            ? 'none'
            : affordable.length === 0
              ? 'too_dear'
              : affordable.some(({ isHealthy }) => isHealthy)
                ? 'ask'
                : 'wait'
        expect(kind).toBe(expected)
      }),
    )
  })
})

describe('a reference', () => {
  const anyItem = fc.record({
    orderId: fc.uuid().map((id) => id as OrderId),
    item: fc.integer({ min: 1, max: 9_999 }),
  })

  it('leads back to its item, and no two items share one', () => {
    fc.assert(
      fc.property(anyItem, anyItem, (one, other) => {
        expect(parseReference(referenceOf(one))).toEqual(one)
        const isSame = one.orderId === other.orderId && one.item === other.item
        expect(referenceOf(one) === referenceOf(other)).toBe(isSame)
      }),
    )
  })

  it('of the first item is the id of its order', () => {
    const orderId = '0199a1b2-0000-7000-8000-000000000001' as OrderId
    expect(referenceOf({ orderId, item: 1 })).toBe(orderId)
  })

  it('is not read out of anything else', () => {
    const id = '0199a1b2-0000-7000-8000-000000000001'
    const others = ['', id.toUpperCase(), ` ${id}`, `${id}\n`, `${id}-`, `${id}-x`, `${id}-12345`, `x${id}`]
    expect(others.map(parseReference)).toEqual(others.map(() => undefined))
    fc.assert(fc.property(fc.string(), (text) => parseReference(text) === undefined))
  })
})

describe('what a supplier is told of the recipient', () => {
  it('is every text that the buyer wrote, but neither how many nor how much', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
        (data) => {
          const told = recipientOf(data)
          for (const [key, value] of Object.entries(data)) {
            const isTold = typeof value === 'string' && key !== 'quantity' && key !== 'amount'
            expect(Object.hasOwn(told, key) ? told[key] : undefined).toBe(isTold ? value : undefined)
          }
        },
      ),
    )
  })

  it('is nothing where nothing was written', () => {
    expect([undefined, null, 'text', 7, true].map(recipientOf)).toEqual([{}, {}, {}, {}, {}])
  })

  it('names the eSIM to be topped up for an eSIM alone', () => {
    const customerData = { iccid: '8900000000000000001' }
    expect(toppedUpIccid({ productType: 'esim', customerData })).toBe('8900000000000000001')
    expect(toppedUpIccid({ productType: 'voucher', customerData })).toBeUndefined()
    expect(toppedUpIccid({ productType: 'esim', customerData: {} })).toBeUndefined()
  })
})
