import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../test/database.ts'
import { at, createIascroftWorld, refusalOf } from '../../../../test/iascroft-world.ts'
import type { IascroftAnswer, IascroftWorld, Merchant } from '../../../../test/iascroft-world.ts'
import { startTestApp } from '../../../../test/app.ts'
import { openPlanMeter } from '../../../core/plans/open-plan-meter.ts'
import type { PlanMeter } from '../../../core/plans/plan.ts'
import { setPartnerPlan } from '../../../core/partners/set-partner-plan.ts'
import type { Database } from '../../../platform/database.ts'

let world: IascroftWorld
let otherUrl: string
let now = new Date('2030-01-31T12:00:10Z')

/** The meter of a server whose clock the tests set. */
function clocked(database: Database): PlanMeter {
  const meter = openPlanMeter(database)
  return { ...meter, takeHeld: () => undefined, take: (partnerId, plan) => meter.take(partnerId, plan, now) }
}

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createIascroftWorld({ database, planMeter: clocked(database) })
  const { keyRing } = world.app.services
  const other = await startTestApp({ database, keyRing, planMeter: clocked(database) })
  otherUrl = other.baseUrl
})

const limits = ({ headers }: IascroftAnswer) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`) ?? 'NaN'))

const seconds = (instant: string) => new Date(instant).getTime() / 1_000

/** Sends so many calls at once, half of them to each server. */
function storm(merchant: Merchant, calls: number): Promise<IascroftAnswer[]> {
  const other = merchant.at(otherUrl)
  return Promise.all(
    Array.from({ length: calls }, (_, place) => (place % 2 === 0 ? merchant : other).get('/wallet/balance')),
  )
}

const passed = (answers: readonly IascroftAnswer[]) => answers.filter(({ status }) => status === 200).length

describe('a plan', () => {
  test.each([
    ['starter', 10],
    ['merchant', 60],
  ])('of %s lets exactly %i of 200 calls pass in a minute, over two servers', async (plan, limit) => {
    now = new Date('2030-01-31T12:00:10Z')
    const merchant = await world.merchant({ plan })
    const answers = await storm(merchant, 200)
    expect(passed(answers)).toBe(limit)
    for (const refused of answers.filter(({ status }) => status !== 200)) {
      expect(refusalOf(refused)).toEqual([429, 'RATE_LIMIT_EXCEEDED'])
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(limits(refused)).toEqual([limit, 0, seconds('2030-01-31T12:01:00Z')])
    }
    now = new Date('2030-01-31T12:00:59.999Z')
    expect(passed(await storm(merchant, 4))).toBe(0)
    now = new Date('2030-01-31T12:01:00Z')
    expect(passed(await storm(merchant, 200))).toBe(limit)
  })

  test('ends with its month, in UTC, and begins again with the next', async () => {
    const merchant = await world.merchant({ plan: 'starter' })
    const { database } = world.app.services
    const left = {
      code: 'left',
      name: 'Left',
      requestsPerMinute: 10,
      requestsPerMonth: 1_000,
      areas: undefined,
    }
    // The month's first 995 calls, some minutes before its end.
    const meter = openPlanMeter(database)
    for (let minute = 0; minute < 100; minute += 1) {
      const at = new Date(Date.UTC(2030, 0, 31, 20, minute))
      const calls = minute === 99 ? 5 : 10
      await Promise.all(Array.from({ length: calls }, () => meter.take(merchant.partnerId, left, at)))
    }
    now = new Date('2030-01-31T23:59:59.999Z')
    const last = await storm(merchant, 8)
    expect(passed(last)).toBe(5)
    const refused = last.find(({ status }) => status === 429)
    expect(refused && limits(refused)).toEqual([1_000, 0, seconds('2030-02-01T00:00:00Z')])
    now = new Date('2030-02-01T00:00:00Z')
    expect(passed(await storm(merchant, 40))).toBe(10)
  })

  test('tells on every answer what is left, refusals and unknown addresses included', async () => {
    now = new Date('2030-03-01T12:00:00Z')
    const merchant = await world.merchant({ plan: 'starter' })
    const reset = seconds('2030-03-01T12:01:00Z')
    expect(limits(await merchant.get('/giftcard/products'))).toEqual([10, 9, reset])
    expect(limits(await merchant.get('/nothing'))).toEqual([10, 8, reset])
    expect(limits(await merchant.post('/giftcard/purchase', '{"'))).toEqual([10, 7, reset])
    expect(limits(await merchant.post('/giftcard/purchase', {}))).toEqual([10, 6, reset])
    expect(limits(await merchant.get('/digital/products'))).toEqual([10, 5, reset])
  })

  test('without limits tells figures that never end; who is unknown may call nothing', async () => {
    const merchant = await world.merchant({ plan: 'enterprise' })
    const answers = await storm(merchant, 100)
    expect(passed(answers)).toBe(100)
    for (const answer of answers) {
      expect(limits(answer).slice(0, 2)).toEqual([2_147_483_647, 2_147_483_647])
      expect(limits(answer)[2]).toBeGreaterThan(Date.now() / 1_000 - 1)
    }
    const stranger = await merchant.get('/wallet/balance', {
      headers: { authorization: 'Bearer sk_test_none' },
    })
    expect(limits(stranger).slice(0, 2)).toEqual([0, 0])
  })
})

describe('the areas of a plan', () => {
  test('of Starter are gift cards and airtime, beside its balance and currencies', async () => {
    now = new Date('2030-04-01T12:00:00Z')
    const merchant = await world.merchant({ plan: 'starter' })
    for (const path of ['/giftcard/products', '/airtime/operators', '/wallet/balance', '/currencies'])
      expect((await merchant.get(path)).status, path).toBe(200)
    expect(refusalOf(await merchant.get('/digital/products'))).toEqual([403, 'PLAN_NOT_ALLOWED'])
    for (const path of ['/digital/purchase', '/voucher/redeem'])
      expect(refusalOf(await merchant.post(path, {}))).toEqual([403, 'PLAN_NOT_ALLOWED'])
  })

  test('of Merchant are all, and a changed plan holds within a moment at every server', async () => {
    now = new Date('2030-04-01T12:00:00Z')
    const merchant = await world.merchant({ plan: 'starter' })
    expect((await merchant.at(otherUrl).get('/digital/products')).status).toBe(403)
    const { partnerId } = merchant
    await world.app.services.database.inTransaction((tx) =>
      setPartnerPlan(tx, { partnerId, plan: 'merchant', actor: 'test' }),
    )
    for (const one of [merchant, merchant.at(otherUrl)])
      await expect.poll(async () => (await one.get('/digital/products')).status).toBe(200)
    expect(at(await merchant.get('/digital/products'), 'pagination.total')).toBe(2)
  })
})
