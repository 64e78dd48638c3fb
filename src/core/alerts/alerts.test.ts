import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../test/app.ts'
import type { TestApp } from '../../../test/app.ts'
import { inAnswer, makePerson, problemOf } from '../../../test/people-world.ts'
import type { Person } from '../../../test/people-world.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { withdrawCodes } from '../stock/withdraw-codes.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { CodeId } from '../../values/ids.ts'
import { sendAlerts } from './send-alerts.ts'

let app: TestApp
let world: World
let partner: TestPartner
let owner: Person
let viewer: Person
let keeper: Person

beforeAll(async () => {
  app = await startTestApp()
  world = await createWorld(app.services.database, app.services.keyRing)
  partner = await world.partner(100n * unit)
  const { partnerId } = partner
  owner = await makePerson(app, { partnerId, role: 'owner' })
  viewer = await makePerson(app, { partnerId, role: 'viewer' })
  keeper = await makePerson(app, { role: 'catalogue' })
})

const run = () => sendAlerts(world.database, world.keyRing)

async function mailsTo(person: Person): Promise<string[]> {
  const rows = await world.database.query<{ subject: string }>(
    sql`select subject from messages where recipient = ${person.user.email} order by id`,
  )
  return rows.map(({ subject }) => subject)
}

async function move(amount: bigint): Promise<void> {
  const { partnerId, walletId } = partner
  const order = { kind: 'adjustment', amount, reference: newId(), actor: 'test' } as const
  await world.database.inTransaction((tx) => postTransfer(tx, { partnerId, walletId, ...order }))
}

describe('a wallet', () => {
  const path = () => `/wallets/${partner.walletId}/alert`

  test('that falls below its mark is told to its owners, once each time, however many processes look', async () => {
    expect((await owner.call('PUT', path(), { below: '50' })).status).toBe(204)
    expect(inAnswer(await viewer.call('GET', '/wallets'), 'data.0.alert_below')).toBe('50')
    expect(await run()).toBe(0)
    await move(-50n * unit)
    expect(await run()).toBe(0)
    await move(-1n)
    const seen = await Promise.all([run(), run(), run(), run()])
    expect(seen.reduce((sum, one) => sum + one, 0)).toBe(1)
    expect(await run()).toBe(0)
    expect(await mailsTo(owner)).toEqual(['Wallet USD-1 is running low: 49.999999 USD'])
    expect(await mailsTo(viewer)).toEqual([])
    // Above, and below again: another mail.
    await move(1n)
    expect(await run()).toBe(0)
    await move(-10n * unit)
    expect(await run()).toBe(1)
    expect(await mailsTo(owner)).toHaveLength(2)
    // Another mark, another fall; none, no mail.
    await owner.call('PUT', path(), { below: '45' })
    expect(await run()).toBe(1)
    await owner.call('PUT', path(), { below: null })
    expect(inAnswer(await viewer.call('GET', '/wallets'), 'data.0.alert_below')).toBeNull()
    await move(-10n * unit)
    expect(await run()).toBe(0)
  })

  test('takes no mark that is none, from nobody who may not, and of nobody else', async () => {
    for (const body of [{ below: '0' }, { below: '-1' }, { below: 'much' }, { below: '1.1234567' }, {}])
      expect(problemOf(await owner.call('PUT', path(), body))).toEqual([422, 'validation_failed'])
    expect((await viewer.call('PUT', path(), { below: '5' })).status).toBe(403)
    const other = await world.partner(0n)
    expect(problemOf(await owner.call('PUT', `/wallets/${other.walletId}/alert`, { below: '5' }))).toEqual([
      404,
      'wallet_not_found',
    ])
  })
})

describe('the stock of a SKU', () => {
  test('that falls below its mark is told to those who keep it', async () => {
    const skuId = await world.sku()
    await world.stock(skuId, 5)
    const path = `/operator/skus/${skuId}/alert`
    expect((await keeper.call('PUT', path, { below: 5 })).status).toBe(204)
    const levels = await keeper.call('GET', '/operator/stock/levels?limit=100')
    expect(levels.json).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ sku_id: skuId, alert_below: 5 })]),
    })
    expect(await run()).toBe(0)
    const [code] = await world.database.query<{ id: CodeId }>(
      sql`select id from stock_codes where sku_id = ${skuId} limit 1`,
    )
    const codeIds = code === undefined ? [] : [code.id]
    await withdrawCodes(world.database, { skuId, codeIds }, { note: 'test', actor: 'test' })
    expect(await run()).toBe(1)
    expect(await run()).toBe(0)
    expect((await mailsTo(keeper)).at(-1)).toMatch(/^Low stock: TEST-\d+, 4 left$/)
    expect(await mailsTo(owner)).not.toContainEqual(expect.stringContaining('Low stock'))
  })

  test('takes no mark that is none, and of nothing', async () => {
    const skuId = await world.sku()
    for (const below of [0, -1, 1.5, 'few', 1_000_000_001])
      expect(problemOf(await keeper.call('PUT', `/operator/skus/${skuId}/alert`, { below }))).toEqual([
        422,
        'validation_failed',
      ])
    expect(problemOf(await keeper.call('PUT', `/operator/skus/${newId()}/alert`, { below: 5 }))).toEqual([
      404,
      'sku_not_found',
    ])
  })
})

test('an operator sees what moved: a wallet’s entries, and both sides of one of them', async () => {
  const auditor = await makePerson(app, { role: 'auditor' })
  const own = `/operator/partners/${partner.partnerId}`
  const entries = await auditor.call('GET', `${own}/wallets/${partner.walletId}/entries?limit=2`)
  expect(inAnswer(entries, 'data.length')).toBe(2)
  const lines = await auditor.call(
    'GET',
    `${own}/transfers/${String(inAnswer(entries, 'data.0.transfer_id'))}`,
  )
  expect(lines.json).toMatchObject({
    data: [{ account: 'wallet:USD-1', amount: '-10', currency: 'USD' }, { amount: '10' }],
  })
  expect((await auditor.call('GET', `${own}/transfers/${newId()}`)).json).toEqual({ data: [] })
  expect(problemOf(await auditor.call('GET', `${own}/wallets/${newId()}/entries`))).toEqual([
    404,
    'wallet_not_found',
  ])
})
