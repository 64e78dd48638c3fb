import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../test/database.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyWorld } from '../../../../test/vendify-world.ts'
import { createPayer } from '../../../core/checkout/create-payer.ts'
import { openLog } from '../../../platform/log.ts'
import { enqueue, installQueue } from '../../../platform/queue.ts'
import { sql } from '../../../platform/database.ts'

let world: VendifyWorld
let auditor: Person
let keeper: Person
let finance: Person

beforeAll(async () => {
  const { database, url } = await createTestDatabase()
  await installQueue(url, openLog('silent'))
  world = await createVendifyWorld({ database })
  await world.supply('MTN-ANY', 'sandbox')
  auditor = await makePerson(world.app, { role: 'auditor' })
  keeper = await makePerson(world.app, { role: 'catalogue' })
  finance = await makePerson(world.app, { role: 'finance' })
})

test('the status tells versions, sizes and what waits', async () => {
  expect((await auditor.call('GET', '/operator/status')).json).toMatchObject({
    environment: 'sandbox',
    scrip: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    node: process.version,
    database: {
      version: expect.stringMatching(/^\d+/),
      size_bytes: expect.stringMatching(/^\d{6,}$/),
      migration: expect.stringMatching(/./),
      connections: expect.any(Number),
    },
    jobs: { waiting: expect.any(Number), failed: expect.any(Number) },
  })
})

test('jobs that wait are listed', async () => {
  const { database } = world.app.services
  await database.inTransaction((tx) =>
    enqueue(
      tx,
      { name: 'roll-up-stock', payload: {} },
      { key: 'seen', runAt: new Date(Date.now() + 60_000) },
    ),
  )
  expect((await auditor.call('GET', '/operator/jobs')).json).toMatchObject({
    data: [{ name: 'roll-up-stock', state: 'waiting', attempts: 0, error: null }],
  })
})

test('endpoints in trouble are listed with their host alone', async () => {
  const { partnerId } = await world.reseller()
  const { database } = world.app.services
  const owner = await makePerson(world.app, { partnerId, role: 'owner' })
  const url = 'https://hooks.example.com/secret-path?token=whisper'
  const made = await owner.call('POST', '/webhook-endpoints', { format: 'giftapi', url })
  const id = String(inAnswer(made, 'endpoint.id'))
  expect((await auditor.call('GET', '/operator/webhook-troubles')).json).toEqual({ data: [] })
  await database.query(
    sql`update webhook_endpoints set failures_in_a_row = 3, failing_since = now() where id = ${id}`,
  )
  const troubles = await auditor.call('GET', '/operator/webhook-troubles')
  expect(troubles.json).toMatchObject({ data: [{ id, host: 'hooks.example.com', failures: 3 }] })
  expect(JSON.stringify(troubles.json)).not.toMatch(/whisper|secret-path/)
})

test('lenders are listed without their settings', async () => {
  const { database, keyRing } = world.app.services
  await database.inTransaction((tx) =>
    createPayer(tx, keyRing, {
      code: 'lend-1',
      name: 'Lend One',
      kind: 'lender',
      connector: 'sandbox-lender',
      settings: { secret: 'whisper' },
      actor: 'test',
    }),
  )
  const payers = await auditor.call('GET', '/operator/payers')
  expect(payers.json).toMatchObject({ data: [{ code: 'lend-1', kind: 'lender' }] })
  expect(JSON.stringify(payers.json)).not.toContain('whisper')
})

describe('a supplier', () => {
  const codeOf = async (): Promise<string> =>
    String(inAnswer(await auditor.call('GET', '/operator/suppliers'), 'data.0.code'))

  test('is listed with what it fills, paused and moved; who does that is written down', async () => {
    const code = await codeOf()
    expect((await auditor.call('GET', `/operator/suppliers/${code}/sources`)).json).toMatchObject({
      data: [{ sku: 'MTN-ANY', is_active: true }],
    })
    const changed = await keeper.call('PATCH', `/operator/suppliers/${code}`, {
      is_active: false,
      priority: 7,
      concurrency: 3,
    })
    expect(changed.json).toMatchObject({ code, is_active: false, priority: 7, concurrency: 3 })
    expect(
      await world.app.services.database.query(
        sql`select actor from audit_log where action = 'supplier.updated'`,
      ),
    ).toEqual([{ actor: `user:${keeper.user.id}` }])
    await keeper.call('PATCH', `/operator/suppliers/${code}`, { is_active: true })
  })

  test('is asked what is left there', async () => {
    const code = await codeOf()
    await expect
      .poll(async () => (await finance.call('POST', `/operator/suppliers/${code}/float`)).status)
      .toBe(200)
    const float = await finance.call('POST', `/operator/suppliers/${code}/float`)
    expect(Number(inAnswer(float, 'amount'))).toBeGreaterThan(0)
  })

  test.each([{ priority: -1 }, { priority: 10_001 }, { concurrency: 0 }, { is_active: 'yes' }])(
    'refuses %j',
    async (body) => {
      const answer = await keeper.call('PATCH', `/operator/suppliers/${await codeOf()}`, body)
      expect(problemOf(answer)).toEqual([422, 'validation_failed'])
    },
  )

  test('is put into the chain of a SKU, and taken out of it', async () => {
    const code = await codeOf()
    const path = `/operator/suppliers/${code}/sources`
    const source = { product_code: 'THEIRS', cost: '9.25', priority: 3 }
    expect((await keeper.call('PUT', `${path}/AMZ-US-10`, source)).status).toBe(204)
    const found = async (): Promise<unknown> => {
      const rows = inAnswer(await auditor.call('GET', `${path}?limit=100`), 'data')
      return Array.isArray(rows) ? rows.find(({ sku }) => sku === 'AMZ-US-10') : undefined
    }
    expect(await found()).toMatchObject({ ...source, is_active: true, cost_rate: null })
    expect((await keeper.call('DELETE', `${path}/AMZ-US-10`)).status).toBe(204)
    expect(await found()).toMatchObject({ is_active: false })
    expect(problemOf(await keeper.call('DELETE', `${path}/AMZ-US-10`))).toEqual([404, 'source_not_found'])
    expect(problemOf(await keeper.call('PUT', `${path}/NOTHING`, source))).toEqual([404, 'sku_not_found'])
    for (const body of [{ product_code: 'X' }, { ...source, cost: '-1' }, { ...source, priority: -1 }, {}])
      expect(problemOf(await keeper.call('PUT', `${path}/AMZ-US-10`, body))).toEqual([
        422,
        'validation_failed',
      ])
  })

  test('that is not there is not found', async () => {
    for (const [person, method, path] of [
      [keeper, 'PATCH', ''],
      [finance, 'POST', '/float'],
      [auditor, 'GET', '/sources'],
    ] as const) {
      const body = method === 'GET' ? undefined : {}
      expect(problemOf(await person.call(method, `/operator/suppliers/nobody${path}`, body))).toEqual([
        404,
        'supplier_not_found',
      ])
    }
  })
})
