import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInteger } from './cursor.ts'
import { keysetPage } from './keyset.ts'
import type { KeysetList, PageRequest } from './keyset.ts'

/** Numbers, largest first, out of an array. */
function listOf(numbers: readonly number[], name = 'numbers', asked: number[] = []): KeysetList<number> {
  const sorted = numbers.toSorted((a, b) => b - a)
  return {
    name,
    filters: { owner: 1 },
    keyShapes: [isInteger],
    keyOf: (number) => [String(number)],
    find: async (position, limit) => {
      asked.push(limit)
      const key = Number(position?.key[0])
      if (position === undefined) return sorted.slice(0, limit)
      if (position.direction === 'after') return sorted.filter((number) => number < key).slice(0, limit)
      return sorted
        .filter((number) => number > key)
        .toReversed()
        .slice(0, limit)
    },
  }
}

test('walking to the end and back shows every row once in each direction, whatever the size of pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(1_000), { maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      async (numbers, limit) => {
        const list = listOf(numbers)
        const down: number[] = []
        let page = await keysetPage(list, { limit })
        let last = page
        for (; ; last = page, page = await keysetPage(list, { limit, cursor: page.nextCursor })) {
          down.push(...page.rows)
          if (page.nextCursor === undefined) break
        }
        expect(down).toEqual(numbers.toSorted((a, b) => b - a))
        expect(last.rows.length).toBeLessThanOrEqual(limit)
        const up = [...page.rows]
        while (page.previousCursor !== undefined) {
          page = await keysetPage(list, { limit, cursor: page.previousCursor })
          expect(page.rows).not.toEqual([])
          up.unshift(...page.rows)
        }
        expect(up).toEqual(down)
      },
    ),
    { seed: 7 },
  )
})

test('a page has at least one row and at most a thousand, whatever is asked for', async () => {
  const asked: number[] = []
  for (const limit of [0, -5, 1.9, 1_000, 5_000]) await keysetPage(listOf([1], 'numbers', asked), { limit })
  expect(asked).toEqual([2, 2, 2, 1_001, 1_001])
})

test('a cursor of another list is refused', async () => {
  const request: PageRequest = { limit: 1 }
  const { nextCursor } = await keysetPage(listOf([1, 2, 3]), request)
  expect(nextCursor).toBeDefined()
  const foreign = keysetPage(listOf([1, 2, 3], 'others'), { ...request, cursor: nextCursor })
  await expect(foreign).rejects.toMatchObject({ code: 'validation_failed' })
})
