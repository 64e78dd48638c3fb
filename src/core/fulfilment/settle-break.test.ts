import { beforeAll, describe, expect, it } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import { createWorld, currency, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { sql, violatedConstraint } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { BreakId, OrderId, ProposalId, SupplierId } from '../../values/ids.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { rollUpAccounts } from '../ledger/roll-up-accounts.ts'
import { sumCost } from '../ledger/sum-cost.ts'
import { trialBalance } from '../ledger/trial-balance.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import type { BreakKind, Resolution } from './break.ts'
import { listBreaks } from './list-breaks.ts'
import { proposeBreak } from './propose-break.ts'
import { recordBreak } from './record-break.ts'
import { settleBreak } from './settle-break.ts'

let world: World
let far: FulfilmentWorld
let partner: TestPartner
let supplierId: SupplierId
let good: () => Promise<OrderId>
let bad: () => Promise<OrderId>

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  partner = await world.partner(100_000n * unit)
  far = await createFulfilmentWorld(world)
  far.start()
  const skuId = await world.sku()
  const profile = { dedupsByReference: true, statusByReference: false, settleWindowMs: 0, timeoutMs: 1_000 }
  supplierId = await far.supplier(skuId, {
    profile,
    buy: async ({ reference, recipient }) =>
      recipient['fails'] === undefined
        ? { state: 'delivered', goods: [{ kind: 'code', code: reference }] }
        : { state: 'refused', reason: 'rejected', detail: 'no' },
  })
  const desk = openOrderDesk(world)
  const order = async (customerData: unknown, state: string): Promise<OrderId> => {
    const { order } = await placeOrder(
      desk,
      world.order(partner, skuId, { canBeSupplied: true, customerData }),
    )
    await far.until(order.id, state)
    return order.id
  }
  good = () => order(undefined, 'completed')
  bad = () => order({ fails: 'yes' }, 'failed')
  return () => far.close()
})

/** A break about an order, and its id. */
async function breakOf(kind: BreakKind, orderId: OrderId | undefined, amount?: bigint): Promise<BreakId> {
  const { partnerId } = orderId === undefined ? { partnerId: undefined } : partner
  const item = orderId === undefined ? undefined : 1
  const reference = orderId ?? `strange-${Math.random()}`
  const about = { supplierId, partnerId, orderId, item, reference, amount, currency: undefined, detail: '' }
  expect(await recordBreak(world.database, { kind, ...about })).toEqual({ repeated: false })
  const [row] = await world.database.query<{ id: BreakId }>(
    sql`select id from breaks where kind = ${kind} and reference = ${reference}`,
  )
  if (row === undefined) throw new Error('There is no such break.')
  return row.id
}

const propose = (breakId: BreakId, resolution: Resolution, amount?: bigint, actor = 'ada') =>
  world.database.inTransaction((tx) => proposeBreak(tx, { breakId, resolution, amount, note: 'why', actor }))
const settle = (proposalId: ProposalId, actor = 'bob') =>
  world.database.inTransaction((tx) => settleBreak(tx, { proposalId, actor }))

async function proposeAndSettle(breakId: BreakId, resolution: Resolution, amount?: bigint): Promise<void> {
  const { proposalId } = await propose(breakId, resolution, amount)
  expect(await settle(proposalId)).toMatchObject({ repeated: false, settled: { state: 'settled' } })
}

const balance = async () => (await findWallet(world.database, partner.partnerId, partner.walletId)).balance
const owed = async (orderId: OrderId) => {
  const [row] = await world.database.query<{ code: string }>(
    sql`select code from suppliers where id = ${supplierId}`,
  )
  const { partnerId } = partner
  return sumCost(world.database, { partnerId, orderId, supplier: row?.code ?? '', currency: currency('USD') })
}
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  )

describe('a break takes two persons', () => {
  it('who proposed it cannot settle it: the core refuses, and the database too', async () => {
    const id = await breakOf('late_success', await bad(), 8n * unit)
    const { proposalId } = await propose(id, 'write_off')
    expect(await codeOf(settle(proposalId, 'ada'))).toBe('second_person_required')
    const byHand = world.database.query(
      sql`update breaks set state = 'settled', settled_by = 'ada', settled_at = now() where id = ${id}`,
    )
    expect(violatedConstraint(await byHand.catch((error: unknown) => error))).toBe('breaks_two_persons')
    expect(await settle(proposalId)).toMatchObject({ repeated: false })
  })

  it('what was proposed and then replaced cannot be settled any more', async () => {
    const id = await breakOf('late_success', await bad(), 8n * unit)
    const first = await propose(id, 'write_off')
    const second = await propose(id, 'no_action', undefined, 'bob')
    expect(await codeOf(settle(first.proposalId, 'cleo'))).toBe('proposal_not_found')
    expect(await codeOf(settle(second.proposalId, 'bob'))).toBe('second_person_required')
    expect(await settle(second.proposalId, 'ada')).toMatchObject({ repeated: false })
    expect(await codeOf(propose(id, 'write_off'))).toBe('validation_failed')
  })

  it('several who settle at once move the money once', async () => {
    const orderId = await good()
    const before = await balance()
    const { proposalId } = await propose(await breakOf('reversal', orderId), 'refund_and_credit')
    const outcomes = await Promise.all(
      ['bob', 'cleo', 'dan', 'eve'].map((actor) => settle(proposalId, actor)),
    )
    expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await balance()).toBe(before + 11n * unit)
    expect(await owed(orderId)).toBe(0n)
  })

  it('leaves a line in the audit log for each of them', async () => {
    const id = await breakOf('missing_there', await good(), 8n * unit)
    await proposeAndSettle(id, 'supplier_credits')
    const rows = await world.database.query(
      sql`select actor, action from audit_log where subject = ${id} order by at, action`,
    )
    expect(rows).toEqual([
      { actor: 'ada', action: 'break.proposed' },
      { actor: 'bob', action: 'break.settled' },
    ])
  })
})

describe('what a resolution moves', () => {
  it('refund_partner: all of the money is back, the order has failed and says so, what the supplier charges stays', async () => {
    const orderId = await good()
    const before = await balance()
    await proposeAndSettle(await breakOf('reversal', orderId), 'refund_partner')
    expect(await balance()).toBe(before + 11n * unit)
    expect(await owed(orderId)).toBe(8n * unit)
    expect(await far.look(orderId)).toMatchObject({
      status: 'failed',
      error: 'reversed',
      events: 2n,
      codes: 1n,
    })
    const [last] = await world.database.query(
      sql`select type from events where order_id = ${orderId} order by created_at desc limit 1`,
    )
    expect(last).toEqual({ type: 'order.failed' })
  })

  it('supplier_credits: the cost is taken back, the partner keeps what it has', async () => {
    const orderId = await good()
    const before = await balance()
    await proposeAndSettle(await breakOf('reversal', orderId), 'supplier_credits')
    expect([await owed(orderId), await balance()]).toEqual([0n, before])
    expect(await far.look(orderId)).toMatchObject({ status: 'completed' })
  })

  it('write_off: the supplier is owed what nobody pays for', async () => {
    const orderId = await bad()
    const before = await balance()
    await proposeAndSettle(await breakOf('late_success', orderId), 'write_off', 7_500_001n)
    expect([await owed(orderId), await balance()]).toEqual([7_500_001n, before])
    const entries = await world.database.query(sql`
      select e.account, e.amount from transfers t join entries e on e.transfer_id = t.id
      where t.order_id = ${orderId} order by e.account`)
    expect(entries).toEqual([
      { account: 'corrections:USD', amount: -7_500_001n },
      { account: expect.stringMatching(/^supplier_payable:/) as string, amount: 7_500_001n },
    ])
  })

  it('no_action: nothing', async () => {
    const orderId = await good()
    const before = await balance()
    await proposeAndSettle(await breakOf('cost_mismatch', orderId, 9n * unit), 'no_action')
    expect([await owed(orderId), await balance()]).toEqual([8n * unit, before])
  })

  it('a mismatch goes one way only, by what is at stake', async () => {
    const [more, less] = [await good(), await good()]
    const wantsMore = await breakOf('amount_mismatch', more, 2n * unit)
    const wantsLess = await breakOf('amount_mismatch', less, -3n * unit)
    expect(await codeOf(propose(wantsMore, 'supplier_credits'))).toBe('validation_failed')
    expect(await codeOf(propose(wantsLess, 'write_off'))).toBe('validation_failed')
    await proposeAndSettle(wantsMore, 'write_off')
    await proposeAndSettle(wantsLess, 'supplier_credits')
    expect([await owed(more), await owed(less)]).toEqual([10n * unit, 5n * unit])
  })
})

describe('what cannot be', () => {
  it('two breaks about one order give back no more than was booked, however they are settled', async () => {
    const orderId = await good()
    const [first, second] = [
      await breakOf('reversal', orderId),
      await breakOf('missing_there', orderId, 8n * unit),
    ]
    const proposals = [await propose(first, 'supplier_credits'), await propose(second, 'supplier_credits')]
    const outcomes = await Promise.all(proposals.map(({ proposalId }) => codeOf(settle(proposalId))))
    expect(outcomes.toSorted()).toEqual(['done', 'validation_failed'])
    expect(await owed(orderId)).toBe(0n)
    expect(await codeOf(propose(first, 'supplier_credits', 9n * unit))).toBe('validation_failed')
  })

  it('a purchase that came to light twice is written off once', async () => {
    const orderId = await bad()
    const late = await propose(await breakOf('late_success', orderId, 8n * unit), 'write_off')
    const missing = await propose(await breakOf('missing_here', orderId, 8n * unit), 'write_off')
    await settle(late.proposalId)
    expect(await codeOf(settle(missing.proposalId))).toBe('validation_failed')
    expect(await owed(orderId)).toBe(8n * unit)
  })

  it('an order is refunded once, and only a completed one', async () => {
    const orderId = await good()
    const before = await balance()
    const id = await breakOf('reversal', orderId)
    await proposeAndSettle(id, 'refund_partner')
    await world.database.query(sql`update breaks set reference = 'before' where id = ${id}`)
    const { proposalId } = await propose(await breakOf('reversal', orderId), 'refund_partner')
    expect(await codeOf(settle(proposalId))).toBe('validation_failed')
    expect(await balance()).toBe(before + 11n * unit)
  })

  it.each<[BreakKind, Resolution, bigint | undefined]>([
    ['late_success', 'refund_partner', undefined],
    ['late_success', 'write_off', undefined],
    ['late_success', 'write_off', 0n],
    ['late_success', 'write_off', -1n],
    ['missing_here', 'supplier_credits', 1n],
    ['cost_mismatch', 'supplier_credits', undefined],
    ['reversal', 'write_off', 1n],
    ['reversal', 'refund_partner', 1n],
  ])('a %s by %s of %s', async (kind, resolution, amount) => {
    const id = await breakOf(kind, kind === 'late_success' ? await bad() : await good())
    expect(await codeOf(propose(id, resolution, amount))).toBe('validation_failed')
  })

  it('money for what nobody knows', async () => {
    const id = await breakOf('missing_here', undefined, 8n * unit)
    expect(await codeOf(propose(id, 'write_off'))).toBe('validation_failed')
    await proposeAndSettle(id, 'no_action')
  })
})

it('breaks are listed in pages, those that wait longest first', async () => {
  const all = await listBreaks(world.database, {}, { limit: 1_000 })
  const first = await listBreaks(world.database, {}, { limit: 3 })
  const rest = await listBreaks(world.database, {}, { limit: 1_000, cursor: first.nextCursor })
  expect([...first.rows, ...rest.rows].map(({ id }) => id)).toEqual(all.rows.map(({ id }) => id))
  const waiting = await listBreaks(world.database, { isSettled: false }, { limit: 1_000 })
  expect(waiting.rows.length).toBe(all.rows.filter(({ state }) => state !== 'settled').length)
})

it('the books hold after all of it, and the totals count what touched no wallet', async () => {
  await proveBooks(world.database)
  const before = await trialBalance(world.database)
  await rollUpAccounts(world.database)
  await proveBooks(world.database)
  expect(await trialBalance(world.database)).toEqual(before)
  expect(before.balanced).toBe(true)
  expect(before.totals.some(({ kind }) => kind === 'corrections')).toBe(true)
})
