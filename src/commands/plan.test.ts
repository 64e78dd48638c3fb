import { beforeAll, describe, expect, it } from 'vitest'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { sql } from '../platform/database.ts'

let world: Awaited<ReturnType<typeof createCommandLineWorld>>
let partnerId: string

beforeAll(async () => {
  world = await createCommandLineWorld()
  ;({ partnerId } = await world.partner(0n))
})

const planOf = async () =>
  (await world.database.query(sql`select plan from partner_plans where partner_id = ${partnerId}`))[0]

describe('plans', () => {
  it('are three from the first day, listed with their limits and how many partners have each', async () => {
    const { plans } = (await scripJson('plan', 'list')).json
    expect(plans).toEqual([
      {
        code: 'starter',
        name: 'Starter',
        requestsPerMinute: 10,
        requestsPerMonth: 1_000,
        areas: ['gift-cards', 'airtime'],
        partners: 0,
      },
      {
        code: 'merchant',
        name: 'Merchant',
        requestsPerMinute: 60,
        requestsPerMonth: 10_000,
        areas: null,
        partners: 0,
      },
      {
        code: 'enterprise',
        name: 'Enterprise',
        requestsPerMinute: null,
        requestsPerMonth: null,
        areas: null,
        partners: 0,
      },
    ])
    expect((await scrip('plan', 'list')).out).toMatch(/merchant +Merchant +60 +10000 +all/)
  })

  it('are made and changed, and the audit log has both', async () => {
    await scrip('plan', 'set', 'trial', '--name', 'Trial', '--per-minute', '2', '--area', 'airtime')
    const changed = await scripJson('plan', 'set', 'trial', '--name', 'Trial', '--per-minute', '3')
    expect(changed.json).toEqual({
      plan: { code: 'trial', name: 'Trial', requestsPerMinute: 3, requestsPerMonth: null, areas: null },
    })
    const rows = await world.database.query<{ details: { from: unknown } }>(
      sql`select details from audit_log where action = 'plan.set' and subject = 'trial' order by at`,
    )
    expect(rows.map(({ details }) => details.from)).toEqual([
      null,
      expect.objectContaining({ requestsPerMinute: 2 }),
    ])
  })

  it.each([
    [['plan', 'set', 'Trial', '--name', 'Trial'], 1],
    [['plan', 'set', 'trial', '--name', 'Trial', '--area', 'A b'], 1],
    [['plan', 'set', 'trial', '--name', 'Trial', '--per-minute', '0'], 2],
    [['plan', 'set', 'trial'], 2],
  ])('%j is refused', async (argv, code) => {
    expect((await scrip(...argv)).code).toBe(code)
  })
})

describe('a partner', () => {
  it('is given a plan and has it taken away', async () => {
    expect((await scrip('partner', 'plan', partnerId, 'merchant')).out).toContain(
      'Merchant, 60 requests a minute, 10000 a month, all areas.',
    )
    expect(await planOf()).toEqual({ plan: 'merchant' })
    expect((await scripJson('partner', 'plan', partnerId, 'none')).json).toEqual({
      partner: partnerId,
      plan: null,
    })
    expect(await planOf()).toBeUndefined()
    const [audit] = await world.database.query<{ details: unknown }>(
      sql`select details from audit_log where action = 'partner.plan_set' order by at desc limit 1`,
    )
    expect(audit?.details).toEqual({ from: 'merchant', to: null })
  })

  it('is given no plan that is not there, and nobody is who is not there', async () => {
    expect(await scrip('partner', 'plan', partnerId, 'platinum')).toMatchObject({ code: 1 })
    expect(await scrip('partner', 'plan', 'nobody@example.com', 'merchant')).toMatchObject({ code: 1 })
  })
})
