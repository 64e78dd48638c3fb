import { beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { exactNumber, parseJson } from '../../values/json.ts'
import { checkLedger } from '../ledger/check-ledger.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { setPartnerStatus } from '../partners/set-partner-status.ts'
import type { OrderDesk } from './desk.ts'
import { openOrderDesk } from './open-order-desk.ts'
import type { PlaceOrder } from './order.ts'
import { placeOrder } from './place-order.ts'

let test: TestDatabase
let world: World
let desk: OrderDesk
/** A second process's desk: its own pool over the same database. */
let otherDesk: OrderDesk

beforeAll(async () => {
  test = await createTestDatabase()
  world = await createWorld(test.database)
  desk = openOrderDesk(world)
  const other = openDatabase({ url: test.url, role: 'scrip_app' })
  otherDesk = openOrderDesk({ database: other, keyRing: world.keyRing })
  return () => other.close()
})

describe('one order', () => {
  it('sells a code, debits the wallet, and writes a balanced transfer and its event in one commit', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 2)
    const { order, repeated } = await placeOrder(desk, world.order(partner, skuId))
    expect(repeated).toBe(false)
    expect(order).toMatchObject({
      status: 'completed',
      totalAmount: 11n * unit,
      items: [{ delivered: 1, status: 'completed' }],
    })
    expect(order.items[0]?.codes[0]?.code).toMatch(/^CODE-/)
    expect(await desk.orderOf(partner.partnerId, order.id)).toEqual(order)
    expect((await findWallet(test.database, partner.partnerId, partner.walletId)).balance).toBe(89n * unit)
    const entries = await test.database.query(sql`
      select account, amount from entries where partner_id = ${partner.partnerId} and transfer_id = ${order.id} order by account`)
    expect(entries).toEqual([
      { account: 'sales:USD', amount: 11n * unit },
      { account: 'wallet:USD-1', amount: -11n * unit },
    ])
    expect(await test.database.query(sql`select type from events where order_id = ${order.id}`)).toEqual([
      { type: 'order.completed' },
    ])
    expect(await stockCount(skuId)).toBe(1n)
  })

  it('keeps metadata with the digits that the caller wrote', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 1)
    const metadata = parseJson('{"total":0.10000000000000000555,"name":"Ж"}')
    const { order } = await placeOrder(desk, world.order(partner, skuId, { metadata }))
    const read = await desk.orderOf(partner.partnerId, order.id)
    expect(JSON.stringify(read.metadata)).toBe('{"total":0.10000000000000000555,"name":"Ж"}')
    expect(exactNumber('1').rawJSON).toBe('1')
  })

  it.each([
    ['an empty external id', { externalId: '' }],
    ['an external id of 65 characters', { externalId: 'x'.repeat(65) }],
    ['an external id with a NUL', { externalId: 'a\u0000b' }],
    ['a lone surrogate in the metadata', { metadata: { a: '\ud800' } }],
    ['a quantity of zero', { quantity: 0 }],
    ['a fraction of a quantity', { quantity: 1.5 }],
    ['a negative price', { unitPrice: -1n }],
    ['a price beyond the largest amount', { unitPrice: 10n ** 18n, quantity: 2 }],
  ])('refuses %s', async (_, changes) => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 1)
    expect(await refusal(desk, world.order(partner, skuId, changes))).toBe('validation_failed')
    expect(await stockCount(skuId)).toBe(1n)
  })

  it('refuses what the wallet cannot pay, an unknown wallet, and a partner that is suspended, and sells nothing', async () => {
    const poor = await world.partner(10n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 1)
    expect(await refusal(desk, world.order(poor, skuId))).toBe('insufficient_funds')
    const rich = await world.partner(100n * unit)
    expect(await refusal(desk, world.order({ ...rich, walletId: poor.walletId }, skuId))).toBe(
      'wallet_not_found',
    )
    await test.database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId: rich.partnerId, status: 'suspended', actor: 'test' }),
    )
    expect(await refusal(desk, world.order(rich, skuId))).toBe('partner_inactive')
    expect(await stockCount(skuId)).toBe(1n)
  })

  it('spends the overdraft to its limit and not a micro further', async () => {
    const partner = await world.partner(0n, 22n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 3)
    await placeOrder(desk, world.order(partner, skuId))
    expect(await refusal(desk, world.order(partner, skuId, { unitPrice: 11n * unit + 1n }))).toBe(
      'insufficient_funds',
    )
    await placeOrder(desk, world.order(partner, skuId))
    expect((await findWallet(test.database, partner.partnerId, partner.walletId)).balance).toBe(-22n * unit)
  })
})

describe('quantities', () => {
  it('delivers what is there and charges for that', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 2)
    const { order } = await placeOrder(desk, world.order(partner, skuId, { quantity: 3 }))
    expect(order).toMatchObject({
      status: 'partially_completed',
      totalAmount: 22n * unit,
      items: [{ quantity: 3, delivered: 2 }],
    })
    expect(new Set(order.items[0]?.codes.map((code) => code.code)).size).toBe(2)
    expect(await desk.orderOf(partner.partnerId, order.id)).toEqual(order)
  })

  it('sells none rather than fewer where the caller wants all', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 2)
    expect(await refusal(desk, world.order(partner, skuId, { quantity: 3, allowPartial: false }))).toBe(
      'out_of_stock',
    )
    expect(await stockCount(skuId)).toBe(2n)
  })

  it('sells what expires first first, and what has expired never', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 1)
    await world.stock(skuId, 1, '2099-01-02')
    await world.stock(skuId, 1, '2099-01-01')
    await test.database.query(sql`
      insert into stock_codes (sku_id, expires_on, id, data_key_id, ciphertext, import_id)
      select sku_id, current_date, gen_random_uuid(), data_key_id, ciphertext, import_id from stock_codes where sku_id = ${skuId} limit 1`)
    const { order } = await placeOrder(desk, world.order(partner, skuId, { quantity: 4 }))
    expect(order.items[0]?.codes.map((code) => code.expiresOn)).toEqual([
      '2099-01-01',
      '2099-01-02',
      undefined,
    ])
  })
})

describe('the same external id', () => {
  it('answers the first order, later too, with its code', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 2)
    const command = world.order(partner, skuId)
    const first = await placeOrder(desk, command)
    const again = await placeOrder(otherDesk, command)
    expect(again).toEqual({ order: first.order, repeated: true })
    expect(await stockCount(skuId)).toBe(1n)
  })

  it('is a conflict when something else is ordered', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 2)
    const command = world.order(partner, skuId)
    await placeOrder(desk, command)
    expect(await refusal(desk, { ...command, requestKey: 'other' })).toBe('external_id_conflict')
  })

  it('is free for another partner', async () => {
    const skuId = await world.sku()
    await world.stock(skuId, 2)
    const mine = world.order(await world.partner(100n * unit), skuId)
    const theirs = world.order(await world.partner(100n * unit), skuId, { externalId: mine.externalId })
    expect((await placeOrder(desk, mine)).order.id).not.toBe((await placeOrder(desk, theirs)).order.id)
  })

  it('is not used up by a refusal', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    const command = world.order(partner, skuId)
    expect(await refusal(desk, command)).toBe('out_of_stock')
    await world.stock(skuId, 1)
    expect((await placeOrder(desk, command)).order.status).toBe('completed')
  })

  it('repeated 64 times at once over two processes makes one order and one debit', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 64)
    const command = world.order(partner, skuId)
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, place) => placeOrder(place % 2 === 0 ? desk : otherDesk, command)),
    )
    expect(new Set(answers.map((answer) => answer.order.id)).size).toBe(1)
    expect(new Set(answers.map((answer) => answer.order.items[0]?.codes[0]?.code)).size).toBe(1)
    expect(answers.filter((answer) => !answer.repeated)).toHaveLength(1)
    expect(await stockCount(skuId)).toBe(63n)
    expect((await findWallet(test.database, partner.partnerId, partner.walletId)).balance).toBe(89n * unit)
  })
})

describe('under concurrency', () => {
  it('50 buyers of the last 10 codes: exactly 10 succeed, no code twice', async () => {
    const skuId = await world.sku()
    await world.stock(skuId, 10)
    const partners = await Promise.all(Array.from({ length: 50 }, () => world.partner(100n * unit)))
    const results = await Promise.allSettled(
      partners.map((partner, place) =>
        placeOrder(place % 2 === 0 ? desk : otherDesk, world.order(partner, skuId)),
      ),
    )
    const codes = results.flatMap((result) =>
      result.status === 'fulfilled' ? (result.value.order.items[0]?.codes ?? []) : [],
    )
    expect(new Set(codes.map((code) => code.code)).size).toBe(10)
    expect(codes).toHaveLength(10)
    expect(
      results.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : [])),
    ).toEqual(Array.from({ length: 40 }, () => 'out_of_stock'))
  })

  it('200 orders at once for the funds of 10: exactly 10 succeed', async () => {
    const partner = await world.partner(110n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 200)
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, place) =>
        placeOrder(place % 2 === 0 ? desk : otherDesk, world.order(partner, skuId)),
      ),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(10)
    expect(await stockCount(skuId)).toBe(190n)
    expect((await findWallet(test.database, partner.partnerId, partner.walletId)).balance).toBe(0n)
  })

  it('accepts greedily in arrival order: what does not fit is refused, what fits after it is taken', async () => {
    const partner = await world.partner(20n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 5)
    const prices = [15n, 10n, 5n, 1n, 0n]
    const results = await Promise.all(
      prices.map((price) => outcome(desk, world.order(partner, skuId, { unitPrice: price * unit }))),
    )
    expect(results).toEqual([
      'completed',
      'insufficient_funds',
      'completed',
      'insufficient_funds',
      'completed',
    ])
  })

  it('a value that the database refuses fails alone: its neighbours in the batch are served', async () => {
    const partner = await world.partner(1_000n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 20)
    const orders = Array.from({ length: 20 }, () => world.order(partner, skuId))
    const broken = world.order(partner, skuId, { faceCurrency: 'bad\u0000' as PlaceOrder['faceCurrency'] }) // What no dialect can send.
    const results = await Promise.allSettled([...orders, broken].map((command) => placeOrder(desk, command)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(20)
    expect(results.at(-1)?.status).toBe('rejected')
  })

  it('codes that another transaction holds and gives back are waited for, not called sold out', async () => {
    const partner = await world.partner(100n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 1)
    let giveBack: () => void = () => undefined
    const held = new Promise<void>((resolve) => (giveBack = resolve))
    const holding = test.database.inTransaction(async (tx) => {
      await tx.query(sql`select id from stock_codes where sku_id = ${skuId} for update`)
      const order = outcome(desk, world.order(partner, skuId))
      const early = await Promise.race([
        order,
        new Promise((resolve) => setTimeout(resolve, 150, 'still waiting')),
      ])
      expect(early).toBe('still waiting')
      giveBack()
      return { order }
    })
    await held
    expect(await (await holding).order).toBe('completed')
  })

  it('backends killed in the middle of load lose no acknowledged order and double none', async () => {
    const partner = await world.partner(100_000n * unit)
    const skuId = await world.sku()
    await world.stock(skuId, 600)
    const commands = Array.from({ length: 500 }, () => world.order(partner, skuId))
    const codes: string[] = []
    let killed = 0
    // Connected before the load begins, which a fast machine is through with sooner than with a new connection.
    const owner = openDatabase({ url: test.url, poolSize: 1, applicationName: 'killer' })
    await owner.query(sql`select 1`)
    // However fast the machine is, each lot is under way when its backends are killed.
    for (let start = 0; start < commands.length; start += 50) {
      const lot = commands
        .slice(start, start + 50)
        .map((command, place) => placeUntilAnswered(place % 2 === 0 ? desk : otherDesk, command))
      let isUnderWay = true
      const answered = Promise.all(lot).finally(() => (isUnderWay = false))
      // Twice a lot: whoever is killed each time gets nowhere.
      for (let rounds = 0; isUnderWay && rounds < 2;) {
        const count = await killBackends(owner)
        if (count > 0) rounds += 1
        killed += count
      }
      codes.push(...(await answered))
    }
    await owner.close()
    expect(killed).toBeGreaterThan(0)
    expect(new Set(codes).size).toBe(500)
    expect(await stockCount(skuId)).toBe(100n)
    expect((await findWallet(test.database, partner.partnerId, partner.walletId)).balance).toBe(
      (100_000n - 5_500n) * unit,
    )
  })
})

it('leaves exact books after all of this', async () => {
  const report = await checkLedger(test.database)
  expect(report.checks.filter((check) => !check.ok)).toEqual([])
  const [stock] = await test.database.query<{ moved: bigint; there: bigint }>(sql`
    select (select sum(change) from stock_movements)::bigint as moved,
           (select count(*) from stock_codes where expires_on > current_date) as there`)
  expect(stock?.moved).toBe(stock?.there)
  const [sold] = await test.database.query(
    sql`select count(*) - count(distinct code_id) as twice from order_codes`,
  )
  expect(sold).toEqual({ twice: 0n })
})

async function placeUntilAnswered(from: OrderDesk, command: PlaceOrder): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      const { order } = await placeOrder(from, command)
      return order.items[0]?.codes[0]?.code ?? 'none'
    } catch (error) {
      if (
        codeOf(error) !== 'unavailable' &&
        codeOf(error) !== 'order_in_progress' &&
        !/terminat|Connection/.test(String(error))
      )
        throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  throw new Error('The order was never answered.')
}

async function killBackends(owner: Database): Promise<number> {
  const killed = await owner.query(sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'scrip' and query like '%place_orders%' and state = 'active'`)
  return killed.length
}

async function stockCount(skuId: string): Promise<bigint> {
  const [row] = await test.database.query<{ count: bigint }>(
    sql`select count(*) from stock_codes where sku_id = ${skuId}`,
  )
  return row?.count ?? 0n
}

async function outcome(from: OrderDesk, command: PlaceOrder): Promise<string> {
  try {
    return (await placeOrder(from, command)).order.status
  } catch (error) {
    return codeOf(error)
  }
}

async function refusal(from: OrderDesk, command: PlaceOrder): Promise<string> {
  const result = await outcome(from, command)
  if (result.includes('completed')) throw new Error('The order was not refused.')
  return result
}

function codeOf(error: unknown): string {
  return error instanceof Failure ? error.code : String(error)
}
