import { expect, test } from 'vitest'
import { stockLots } from './data/stock.ts'
import { makeCodes } from './make-codes.ts'

test('codes have the shape of their lot, with all that goes with them', () => {
  const shape = {
    code: 'X??-##',
    pin: '####',
    serial: 'RG######',
    url: 'https://redeem.example.com/a?code={code}',
    months: 1,
  }
  for (const made of makeCodes({ sku: 'A', count: 50, ...shape }, '2027-01-31')) {
    expect(made.code).toMatch(/^X[2-9A-HJ-NP-Z]{2}-\d\d$/)
    expect(made.pin).toMatch(/^\d{4}$/)
    expect(made.serial).toMatch(/^RG\d{6}$/)
    expect(made.url).toBe(`https://redeem.example.com/a?code=${made.code}`)
    // February is shorter than January.
    expect(made.expiresOn).toBe('2027-02-28')
  }
})

test('what a lot does not have, its codes do not have', () => {
  expect(Object.keys(makeCodes({ sku: 'A', count: 1, code: '????' }, '2027-01-31')[0] ?? {})).toEqual([
    'code',
  ])
})

test('every sign of the alphabet comes up, about as often as the others', () => {
  const signs = makeCodes({ sku: 'A', count: 4_000, code: '################' }, '2027-01-31').flatMap(
    ({ code }) => code.split(''),
  )
  const counts = [...Map.groupBy(signs, (sign) => sign).values()].map((same) => same.length)
  expect(counts).toHaveLength(10)
  // 64,000 draws, 6,400 expected of each; 6 standard deviations are 455.
  for (const count of counts) expect(Math.abs(count - 6_400)).toBeLessThan(460)
})

test('no code of a demo lot can be guessed: each has at least 46 random bits, and together with its PIN 59', () => {
  for (const lot of stockLots) {
    expect(bits(lot.code), lot.sku).toBeGreaterThan(46)
    expect(bits(lot.code + (lot.pin ?? '')), lot.sku).toBeGreaterThan(59)
  }
})

function bits(shape: string): number {
  const count = (sign: string): number => shape.split(sign).length - 1
  return count('?') * 5 + count('#') * Math.log2(10)
}
