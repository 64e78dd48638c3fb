import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { proveBooks } from '../../test/books.ts'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createFulfilmentWorld } from '../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../test/fulfilment-world.ts'
import { unit } from '../../test/world.ts'
import type { TestPartner } from '../../test/world.ts'
import { proposeBreak } from '../core/fulfilment/propose-break.ts'
import { proposeItem } from '../core/fulfilment/propose-item.ts'
import { openOrderDesk } from '../core/orders/open-order-desk.ts'
import { placeOrder } from '../core/orders/place-order.ts'
import { readConfig } from '../platform/config.ts'
import { sql } from '../platform/database.ts'
import { openLog } from '../platform/log.ts'
import { openMetrics } from '../platform/metrics.ts'
import { collectOpenThings } from '../platform/shutdown.ts'
import type { BreakId, OrderId, SkuId } from '../values/ids.ts'
import { fulfil, openSuppliers } from './fulfil.ts'

let world: Awaited<ReturnType<typeof createCommandLineWorld>>
let far: FulfilmentWorld
let partner: TestPartner
let skuId: SkuId
let blindSku: SkuId
let supplier: string

beforeAll(async () => {
  world = await createCommandLineWorld()
  partner = await world.partner(1_000n * unit)
  far = await createFulfilmentWorld(world)
  far.start()
  skuId = await world.sku()
  blindSku = await world.sku()
  const profile = { dedupsByReference: false, statusByReference: false, settleWindowMs: 0, timeoutMs: 1_000 }
  const id = await far.supplier(skuId, {
    profile,
    buy: async ({ reference }) => ({ state: 'delivered', goods: [{ kind: 'code', code: reference }] }),
  })
  await far.supplier(blindSku, { profile, buy: async () => ({ state: 'unknown', detail: 'no answer' }) })
  const [row] = await world.database.query<{ code: string }>(sql`select code from suppliers where id = ${id}`)
  supplier = row?.code ?? ''
  return () => far.close()
})

async function order(sku: SkuId, state: string): Promise<OrderId> {
  const placed = await placeOrder(openOrderDesk(world), world.order(partner, sku, { canBeSupplied: true }))
  await far.until(placed.order.id, state)
  return placed.order.id
}

async function write(name: string, ...lines: string[]): Promise<string> {
  const path = join(world.dir, name)
  await writeFile(path, lines.join('\n'))
  return path
}

const day = new Date().toISOString().slice(0, 10)
const header = 'reference,amount,currency,status,date'

describe('scrip reconcile and scrip breaks', () => {
  it('take a statement to its breaks, and a break to its end in two persons', async () => {
    const orderId = await order(skuId, 'completed')
    const file = await write('may.csv', header, `${orderId},9.50,USD,charged,${day}`)
    const imported = await scripJson('reconcile', 'import', file, '--supplier', supplier)
    expect(imported).toMatchObject({ code: 0, json: { repeated: false, newBreaks: 1 } })
    expect((await scrip('reconcile', 'import', file, '--supplier', supplier)).out).toContain(
      'imported before',
    )
    expect((await scrip('reconcile', 'statements')).out).toContain('may.csv')
    const { id } = imported.json['statement'] as { id: string }
    expect((await scrip('reconcile', 'show', id, '--match', 'amount_mismatch')).out).toContain(orderId)
    expect((await scripJson('reconcile', 'match', id)).json).toMatchObject({ newBreaks: 0 })

    const listed = (await scripJson('breaks', 'list')).json['breaks'] as { id: BreakId; amount: string }[]
    expect(listed).toMatchObject([{ kind: 'amount_mismatch', amount: '1.5', state: 'open' }])
    const [found] = listed
    const breakId = found?.id ?? ('' as BreakId)
    const own = await scripJson('breaks', 'propose', breakId, '--resolution', 'write_off', '--note', 'agreed')
    expect(own).toMatchObject({ code: 0, json: { amount: '1.5' } })
    const alone = await scripJson('breaks', 'settle', String(own.json['proposalId']))
    expect(alone).toMatchObject({ code: 1, json: { error: { code: 'second_person_required' } } })

    const { proposalId } = await world.database.inTransaction((tx) =>
      proposeBreak(tx, { breakId, resolution: 'write_off', note: 'agreed', actor: 'cli:somebody-else' }),
    )
    const settled = await scripJson('breaks', 'settle', proposalId)
    const settledBy = `cli:${userInfo().username}`
    expect(settled).toMatchObject({
      code: 0,
      json: { repeated: false, break: { state: 'settled', settledBy } },
    })
    expect((await scripJson('breaks', 'list')).json['breaks']).toEqual([])
    expect((await scrip('breaks', 'list', '--all')).out).toContain('write_off 1.5, settled by')
    expect((await scripJson('reconcile', 'match', id)).json).toMatchObject({ statement: { matched: 1 } })
  })

  it('refuse a wrong file with its lines, and a wrong column', async () => {
    const file = await write('bad.csv', header, 'A,1.5,USD,charged,yesterday')
    const refused = await scrip('reconcile', 'import', file, '--supplier', supplier)
    expect(refused.code).toBe(1)
    expect(refused.out).toContain('line 2: The date must be')
    const usage = await scrip('reconcile', 'import', file, '--supplier', supplier, '--column', 'sum=X')
    expect([usage.code, usage.out]).toEqual([2, ''])
  })
})

describe('scrip fulfilment', () => {
  it('shows what is parked, and hands over what a person typed once another confirms it', async () => {
    const orderId = await order(blindSku, 'parked')
    expect((await scrip('fulfilment', 'list', '--state', 'parked')).out).toContain(orderId)
    expect((await scrip('fulfilment', 'show', orderId)).out).toMatch(/parked: no answer/)
    const file = await write('codes.csv', 'code,pin', 'CODE-OF-THE-MAIL,1234')
    const outcome = ['--delivered', '--codes', file, '--cost', '7.25', '--note', 'their mail']
    const own = await scripJson('fulfilment', 'propose', orderId, ...outcome)
    expect(own).toMatchObject({ code: 0, json: { cost: '7.25', goodsCount: 1 } })
    const shown = await scrip('fulfilment', 'show', orderId)
    expect(shown.out).toContain('delivered, 1 pieces')
    expect(shown.out + JSON.stringify(own.json)).not.toContain('CODE-OF-THE-MAIL')
    const alone = await scripJson('fulfilment', 'settle', String(own.json['proposalId']))
    expect(alone).toMatchObject({ code: 1, json: { error: { code: 'second_person_required' } } })
    await world.database.query(
      sql`update fulfilment_proposals set proposed_by = 'cli:somebody-else' where order_id = ${orderId}`,
    )
    expect(await scripJson('fulfilment', 'settle', String(own.json['proposalId']))).toMatchObject({ code: 0 })
    expect(await far.look(orderId)).toMatchObject({ status: 'completed', codes: 1n, held: 'settled' })
  })

  it('gives the money of a failed one back', async () => {
    const orderId = await order(blindSku, 'parked')
    const { proposalId } = await world.database.inTransaction((tx) =>
      proposeItem(tx, world.keyRing, {
        orderId,
        outcome: { kind: 'failed' },
        note: 'not charged',
        actor: 'cli:somebody-else',
      }),
    )
    expect((await scrip('fulfilment', 'settle', proposalId)).out).toContain('its money is back')
    expect(await far.look(orderId)).toMatchObject({ status: 'failed', held: 'released' })
  })

  it('is refused what makes no sense', async () => {
    const orderId = await order(skuId, 'completed')
    const nothing = await scripJson('fulfilment', 'propose', orderId, '--note', 'x')
    expect(nothing.code).toBe(2)
    const both = await scripJson('fulfilment', 'propose', orderId, '--delivered', '--note', 'x')
    expect(both.code).toBe(2)
    const ended = await scripJson('fulfilment', 'propose', orderId, '--failed', '--note', 'x')
    expect(ended).toMatchObject({ code: 1, json: { error: { code: 'validation_failed' } } })
    const unknown = await scripJson('fulfilment', 'show', partner.partnerId)
    expect(unknown).toMatchObject({ code: 1, json: { error: { code: 'fulfilment_not_found' } } })
  })
})

it('what waits for people is a warning of the doctor, and figures to raise an alarm by', async () => {
  await order(blindSku, 'parked')
  const { json } = await scripJson('doctor')
  const findings = json['findings'] as { name: string; state: string; detail: string }[]
  expect(findings.find(({ name }) => name === 'suppliers')).toMatchObject({
    state: 'warn',
    detail: expect.stringMatching(/[1-9]\d* parked/) as string,
  })
  const metrics = openMetrics()
  const log = openLog('silent')
  const things = collectOpenThings(log)
  const { database, keyRing } = world
  const engine = { database, keyRing }
  const suppliers = await openSuppliers({ config: readConfig(), connectors: [], engine, log }, things)
  fulfil({ suppliers, engine, metrics, log }, things)
  const told = await metrics.text()
  await things.close()
  expect(told).toMatch(/^scrip_fulfilments_open\{state="parked"\} [1-9]/m)
  expect(told).toMatch(/^scrip_fulfilments_open\{state="unknown"\} 0$/m)
  expect(told).toMatch(/^scrip_fulfilments_oldest_seconds\{state="parked"\} \d/m)
  expect(told).toMatch(/^scrip_breaks_waiting\{state="open"\} \d/m)
})

it('the books hold after all of it', async () => {
  await proveBooks(world.database)
})
