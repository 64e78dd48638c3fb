import { beforeAll, describe, expect, it } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import { createWorld, currency, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { sql, violatedConstraint } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId, ProposalId } from '../../values/ids.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { sumCost } from '../ledger/sum-cost.ts'
import type { OrderDesk } from '../orders/desk.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { countOpen } from './count-open.ts'
import { findItem } from './find-item.ts'
import { listItems } from './list-items.ts'
import { proposeItem } from './propose-item.ts'
import type { ProposeItem } from './propose-item.ts'
import { retryItem } from './retry-item.ts'
import { settleItem } from './settle-item.ts'
import type { Goods, Supplier, SupplierAnswer, SupplierProfile } from './supplier.ts'

let world: World
let far: FulfilmentWorld
let partner: TestPartner
let desk: OrderDesk
const unknown: SupplierAnswer = { state: 'unknown', detail: 'no answer' }
const blind: SupplierProfile = {
  dedupsByReference: false,
  statusByReference: false,
  settleWindowMs: 0,
  timeoutMs: 5_000,
}

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  partner = await world.partner(100_000n * unit)
  far = await createFulfilmentWorld(world)
  far.start()
  desk = openOrderDesk(world)
  return () => far.close()
})

/** An order whose purchase nobody can tell anything about. */
async function parked(supplier: Supplier = { profile: blind, buy: async () => unknown }, quantity = 1) {
  const skuId = await world.sku()
  await far.supplier(skuId, supplier)
  const { order } = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true, quantity }))
  await far.until(order.id, 'parked')
  return order.id
}

let made = 0
const code = (): Goods => ({ kind: 'code', code: `TYPED-${(made += 1)}` })
const delivered = (...goods: Goods[]): ProposeItem['outcome'] => ({ kind: 'delivered', goods })
const failed: ProposeItem['outcome'] = { kind: 'failed' }

const propose = (orderId: OrderId, outcome: ProposeItem['outcome'], actor = 'ada') =>
  world.database.inTransaction((tx) =>
    proposeItem(tx, world.keyRing, { orderId, outcome, note: 'their support said so', actor }),
  )
const settle = (proposalId: ProposalId, actor = 'bob') =>
  settleItem(world.database, world.keyRing, { proposalId, actor })
const balance = async () => {
  const wallet = await findWallet(world.database, partner.partnerId, partner.walletId)
  return { balance: wallet.balance, reserved: wallet.reserved }
}
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  )

describe('a parked item that was delivered', () => {
  it('is handed over and charged for, its cost booked, its event told, once two persons have said so', async () => {
    const before = await balance()
    const orderId = await parked(undefined, 2)
    const { proposalId, cost } = await propose(orderId, delivered(code(), code()))
    expect(cost).toBe(16n * unit)
    expect(await far.look(orderId)).toMatchObject({ state: 'parked', held: 'open', codes: 0n })
    expect(await settle(proposalId)).toMatchObject({ repeated: false })
    expect(await far.look(orderId)).toMatchObject({
      state: 'completed',
      status: 'completed',
      held: 'settled',
      codes: 2n,
      events: 1n,
    })
    expect(await balance()).toEqual({ balance: before.balance - 22n * unit, reserved: before.reserved })
    const found = await desk.orderOf(partner.partnerId, orderId)
    expect(found.items[0]?.codes.map((one) => one.code)).toEqual([`TYPED-${made - 1}`, `TYPED-${made}`])
    const { item } = await findItem(world.database, orderId)
    const { partnerId } = partner
    const about = { partnerId, orderId, supplier: item.supplierCode ?? '', currency: currency('USD') }
    expect(await sumCost(world.database, about)).toBe(16n * unit)
    expect(await settle(proposalId, 'cleo')).toMatchObject({ repeated: true })
  })

  it('in part is charged in part', async () => {
    const before = await balance()
    const orderId = await parked(undefined, 3)
    await settle((await propose(orderId, delivered(code()))).proposalId)
    expect(await far.look(orderId)).toMatchObject({ status: 'partially_completed', delivered: 1, codes: 1n })
    expect(await balance()).toEqual({ balance: before.balance - 11n * unit, reserved: before.reserved })
  })

  it('keeps its codes sealed while they wait, and nowhere once they are handed over', async () => {
    const orderId = await parked()
    const { proposalId } = await propose(orderId, delivered({ kind: 'code', code: 'MARKED-SECRET' }))
    const stored = () =>
      world.database.query<{ goods: Buffer | null }>(
        sql`select goods from fulfilment_proposals where id = ${proposalId}`,
      )
    expect((await stored())[0]?.goods?.includes('MARKED-SECRET')).toBe(false)
    await settle(proposalId)
    expect(await stored()).toEqual([{ goods: null }])
  })
})

it('a parked item that failed has its money back', async () => {
  const before = await balance()
  const orderId = await parked()
  await settle((await propose(orderId, failed)).proposalId)
  expect(await far.look(orderId)).toMatchObject({
    state: 'failed',
    status: 'failed',
    held: 'released',
    events: 1n,
  })
  expect(await balance()).toEqual(before)
})

describe('it takes two persons', () => {
  it('who proposed it cannot settle it: the core refuses, and the database too', async () => {
    const orderId = await parked()
    const { proposalId } = await propose(orderId, failed)
    expect(await codeOf(settle(proposalId, 'ada'))).toBe('second_person_required')
    const byHand = world.database.query(
      sql`update fulfilment_proposals set state = 'settled', settled_by = 'ada' where id = ${proposalId}`,
    )
    expect(violatedConstraint(await byHand.catch((error: unknown) => error))).toBe(
      'fulfilment_proposals_two_persons',
    )
    expect(await far.look(orderId)).toMatchObject({ state: 'parked', held: 'open' })
  })

  it('several at once end it once, whatever they settle', async () => {
    const before = await balance()
    const orderId = await parked()
    const first = await propose(orderId, delivered(code()))
    const second = await propose(orderId, failed, 'bob')
    expect(await codeOf(settle(first.proposalId, 'cleo'))).toBe('proposal_not_found')
    const outcomes = await Promise.all(
      ['cleo', 'dan', 'eve'].map((actor) => settle(second.proposalId, actor)),
    )
    expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await far.look(orderId)).toMatchObject({ status: 'failed', events: 1n, codes: 0n })
    expect(await balance()).toEqual(before)
  })
})

describe('what cannot be', () => {
  it('proposals about what is not parked, without goods, with too many, with what it is not', async () => {
    const orderId = await parked()
    for (const outcome of [
      delivered(),
      delivered(code(), code()),
      delivered({ kind: 'code', code: ' ' }),
      delivered({ kind: 'receipt', status: 'done', message: 'done' }),
    ])
      expect(await codeOf(propose(orderId, outcome))).toBe('validation_failed')
    await settle((await propose(orderId, failed)).proposalId)
    expect(await codeOf(propose(orderId, failed))).toBe('validation_failed')
    expect(await codeOf(propose(partner.partnerId as string as OrderId, failed))).toBe('fulfilment_not_found')
  })

  it('a code that is known already: nothing is written, and it waits on', async () => {
    const same = code()
    await settle((await propose(await parked(), delivered(same))).proposalId)
    const orderId = await parked()
    expect(await codeOf(settle((await propose(orderId, delivered(same))).proposalId))).toBe(
      'validation_failed',
    )
    expect(await far.look(orderId)).toMatchObject({ state: 'parked', held: 'open', codes: 0n })
  })
})

describe('a parked item that is sent back to a machine', () => {
  const retry = (orderId: OrderId, profile: SupplierProfile | undefined) =>
    world.database.inTransaction((tx) => retryItem(tx, { orderId, actor: 'ada' }, () => profile))

  it('is asked for again where the supplier can be asked, and what was proposed meanwhile is void', async () => {
    let isKnown = false
    const profile = { ...blind, statusByReference: true }
    const orderId = await parked({
      profile,
      buy: async () => unknown,
      inquire: async () =>
        isKnown ? { state: 'delivered', goods: [code()] } : { state: 'not_found', detail: 'no' },
    })
    const { proposalId } = await propose(orderId, failed)
    isKnown = true
    await retry(orderId, profile)
    expect(await far.until(orderId, 'completed')).toMatchObject({ sends: 1, codes: 1n })
    expect(await codeOf(settle(proposalId))).toBe('validation_failed')
    expect(await far.look(orderId)).toMatchObject({ status: 'completed', held: 'settled' })
  })

  it('is refused where only a person can tell what became of it', async () => {
    const orderId = await parked()
    expect(await codeOf(retry(orderId, blind))).toBe('validation_failed')
    expect(await codeOf(retry(orderId, undefined))).toBe('validation_failed')
    expect(await far.look(orderId)).toMatchObject({ state: 'parked', sends: 1 })
  })
})

it.each([
  ['a machine goes on with', sql`state = 'unknown', due_at = now() + interval '1 day'`],
  ['was worked on and parked again', sql`fence = fence + 1`],
])('a proposal about an item that %s since is void', async (_, change) => {
  const orderId = await parked()
  const { proposalId } = await propose(orderId, failed)
  await world.database.query(sql`update fulfilments set ${change} where order_id = ${orderId}`)
  expect(await codeOf(settle(proposalId))).toBe('validation_failed')
  expect(await far.look(orderId)).toMatchObject({ status: 'processing', held: 'open' })
  await world.database.query(
    sql`update fulfilments set state = 'parked', due_at = null where order_id = ${orderId}`,
  )
})

it('who still worked on it when it was settled changes nothing', async () => {
  let answer: (value: SupplierAnswer) => void = () => undefined
  const supplier: Supplier = {
    profile: { ...blind, dedupsByReference: true },
    buy: () => new Promise((resolve) => (answer = resolve)),
  }
  const skuId = await world.sku()
  await far.supplier(skuId, supplier)
  const before = await balance()
  const { order } = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))
  await far.until(order.id, 'dispatching')
  // As if another process had taken it over meanwhile, and parked it.
  await world.database.query(
    sql`update fulfilments set state = 'parked', due_at = null, fence = fence + 1 where order_id = ${order.id}`,
  )
  await settle((await propose(order.id, failed)).proposalId)
  answer({ state: 'delivered', goods: [code()] })
  await expect
    .poll(() => world.database.query(sql`select kind from breaks where order_id = ${order.id}`))
    .toEqual([{ kind: 'late_success' }])
  expect(await far.look(order.id)).toMatchObject({
    status: 'failed',
    held: 'released',
    codes: 0n,
    events: 1n,
  })
  expect(await balance()).toEqual(before)
})

it('what is open is counted by its state, and what was sent long ago is told', async () => {
  const before = await countOpen(world.database)
  const orderId = await parked()
  const skuId = await world.sku()
  await far.supplier(skuId, {
    profile: blind,
    buy: async () => ({ state: 'refused', reason: 'rejected', detail: '' }),
  })
  const { order } = await placeOrder(desk, world.order(partner, skuId, { canBeSupplied: true }))
  await far.until(order.id, 'failed')
  await world.database.query(sql`
    update fulfilments set created_at = created_at - interval '1 hour', sent_at = sent_at - interval '1 hour' where order_id = ${orderId}`)
  const parkedNow = await countOpen(world.database)
  expect(parkedNow.items.parked.count).toBe(before.items.parked.count + 1)
  expect(Math.round(parkedNow.items.parked.oldestSeconds / 60)).toBe(60)
  expect(parkedNow.overdue).toBe(before.overdue)
  // As if its supplier had it in hand since then.
  await world.database.query(
    sql`update fulfilments set state = 'pending', due_at = now() + interval '1 day' where order_id = ${orderId}`,
  )
  const pendingNow = await countOpen(world.database)
  expect([pendingNow.overdue, pendingNow.items.pending.count]).toEqual([
    before.overdue + 1,
    before.items.pending.count + 1,
  ])
  expect(pendingNow.breaks.open).toBeGreaterThan(0)
  await world.database.query(
    sql`update fulfilments set state = 'parked', due_at = null where order_id = ${orderId}`,
  )
})

it('what waits is listed in pages, the oldest first, by its state', async () => {
  const all = await listItems(world.database, { states: ['parked'] }, { limit: 1_000 })
  expect(all.rows.length).toBeGreaterThan(2)
  const first = await listItems(world.database, { states: ['parked'] }, { limit: 2 })
  const rest = await listItems(
    world.database,
    { states: ['parked'] },
    { limit: 1_000, cursor: first.nextCursor },
  )
  expect([...first.rows, ...rest.rows].map(({ orderId }) => orderId)).toEqual(
    all.rows.map(({ orderId }) => orderId),
  )
})

it('the books hold after all of it', async () => {
  await proveBooks(world.database)
})
