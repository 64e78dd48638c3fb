import { expect, test } from 'vitest'
import { isTimeZone } from './time-zone.ts'

test('a time zone is a name, and no offset, whose sign databases read the other way round', () => {
  expect(['Africa/Lagos', 'UTC', 'Etc/GMT+5'].every(isTimeZone)).toBe(true)
  expect(['+05:30', '-0300', 'Nowhere/Land', ''].filter(isTimeZone)).toEqual([])
})
