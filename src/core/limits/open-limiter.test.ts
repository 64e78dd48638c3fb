import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { lotToAskFor } from './limiter.ts'
import type { Limiter } from './limiter.ts'
import { openLimiter } from './open-limiter.ts'

const { database } = await createTestDatabase()
const noon = new Date('2030-01-01T12:00:10Z')
const nextMinute = new Date('2030-01-01T12:01:00Z')

afterEach(() => {
  vi.useRealTimers()
})

const partnerId = async () => (await newPartner(database)).id

function counting(): {
  readonly wrapped: Database
  readonly seen: { queries: number; failure: Error | undefined }
} {
  const seen = { queries: 0, failure: undefined as Error | undefined }
  const query: Database['query'] = async (statement) => {
    seen.queries += 1
    if (seen.failure !== undefined) throw seen.failure
    return database.query(statement)
  }
  return { wrapped: { ...database, query }, seen }
}

/** How many of so many requests, all sent at once over the limiters in turn, are allowed. */
async function allowedOf(
  limiters: readonly Limiter[],
  partner: Awaited<ReturnType<typeof partnerId>>,
  limit: number,
  requests: number,
  now = noon,
) {
  const asked = Array.from({ length: requests }, async (_, place) =>
    limiters[place % limiters.length]?.take(partner, limit, now),
  )
  return (await Promise.all(asked)).filter((answer) => answer?.allowed).length
}

describe('over one database', () => {
  test('processes together allow the limit exactly when more is asked of both, one call after the other', async () => {
    const [one, other, partner] = [openLimiter(database), openLimiter(database), await partnerId()]
    const allowed = { one: 0, other: 0 }
    for (let call = 0; call < 130; call += 1) {
      if ((await one.take(partner, 100, noon)).allowed) allowed.one += 1
      if ((await other.take(partner, 100, noon)).allowed) allowed.other += 1
    }
    expect(allowed.one + allowed.other).toBe(100)
    expect(allowed.one).toBeGreaterThan(0)
    expect(allowed.other).toBeGreaterThan(0)
  })

  test.each([1, 7, 60, 1_000])(
    '200 or more requests at once over three processes meet a limit of %i exactly',
    async (limit) => {
      const limiters = Array.from({ length: 3 }, () => openLimiter(database))
      const partner = await partnerId()
      expect(await allowedOf(limiters, partner, limit, Math.max(200, 3 * limit))).toBe(limit)
      expect(await allowedOf(limiters, partner, limit, 30)).toBe(0)
    },
  )

  test('never is more than the limit allowed, however calls fall on processes, and little is withheld', async () => {
    const calls = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 20 })), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120 }), calls, async (limit, bursts) => {
        const limiters = Array.from({ length: 3 }, () => openLimiter(database))
        const partner = await partnerId()
        const allowed = [0, 0, 0]
        const asked = [0, 0, 0]
        for (const [process, size] of bursts) {
          const limiter = limiters[process]
          if (limiter === undefined) throw new Error('There are three.')
          asked[process] = (asked[process] ?? 0) + size
          allowed[process] = (allowed[process] ?? 0) + (await allowedOf([limiter], partner, limit, size))
        }
        const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
        expect(sum(allowed)).toBeLessThanOrEqual(limit)
        // Who was refused something was refused it by the limit, but for what others have taken and not used: as much again at the most.
        for (const process of [0, 1, 2]) {
          if (allowed[process] === asked[process]) continue
          const others = sum(allowed) - (allowed[process] ?? 0)
          expect(sum(allowed) + others).toBeGreaterThanOrEqual(limit)
        }
      }),
      { seed: 11, numRuns: 40 },
    )
  })

  test('the next minute starts from nothing', async () => {
    const [one, other, partner] = [openLimiter(database), openLimiter(database), await partnerId()]
    expect(await allowedOf([one, other], partner, 10, 40)).toBe(10)
    expect(await allowedOf([one, other], partner, 10, 40, nextMinute)).toBe(10)
    const [rows] = await database.query(sql`select count(*) from rate_windows where partner_id = ${partner}`)
    expect(rows).toEqual({ count: 1n })
  })

  test('what was left of a minute is gone with it', async () => {
    const [one, partner] = [openLimiter(database), await partnerId()]
    expect(await allowedOf([one], partner, 50, 20)).toBe(20)
    expect(await allowedOf([one], partner, 50, 80, nextMinute)).toBe(50)
  })

  test('partners, and limits of another name, do not count for each other', async () => {
    const [one, partner, other] = [openLimiter(database), await partnerId(), await partnerId()]
    expect(await allowedOf([one], partner, 5, 9)).toBe(5)
    expect(await allowedOf([one], other, 5, 9)).toBe(5)
    expect(await allowedOf([openLimiter(database, 'logins')], partner, 5, 9)).toBe(5)
  })
})

describe('an answer', () => {
  test('says what is left and when the minute ends', async () => {
    const [one, partner] = [openLimiter(database), await partnerId()]
    const remaining: number[] = []
    for (let call = 0; call < 4; call += 1) {
      const answer = await one.take(partner, 3, noon)
      expect(answer.resetAt).toEqual(nextMinute)
      expect(answer.allowed).toBe(call < 3)
      remaining.push(answer.remaining)
    }
    expect(remaining).toEqual([2, 1, 0, 0])
  })

  test('goes by a limit that was raised or lowered in the middle of the minute', async () => {
    const [one, partner] = [openLimiter(database), await partnerId()]
    expect(await allowedOf([one], partner, 10, 20)).toBe(10)
    expect(await allowedOf([one], partner, 15, 20)).toBe(5)
    expect(await allowedOf([one], partner, 4, 20)).toBe(0)
  })

  test('without a time to go by goes by the database’s clock', async () => {
    const [one, partner] = [openLimiter(database), await partnerId()]
    const clock = async () => {
      const [row] = await database.query<{ ends: Date }>(
        sql`select date_trunc('minute', now()) + interval '1 minute' as ends`,
      )
      return row?.ends
    }
    const before = await clock()
    const { allowed, resetAt } = await one.take(partner, 2)
    expect(allowed).toBe(true)
    expect([before, await clock()]).toContainEqual(resetAt)
  })

  test('is not held back by a share whose minute has ended on this process’s clock', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { wrapped, seen } = counting()
    const [one, partner] = [openLimiter(wrapped), await partnerId()]
    await one.take(partner, 1)
    expect(seen.queries).toBe(1)
    await one.take(partner, 1)
    expect(seen.queries).toBe(1)
    vi.advanceTimersByTime(60_000)
    await one.take(partner, 1)
    expect(seen.queries).toBe(2)
  })
})

describe('the database', () => {
  test('is asked for a small part of the requests, and not at all once the limit is met', async () => {
    const { wrapped, seen } = counting()
    const [one, partner] = [openLimiter(wrapped), await partnerId()]
    for (let call = 0; call < 6_000; call += 1)
      expect((await one.take(partner, 6_000, noon)).allowed).toBe(true)
    expect(seen.queries).toBeLessThan(60)
    const { queries } = seen
    for (let call = 0; call < 100; call += 1)
      expect((await one.take(partner, 6_000, noon)).allowed).toBe(false)
    expect(seen.queries).toBe(queries)
  })

  test('that is down is an unavailable service, and works again when it is up', async () => {
    const { wrapped, seen } = counting()
    const [one, partner] = [openLimiter(wrapped), await partnerId()]
    seen.failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const refused = await Promise.allSettled([one.take(partner, 5, noon), one.take(partner, 5, noon)])
    for (const one of refused)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', retryAfterSeconds: 1 } })
    seen.failure = undefined
    expect(await allowedOf([one], partner, 5, 9)).toBe(5)
  })
})

test('a lot is never more than was allowed before, nor than a quarter of what is left, but for those that wait', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 100_000 }), fc.nat(50), (allowed, left, waiting) => {
      const lot = lotToAskFor(allowed, left, waiting)
      expect(lot).toBeGreaterThanOrEqual(Math.max(1, waiting))
      if (lot > Math.max(1, waiting)) expect(lot).toBeLessThanOrEqual(Math.min(allowed, left / 4, 1_000))
    }),
  )
})
