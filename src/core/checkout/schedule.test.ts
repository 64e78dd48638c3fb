import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysBetween, monthsAfter, monthsMost, penny, scheduleOf, spread, totalOf } from './schedule.ts'

const rate = (text: string): bigint => BigInt(Math.round(Number(text) * 10 ** 10))

const loans = fc.record({
  principal: fc.bigInt({ min: 1n, max: 100_000_000n }).map((pennies) => pennies * penny),
  months: fc.integer({ min: 1, max: monthsMost }),
  rate: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  from: fc
    .date({ min: new Date('2024-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
})

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

test('of 100,000 loans, each is exact to the penny: equal payments, principals that add up, no day twice', () => {
  fc.assert(
    fc.property(loans, (loan) => {
      const instalments = scheduleOf(loan)
      const payments = instalments.map(({ principal, interest }) => principal + interest)
      const last = payments.at(-1) ?? 0n
      expect(instalments).toHaveLength(loan.months)
      expect(sum(instalments.map(({ principal }) => principal))).toBe(loan.principal)
      expect(totalOf(instalments)).toBe(sum(payments))
      expect(instalments.every(({ principal, interest }) => principal >= 0n && interest >= 0n)).toBe(true)
      expect(payments.every((payment) => payment % penny === 0n)).toBe(true)
      // All but the last are one amount; the last takes what rounding left: at most three pennies a month.
      if (instalments.every(({ principal }) => principal > 0n)) {
        expect(new Set(payments.slice(0, -1)).size).toBeLessThanOrEqual(1)
        const first = payments[0] ?? last
        const off = last > first ? last - first : first - last
        expect(off).toBeLessThanOrEqual(3n * BigInt(loan.months) * penny)
      }
      let owed = loan.principal
      let day = loan.from
      for (const { dueOn, principal, interest } of instalments) {
        expect(daysBetween(day, dueOn)).toBeGreaterThanOrEqual(28)
        expect(daysBetween(day, dueOn)).toBeLessThanOrEqual(31)
        const exact = Number(owed * loan.rate * BigInt(daysBetween(day, dueOn))) / 30 / 10 ** 10
        expect(Math.abs(Number(interest) - exact)).toBeLessThanOrEqual(Number(penny) / 2 + 1)
        owed -= principal
        day = dueOn
      }
      expect(owed).toBe(0n)
    }),
    { numRuns: 100_000 },
  )
}, 180_000)

test('more is paid the more is borrowed, the dearer it is and the longer it runs', () => {
  fc.assert(
    fc.property(loans, fc.bigInt({ min: 100n, max: 10_000n }), (loan, more) => {
      const total = totalOf(scheduleOf(loan))
      expect(totalOf(scheduleOf({ ...loan, principal: loan.principal + more * penny }))).toBeGreaterThan(
        total,
      )
      const free = totalOf(scheduleOf({ ...loan, rate: 0n }))
      expect(free).toBe(loan.principal)
      expect(total).toBeGreaterThanOrEqual(free)
    }),
    { numRuns: 2_000 },
  )
})

test('a loan of £1,000 at 3 % for 30 days over three months', () => {
  const instalments = scheduleOf({
    principal: 1_000_000_000n,
    months: 3,
    rate: rate('0.03'),
    from: '2026-01-31',
  })
  // 28, 31 and 30 days: 28.00 on 1,000, then 31/30 of 3 % on what is left, then 3 %.
  expect(instalments).toEqual([
    { dueOn: '2026-02-28', principal: 325_060_000n, interest: 28_000_000n },
    { dueOn: '2026-03-31', principal: 332_140_000n, interest: 20_920_000n },
    { dueOn: '2026-04-30', principal: 342_800_000n, interest: 10_280_000n },
  ])
})

test.each([
  ['2026-01-31', ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
  ['2028-01-30', ['2028-02-29', '2028-03-30', '2028-04-30', '2028-05-30']],
  ['2026-10-15', ['2026-11-15', '2026-12-15', '2027-01-15', '2027-02-15']],
])('a month after %s is the same day, or the last one where there is none', (from, days) => {
  expect(days.map((_, place) => monthsAfter(from, place + 1))).toEqual(days)
})

test('what is left of a loan is spread over the days that are left', () => {
  const left = spread({ principal: 500_000_000n, rate: 0n, from: '2026-03-10' }, ['2026-03-31', '2026-04-30'])
  expect(left.map(({ dueOn, principal }) => [dueOn, principal])).toEqual([
    ['2026-03-31', 250_000_000n],
    ['2026-04-30', 250_000_000n],
  ])
})
