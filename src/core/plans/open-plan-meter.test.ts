import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import { openPlanMeter } from './open-plan-meter.ts'
import type { Plan, PlanAllowance, PlanMeter } from './plan.ts'

const { database } = await createTestDatabase()
const noon = new Date('2030-01-31T12:00:10Z')

const partnerId = async () => (await newPartner(database)).id

function plan(requestsPerMinute: number | undefined, requestsPerMonth?: number): Plan {
  return { code: 'test', name: 'Test', requestsPerMinute, requestsPerMonth, areas: undefined }
}

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

function takeAll(
  meters: readonly PlanMeter[],
  partner: PartnerId,
  of: Plan,
  requests: number,
  now = noon,
): Promise<PlanAllowance[]> {
  return Promise.all(
    Array.from({ length: requests }, async (_, place) => {
      const meter = meters[place % meters.length]
      if (meter === undefined) throw new Error('There is no meter.')
      return meter.take(partner, of, now)
    }),
  )
}

async function allowedOf(...parts: Parameters<typeof takeAll>): Promise<number> {
  return (await takeAll(...parts)).filter(({ allowed }) => allowed).length
}

describe('over one database', () => {
  test.each([1, 7, 60, 150])(
    '200 requests at once over two processes meet a limit of %i exactly',
    async (limit) => {
      const meters = [openPlanMeter(database), openPlanMeter(database)]
      const partner = await partnerId()
      expect(await allowedOf(meters, partner, plan(limit), 200)).toBe(limit)
      expect(await allowedOf(meters, partner, plan(limit), 20)).toBe(0)
    },
  )

  test('exactly the limit passes however calls fall on processes: none withholds what another could use', async () => {
    const calls = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 20 })), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 120 }),
        calls,
        async (perMinute, perMonth, bursts) => {
          const meters = Array.from({ length: 3 }, () => openPlanMeter(database))
          const partner = await partnerId()
          const [asked, allowed] = [[] as number[], [] as number[]]
          for (const [process, size] of bursts) {
            const meter = meters[process]
            if (meter === undefined) continue
            asked.push(size)
            allowed.push(await allowedOf([meter], partner, plan(perMinute, perMonth), size))
          }
          const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0)
          expect(sum(allowed)).toBe(Math.min(sum(asked), perMinute, perMonth))
        },
      ),
      { seed: 5, numRuns: 25 },
    )
  })

  test('so does it where processes take requests ahead: they hand back in time what they do not use', async () => {
    const calls = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 30 })), {
      minLength: 10,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 40, max: 300 }), calls, async (limit, bursts) => {
        const meters = Array.from({ length: 3 }, () => openPlanMeter(database, { reserve: 20 }))
        const partner = await partnerId()
        let [asked, allowed] = [0, 0]
        for (const [process, size] of bursts) {
          const meter = meters[process]
          if (meter === undefined) continue
          asked += size
          // One after the other, as a busy client calls: what was taken ahead is used.
          for (let call = 0; call < size; call += 1)
            if ((await meter.take(partner, plan(undefined, limit), noon)).allowed) allowed += 1
        }
        expect(allowed).toBe(Math.min(asked, limit))
        await Promise.all(meters.map((meter) => meter.close()))
        const [row] = await database.query(
          sql`select month_used, held from plan_usage where partner_id = ${partner}`,
        )
        expect(row).toEqual({ month_used: BigInt(allowed), held: 0n })
      }),
      { seed: 3, numRuns: 12 },
    )
  }, 60_000)

  test('a process that dies with some of them lets nobody beyond the limit', async () => {
    const partner = await partnerId()
    const [dying, other] = [
      openPlanMeter(database, { reserve: 20 }),
      openPlanMeter(database, { reserve: 20 }),
    ]
    let allowed = 0
    for (let call = 0; call < 30; call += 1)
      if ((await dying.take(partner, plan(200), noon)).allowed) allowed += 1
    const rest = await allowedOf([other], partner, plan(200), 300)
    expect(allowed + rest).toBeLessThanOrEqual(200)
    expect(allowed + rest).toBeGreaterThan(200 - 100)
  })

  test('partners do not count for each other', async () => {
    const meter = openPlanMeter(database)
    expect(await allowedOf([meter], await partnerId(), plan(5), 9)).toBe(5)
    expect(await allowedOf([meter], await partnerId(), plan(5), 9)).toBe(5)
  })
})

describe('a minute and a month', () => {
  const [lastOfMinute, firstOfMinute] = [
    new Date('2030-01-31T12:00:59.999Z'),
    new Date('2030-01-31T12:01:00Z'),
  ]

  test('the next minute starts from nothing, to the millisecond', async () => {
    const [one, other, partner] = [openPlanMeter(database), openPlanMeter(database), await partnerId()]
    expect(await allowedOf([one, other], partner, plan(10, 1_000), 40)).toBe(10)
    expect(await allowedOf([one, other], partner, plan(10, 1_000), 4, lastOfMinute)).toBe(0)
    expect(await allowedOf([one, other], partner, plan(10, 1_000), 40, firstOfMinute)).toBe(10)
    const [row] = await database.query(
      sql`select minute_used, month_used from plan_usage where partner_id = ${partner}`,
    )
    expect(row).toEqual({ minute_used: 10n, month_used: 20n })
  })

  test('the next calendar month in UTC starts from nothing, to the millisecond, whatever its length', async () => {
    const meters = [openPlanMeter(database), openPlanMeter(database)]
    for (const [last, first] of [
      ['2030-01-31T23:59:59.999Z', '2030-02-01T00:00:00Z'],
      ['2032-02-29T23:59:59.999Z', '2032-03-01T00:00:00Z'],
      ['2030-12-31T23:59:59.999Z', '2031-01-01T00:00:00Z'],
    ] as const) {
      const partner = await partnerId()
      expect(await allowedOf(meters, partner, plan(60, 25), 40, new Date(last))).toBe(25)
      const [refused] = await takeAll(meters, partner, plan(60, 25), 1, new Date(last))
      expect(refused).toEqual({ allowed: false, limit: 25, remaining: 0, resetAt: new Date(first) })
      expect(await allowedOf(meters, partner, plan(60, 25), 40, new Date(first))).toBe(25)
    }
  })

  test('what a minute refuses does not count for its month', async () => {
    const [meter, partner] = [openPlanMeter(database), await partnerId()]
    const later = new Date('2030-01-31T12:02:00Z')
    expect(await allowedOf([meter], partner, plan(10, 25), 100)).toBe(10)
    expect(await allowedOf([meter], partner, plan(10, 25), 100, firstOfMinute)).toBe(10)
    expect(await allowedOf([meter], partner, plan(10, 25), 100, later)).toBe(5)
  })

  test('a clock that was set back by minutes opens none of them again', async () => {
    const [meter, partner] = [openPlanMeter(database), await partnerId()]
    expect(await allowedOf([meter], partner, plan(10), 20, firstOfMinute)).toBe(10)
    expect(await allowedOf([meter], partner, plan(10), 20, noon)).toBe(0)
  })
})

describe('an answer', () => {
  test('tells of the limit that is nearer to its end: what is left of it, one by one, and when it begins anew', async () => {
    const [meter, partner] = [openPlanMeter(database), await partnerId()]
    const [minute, month] = [new Date('2030-01-31T12:01:00Z'), new Date('2030-02-01T00:00:00Z')]
    const answers = await takeAll([meter], partner, plan(3, 100), 5)
    expect(answers.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0])
    for (const answer of answers) expect(answer).toMatchObject({ limit: 3, resetAt: minute })
    const [next] = await takeAll([meter], partner, plan(10, 5), 1)
    expect(next).toEqual({ allowed: true, limit: 5, remaining: 1, resetAt: month })
  })

  test('goes by a plan that was changed in the middle of the minute', async () => {
    const [meter, partner] = [openPlanMeter(database), await partnerId()]
    expect(await allowedOf([meter], partner, plan(10), 20)).toBe(10)
    expect(await allowedOf([meter], partner, plan(15), 20)).toBe(5)
    expect(await allowedOf([meter], partner, plan(4), 20)).toBe(0)
  })

  test('without a time to go by goes by the database’s clock, and by its own for how long a limit stays met', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { wrapped, seen } = counting()
    const [meter, partner] = [openPlanMeter(wrapped), await partnerId()]
    await meter.take(partner, plan(1))
    await meter.take(partner, plan(1))
    const { queries } = seen
    await meter.take(partner, plan(1))
    expect(seen.queries).toBe(queries)
    vi.advanceTimersByTime(60_000)
    await meter.take(partner, plan(1))
    expect(seen.queries).toBe(queries + 1)
    vi.useRealTimers()
  })
})

describe('the database', () => {
  test('is asked for a small part of the requests of a busy partner whose limit is far', async () => {
    const { wrapped, seen } = counting()
    const [meter, partner] = [openPlanMeter(wrapped), await partnerId()]
    for (let call = 0; call < 5_000; call += 1)
      expect((await meter.take(partner, plan(1_000_000), noon)).allowed).toBe(true)
    expect(seen.queries).toBeLessThan(50)
    await meter.close()
    const [row] = await database.query(
      sql`select month_used, minute_used, held from plan_usage where partner_id = ${partner}`,
    )
    expect(row).toEqual({ month_used: 5_000n, minute_used: 5_000n, held: 0n })
  })

  test('is asked less often the farther the limit is, but no process holds more than a hundredth of it', async () => {
    const { wrapped, seen } = counting()
    const [meter, partner] = [openPlanMeter(wrapped), await partnerId()]
    for (let call = 0; call < 100_000; call += 1) await meter.take(partner, plan(100_000_000), noon)
    expect(seen.queries).toBeLessThan(50)
    const other = await partnerId()
    let heldMost = 0n
    for (let call = 0; call < 20_000; call += 1) {
      await meter.take(other, plan(200_000), noon)
      if (call % 250 !== 0) continue
      const [row] = await database.query<{ held: bigint }>(
        sql`select held from plan_usage where partner_id = ${other}`,
      )
      if (row !== undefined && row.held > heldMost) heldMost = row.held
    }
    expect(heldMost).toBeGreaterThan(1_000n)
    expect(heldMost).toBeLessThanOrEqual(2_000n)
    await meter.close()
    const rows = await database.query(
      sql`select month_used, held from plan_usage where partner_id in (${partner}, ${other}) order by 1`,
    )
    expect(rows).toEqual([
      { month_used: 20_000n, held: 0n },
      { month_used: 100_000n, held: 0n },
    ])
  })

  test('is asked once for all who wait, and not at all once a limit is met', async () => {
    const { wrapped, seen } = counting()
    const [meter, partner] = [openPlanMeter(wrapped), await partnerId()]
    expect(await allowedOf([meter], partner, plan(60), 200)).toBe(60)
    expect(seen.queries).toBe(1)
    expect(await allowedOf([meter], partner, plan(60), 200)).toBe(0)
    expect(seen.queries).toBe(1)
  })

  test('is not waited for while something is held, which counts as any other request', async () => {
    const [meter, partner] = [openPlanMeter(database), await partnerId()]
    expect(meter.takeHeld(partner, plan(1_000_000))).toBeUndefined()
    for (let call = 0; call < 2; call += 1) await meter.take(partner, plan(1_000_000))
    expect(meter.takeHeld(partner, plan(20))).toBeUndefined()
    const first = meter.takeHeld(partner, plan(1_000_000))
    const second = meter.takeHeld(partner, plan(1_000_000))
    expect(first).toMatchObject({ allowed: true, limit: 1_000_000, remaining: 999_997 })
    expect(second?.remaining).toBe(999_996)
    expect(meter.takeHeld(partner, plan(1_000_000))).toBeUndefined()
    await meter.close()
    const [row] = await database.query(sql`select month_used from plan_usage where partner_id = ${partner}`)
    expect(row).toEqual({ month_used: 4n })
  })

  test('that is down is an unavailable service, and works again when it is up', async () => {
    const { wrapped, seen } = counting()
    const [meter, partner] = [openPlanMeter(wrapped), await partnerId()]
    seen.failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    for (const one of await Promise.allSettled([
      meter.take(partner, plan(5), noon),
      meter.take(partner, plan(5), noon),
    ]))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', retryAfterSeconds: 1 } })
    seen.failure = undefined
    expect(await allowedOf([meter], partner, plan(5), 9)).toBe(5)
  })
})
