import { describe, expect, test } from 'vitest'
import { isDay, readDay } from './day.ts'

describe('a day', () => {
  test('is one that exists, and begins at midnight of UTC', () => {
    expect(readDay('2028-02-29')).toEqual(new Date('2028-02-29T00:00:00Z'))
    expect(['0001-01-01', '1969-12-31', '9999-12-31'].filter((text) => !isDay(text))).toEqual([])
  })

  test('is no text that only looks like one', () => {
    const texts = ['2027-02-29', '2027-02-30', '2027-13-01', '2027-00-10', '2027-01-00', '0000-01-01']
    const shapes = [
      '',
      '2027-1-1',
      '27-01-01',
      '+002027-01-01',
      '2027-01-01T00:00:00Z',
      ' 2027-01-01',
      '２０２７-01-01',
    ]
    expect([...texts, ...shapes].filter(isDay)).toEqual([])
  })
})
