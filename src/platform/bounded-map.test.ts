import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('holds no more than it may, and lets go of what was not used for longest', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.get('a')).toBe(1)
  map.set('c', 3)
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2])
})

test('knows what was used even if it was less than half full then', () => {
  const map = new BoundedMap<string, number>(4)
  for (const key of ['a', 'b']) map.set(key, 1)
  map.get('a')
  map.set('c', 1)
  for (const key of ['a', 'd', 'e']) if (map.get(key) === undefined) map.set(key, 1)
  expect([map.get('a'), map.get('b'), map.size]).toEqual([1, undefined, 4])
})

test('setting a key again replaces its value and counts as a use', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4])
})

test('lets go of what it is told to', () => {
  const map = new BoundedMap<string, number>(9)
  for (const value of [1, 2, 3, 4]) map.set(`k${value}`, value)
  map.deleteWhere((value) => value % 2 === 0)
  map.delete('k1')
  expect([map.size, map.get('k3')]).toEqual([1, 3])
  map.clear()
  expect([map.size, map.get('k3')]).toEqual([0, undefined])
})
