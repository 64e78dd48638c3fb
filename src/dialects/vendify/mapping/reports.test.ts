import { describe, expect, test } from 'vitest'
import { readDays } from './days.ts'
import { maskCode, maskEmail, maskTelephone } from './masks.ts'
import { toGrouped } from './reports.ts'

test('masks show as much as the vendor’s samples do', () => {
  expect(maskCode('XCJ 1234 5678 UYV')).toBe('XCJ*********UYV')
  expect(maskCode('1234567')).toBe('*********')
  expect(maskTelephone('+2348038030177')).toBe('+**********77')
  expect(maskEmail('porter@example.com')).toBe('po**************com')
  expect([maskTelephone(undefined), maskEmail('')]).toEqual(['', ''])
})

test.each([
  [0n, '0.00'],
  [100_000_000n, '100.00'],
  [57_191_700_000n, '57,191.70'],
  [1_234_567_895_000n, '1,234,567.90'],
  [999_995_000n, '1,000.00'],
  [5_000n, '0.00'],
])('%d micros are written %s', (amount, text) => {
  expect(toGrouped(amount)).toBe(text)
})

describe('the days of a report', () => {
  test('are whole, the last one included', () => {
    expect(readDays({ fromDate: '2021-01-01', toDate: '2021-02-01' }, 2)).toEqual({
      from: new Date('2021-01-01T00:00:00Z'),
      until: new Date('2021-02-02T00:00:00Z'),
    })
  })

  test.each([
    ['2021-01-01', '2021-03-01', 'fits'],
    ['2021-01-01', '2021-03-02', 'too_wide'],
    ['2020-12-31', '2021-03-03', 'fits'],
    ['2020-12-31', '2021-03-04', 'too_wide'],
    ['2021-01-02', '2021-01-01', 'wrong'],
    ['2021-02-29', '2021-03-01', 'wrong'],
    ['2021-1-1', '2021-03-01', 'wrong'],
    ['2021-01-01', 'x', 'wrong'],
  ])('from %s to %s: %s', (fromDate, toDate, verdict) => {
    const days = readDays({ fromDate, toDate }, 2)
    expect(days === 'too_wide' ? days : 'from' in days ? 'fits' : 'wrong').toBe(verdict)
  })
})
