import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { sql } from '../platform/database.ts'

let world: Awaited<ReturnType<typeof createCommandLineWorld>>
let sku: string

beforeAll(async () => {
  world = await createCommandLineWorld()
  const skuId = await world.sku()
  const [row] = await world.database.query<{ code: string }>(sql`select code from skus where id = ${skuId}`)
  sku = row?.code ?? ''
  const opened = await scrip(
    'supplier',
    'add',
    '--code',
    'box',
    '--name',
    'Box',
    '--connector',
    'sandbox',
    '--currency',
    'USD',
  )
  expect(opened).toMatchObject({ code: 0, err: '' })
})

const auditOf = async (action: string) =>
  world.database.query<{ actor: string; details: unknown }>(
    sql`select actor, details from audit_log where action = ${action} order by at desc`,
  )

describe('an account with a supplier', () => {
  it('is opened once under a code, listed, shown, and changed by what is given', async () => {
    const again = await scripJson(
      'supplier',
      'add',
      '--code',
      'box',
      '--name',
      'B',
      '--connector',
      'sandbox',
      '--currency',
      'USD',
    )
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'already_exists' } } })
    const changed = await scripJson('supplier', 'update', 'box', '--priority', '7', '--deactivate')
    expect(changed.json['supplier']).toMatchObject({
      name: 'Box',
      priority: 7,
      concurrency: 8,
      active: false,
    })
    const back = await scripJson('supplier', 'update', 'box', '--name', 'The box', '--activate')
    expect(back.json['supplier']).toMatchObject({ name: 'The box', priority: 7, active: true })
    expect((await scrip('supplier', 'list')).out).toMatch(/^box +The box +sandbox/m)
    expect((await auditOf('supplier.updated'))[1]).toMatchObject({ details: { priority: 7, active: false } })
  })

  it('keeps its secret settings to itself, wherever it is looked at', async () => {
    const secret = 'TOKEN-THAT-NOBODY-SEES'
    const file = join(world.dir, 'settings.json')
    const settings = { baseUrl: 'http://127.0.0.1:1', token: secret, partnerSecret: secret, currency: 'USD' }
    await writeFile(file, JSON.stringify(settings))
    const added = await scripJson(
      'supplier',
      'add',
      '--code',
      'far',
      '--name',
      'Far',
      '--connector',
      'scrip',
      '--currency',
      'USD',
      '--settings',
      `@${file}`,
    )
    expect(added.code, JSON.stringify(added.json)).toBe(0)
    const shown = await scrip('supplier', 'show', 'far')
    const asJson = await scripJson('supplier', 'show', 'far')
    await scripJson(
      'supplier',
      'update',
      'far',
      '--settings',
      JSON.stringify({ ...settings, token: `${secret}2` }),
    )
    const audit = JSON.stringify(await auditOf('supplier.updated'))
    const stored = JSON.stringify(await world.database.query(sql`select * from suppliers`))
    for (const text of [shown.out, JSON.stringify(asJson.json), audit, stored])
      expect(text).not.toContain(secret)
    expect(asJson.json['settings']).toMatchObject({ token: '••••••••' })
    expect(shown.out).toContain('127.0.0.1')
    const bad = await scrip('supplier', 'update', 'far', '--settings', `{"token":"${secret}`)
    expect(bad).toMatchObject({ code: 2, out: '' })
    expect(bad.err).not.toContain(secret)
  })

  it.each([
    [['supplier', 'show', 'nobody'], 'supplier_not_found'],
    [['supplier', 'update', 'nobody', '--priority', '1'], 'supplier_not_found'],
    [
      ['supplier', 'sources', 'set', 'box', '--sku', 'NONE', '--product', 'P', '--cost', '1'],
      'sku_not_found',
    ],
    [['supplier', 'sources', 'list', 'box', '--after', 'nonsense'], 'validation_failed'],
    [
      ['supplier', 'add', '--code', 'NO', '--name', 'N', '--connector', 'sandbox', '--currency', 'USD'],
      'validation_failed',
    ],
  ])('%j is refused: %s', async (argv, failure) => {
    expect(await scripJson(...argv)).toMatchObject({ code: 1, json: { error: { code: failure } } })
  })
})

describe('who is asked', () => {
  it('tells a balance and a list of products, or that it does not answer', async () => {
    expect((await scripJson('supplier', 'balance', 'box')).json).toMatchObject({
      balance: { amount: '1000000', currency: 'USD' },
    })
    expect((await scripJson('supplier', 'check', 'box')).json).toMatchObject({ ok: true })
    const far = await scripJson('supplier', 'check', 'far')
    expect([far.code, far.json['ok']]).toEqual([1, false])
  })
})

describe('the SKUs that a supplier fills', () => {
  const set = (...more: string[]) =>
    scripJson(
      'supplier',
      'sources',
      'set',
      'box',
      '--sku',
      sku,
      '--product',
      'SANDBOX-GIFTCARD-PARTIAL',
      ...more,
    )
  const list = async () => (await scripJson('supplier', 'sources', 'list', 'box')).json['sources']

  it('are set with one price, changed, and taken out again', async () => {
    expect((await set('--cost', '1', '--cost-rate', '1')).code).toBe(2)
    expect((await set('--cost', '9.40')).code).toBe(0)
    expect((await set('--cost-rate', '0.965', '--priority', '3')).code).toBe(0)
    expect(await list()).toMatchObject([
      { skuCode: sku, cost: null, costRate: '0.9650000000', priority: 3, active: true },
    ])
    expect((await scripJson('supplier', 'sources', 'remove', 'box', '--sku', sku)).code).toBe(0)
    expect(await list()).toMatchObject([{ skuCode: sku, active: false }])
    const again = await scripJson('supplier', 'sources', 'remove', 'box', '--sku', sku)
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'source_not_found' } } })
    expect(await auditOf('supplier.sources_set')).toHaveLength(2)
  })
})

it('reads the list of a supplier at once, and tells what changed', async () => {
  await scripJson(
    'supplier',
    'sources',
    'set',
    'box',
    '--sku',
    sku,
    '--product',
    'SANDBOX-GIFTCARD-PARTIAL',
    '--cost',
    '5',
  )
  const first = await scripJson('supplier', 'sync', 'box')
  expect(first).toMatchObject({ code: 0, json: { sync: { counts: { price_changed: 1 } } } })
  expect(first.json['changes']).toContainEqual(
    expect.objectContaining({ kind: 'price_changed', skuCode: sku, oldCost: '5', newCost: '0.97' }),
  )
  expect((await scripJson('supplier', 'sync', 'box')).json['changes']).toEqual([])
  expect((await scripJson('supplier', 'sync', 'far')).json).toMatchObject({ error: { code: 'unavailable' } })
  expect((await scrip('supplier', 'syncs', '--supplier', 'box')).out).toMatch(/box .* done/)
})
