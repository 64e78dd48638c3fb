import { describe, expect, test } from 'vitest'
import { readInstant } from './instants.ts'

describe('an instant of a filter', () => {
  test.each([
    ['2025-01-01T00:00:00Z', '2025-01-01T00:00:00.000Z'],
    ['2025-01-01t02:00:00+02:00', '2025-01-01T00:00:00.000Z'],
    ['2025-01-01T02:00:00 02:00', '2025-01-01T00:00:00.000Z'],
    ['2024-12-31T19:30:00-0430', '2025-01-01T00:00:00.000Z'],
    ['2025-01-01 00:00:00', '2025-01-01T00:00:00.000Z'],
    ['2025-01-01T00:00', '2025-01-01T00:00:00.000Z'],
    ['2025-01-01', '2025-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(readInstant(text, 'first')?.toISOString()).toBe(iso)
  })

  test('that is a day means its last second where it is an end, and a fraction belongs to its second', () => {
    expect(readInstant('2025-01-31', 'last')?.toISOString()).toBe('2025-01-31T23:59:59.000Z')
    expect(readInstant('2025-01-31T10:00:00.999Z', 'last')?.toISOString()).toBe('2025-01-31T10:00:00.000Z')
  })

  test.each([
    'yesterday',
    '2025-02-30',
    '2025-13-01',
    '2025-01-01T25:00:00Z',
    '2025-01-01T00:61:00Z',
    '01/02/2025',
    '2025-1-1',
    '1735689600',
    '2025-01-01T00:00:00+99:00',
    '2025-01-01Z',
    '',
  ])('%s is none', (text) => {
    expect(readInstant(text, 'first')).toBeUndefined()
  })
})
