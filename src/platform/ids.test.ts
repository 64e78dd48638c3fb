import { expect, test } from 'vitest'
import { newId } from './ids.ts'

test('identifiers are version 7, all different, and in the order in which they were made', () => {
  const ids = Array.from({ length: 5_000 }, () => newId())
  expect(ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id))).toBe(
    true,
  )
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})
