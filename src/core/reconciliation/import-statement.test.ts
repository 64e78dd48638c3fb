import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createFulfilmentWorld } from '../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../test/fulfilment-world.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { TestPartner, World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId, SkuId, SupplierId } from '../../values/ids.ts'
import { listItems } from '../fulfilment/list-items.ts'
import type { Supplier } from '../fulfilment/supplier.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { importStatement } from './import-statement.ts'
import type { ImportStatement, StatementImport } from './import-statement.ts'
import { listStatementLines, listStatements } from './list-statements.ts'
import { matchStatement } from './match-statement.ts'

let world: World
let far: FulfilmentWorld
let partner: TestPartner
let dir: string

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  partner = await world.partner(100_000n * unit)
  far = await createFulfilmentWorld(world)
  far.start()
  dir = await mkdtemp(join(tmpdir(), 'scrip-statements-'))
  return async () => {
    await far.close()
    await rm(dir, { recursive: true })
  }
})

/** A supplier of its own for each test: what one statement says does not reach another. It takes eight dollars a unit. */
async function supplier(answer?: Supplier['buy'], profile: Partial<Supplier['profile']> = {}) {
  const skuId = await world.sku()
  const usual = { dedupsByReference: true, statusByReference: false, settleWindowMs: 0, timeoutMs: 1_000 }
  const supplierId = await far.supplier(skuId, {
    profile: { ...usual, ...profile },
    buy:
      answer ??
      (async ({ reference }) => ({ state: 'delivered', goods: [{ kind: 'code', code: reference }] })),
  })
  return { skuId, supplierId }
}

const desk = () => openOrderDesk(world)

async function order(skuId: SkuId, state = 'completed'): Promise<OrderId> {
  const placed = await placeOrder(desk(), world.order(partner, skuId, { canBeSupplied: true }))
  await far.until(placed.order.id, state)
  return placed.order.id
}

let made = 0
const header = 'reference,amount,currency,status,date'
const now = new Date()
const day = now.toISOString().slice(0, 10)

async function write(...lines: string[]): Promise<string> {
  const path = join(dir, `statement-${(made += 1)}.csv`)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

const charged = (reference: string, amount = '8', currency = 'USD', at = day): string =>
  `${reference},${amount},${currency},charged,${at}`
const refunded = (reference: string, amount = '8'): string => `${reference},${amount},USD,refunded,${day}`

async function take(
  supplierId: SupplierId,
  path: string,
  changes: Partial<ImportStatement> = {},
): Promise<Extract<StatementImport, { state: 'imported' }>> {
  const result = await importStatement(world.database, { supplierId, path, actor: 'ada', ...changes })
  if (result.state !== 'imported') throw new Error(JSON.stringify(result.problems))
  return result
}

const breaksOf = async (supplierId: SupplierId) =>
  world.database.query<{
    kind: string
    reference: string
    amount: bigint | null
    detail: string
    currency: string
  }>(
    sql`select kind, reference, amount, currency, detail from breaks where supplier_id = ${supplierId} order by kind, reference`,
  )
const linesOf = async (supplierId: SupplierId) => {
  const [row] = await world.database.query<{ lines: bigint; statements: bigint }>(sql`
    select (select count(*) from supplier_statement_lines where supplier_id = ${supplierId}) as lines,
           (select count(*) from supplier_statements where supplier_id = ${supplierId}) as statements`)
  return row
}

describe('a statement is compared with the books', () => {
  it('exactly: what fits to the last micro-unit is matched, what does not is a break with the difference', async () => {
    const { skuId, supplierId } = await supplier()
    const [fits, tooMuch, tooLittle] = [await order(skuId), await order(skuId), await order(skuId)]
    const file = await write(
      header,
      charged(fits.toUpperCase(), '8.000000'),
      charged(tooMuch, '8.000001'),
      charged(tooLittle, '7.999999'),
    )
    const { statement, newBreaks } = await take(supplierId, file)
    expect(statement).toMatchObject({ lines: 3n, matched: 1n, amountMismatch: 2n, missingThere: 0n })
    expect(newBreaks).toBe(2)
    const found = await breaksOf(supplierId)
    expect(found.find(({ reference }) => reference === tooMuch)).toMatchObject({
      kind: 'amount_mismatch',
      amount: 1n,
    })
    expect(found.find(({ reference }) => reference === tooLittle)).toMatchObject({ amount: -1n })
  })

  it('both ways: what we never had or failed is missing here, what it does not have of its time is missing there', async () => {
    const { skuId, supplierId } = await supplier(async ({ reference, recipient }) =>
      recipient['fails'] === undefined
        ? { state: 'delivered', goods: [{ kind: 'code', code: reference }] }
        : { state: 'refused', reason: 'rejected', detail: 'no' },
    )
    const bought = await order(skuId)
    const { order: failing } = await placeOrder(
      desk(),
      world.order(partner, skuId, { canBeSupplied: true, customerData: { fails: 'yes' } }),
    )
    await far.until(failing.id, 'failed')
    const file = await write(header, charged('SOMEBODY-ELSE'), charged(failing.id, '3.5'))
    expect((await take(supplierId, file)).statement).toMatchObject({ missingHere: 2n, missingThere: 1n })
    expect(await breaksOf(supplierId)).toMatchObject([
      { kind: 'missing_here', reference: failing.id, amount: 3_500_000n },
      { kind: 'missing_here', reference: 'SOMEBODY-ELSE', amount: 8n * unit },
      { kind: 'missing_there', reference: bought, amount: 8n * unit },
    ])
    const before = await write(header, charged('OLD', '1', 'USD', '2020-01-01'))
    expect((await take(supplierId, before)).statement).toMatchObject({ missingThere: 0n })
  })

  it('what is given back for a completed order is a reversal, what is charged twice a mismatch, what comes to nothing is matched', async () => {
    const { skuId, supplierId } = await supplier()
    const [reversed, twice] = [await order(skuId), await order(skuId)]
    const file = await write(
      header,
      charged(reversed),
      refunded(reversed),
      charged(twice),
      charged(twice),
      charged('NOTHING-OF-OURS'),
      refunded('NOTHING-OF-OURS'),
    )
    expect((await take(supplierId, file)).statement).toMatchObject({
      reversal: 2n,
      amountMismatch: 2n,
      matched: 2n,
    })
    expect(await breaksOf(supplierId)).toMatchObject([
      {
        kind: 'amount_mismatch',
        reference: twice,
        amount: 8n * unit,
        detail: expect.stringContaining('2 charges') as string,
      },
      { kind: 'reversal', reference: reversed, amount: 8n * unit },
    ])
  })

  it('of another currency: there is no difference to book, a person must say', async () => {
    const { skuId, supplierId } = await supplier()
    const orderId = await order(skuId)
    await take(supplierId, await write(header, charged(orderId, '8', 'EUR')))
    expect(await breaksOf(supplierId)).toMatchObject([
      { kind: 'amount_mismatch', reference: orderId, amount: null, currency: 'USD' },
    ])
  })

  it('over several statements: charged in one and given back in the next is a reversal then', async () => {
    const { skuId, supplierId } = await supplier()
    const orderId = await order(skuId)
    expect((await take(supplierId, await write(header, charged(orderId)))).statement).toMatchObject({
      matched: 1n,
    })
    expect((await take(supplierId, await write(header, refunded(orderId)))).statement).toMatchObject({
      reversal: 1n,
    })
    expect(await breaksOf(supplierId)).toMatchObject([{ kind: 'reversal', reference: orderId }])
  })

  it('again: what was missing and comes later is noted on its break, which still takes two persons', async () => {
    const { skuId, supplierId } = await supplier()
    const orderId = await order(skuId)
    const { statement } = await take(supplierId, await write(header, charged('X')))
    await take(supplierId, await write(header, charged(orderId)))
    const noted = (await breaksOf(supplierId)).find(({ kind }) => kind === 'missing_there')
    expect(noted).toMatchObject({ reference: orderId, detail: expect.stringContaining('has it') as string })
    const again = await world.database.inTransaction((tx) => matchStatement(tx, statement.id))
    expect(again).toMatchObject({ newBreaks: 0, statement: { missingThere: 0n } })
  })
})

describe('an item that has not ended', () => {
  const blind = { dedupsByReference: false, statusByReference: false }

  it('parked: the statement says whether it was charged, and nothing is a break yet', async () => {
    const { skuId, supplierId } = await supplier(async () => ({ state: 'unknown', detail: '' }), blind)
    const [paid, back, unpaid] = [
      await order(skuId, 'parked'),
      await order(skuId, 'parked'),
      await order(skuId, 'parked'),
    ]
    const file = await write(header, charged(paid), charged(back), refunded(back))
    expect((await take(supplierId, file)).statement).toMatchObject({ waiting: 3n })
    expect(await breaksOf(supplierId)).toEqual([])
    const { rows } = await listItems(world.database, { supplierId }, { limit: 10 })
    expect(rows.map(({ orderId, stated }) => [orderId, stated])).toEqual([
      [paid, 'charged'],
      [back, 'given back'],
      [unpaid, 'not charged'],
    ])
  })

  it('is looked at again with the next statement, once it has ended', async () => {
    let answer: Awaited<ReturnType<Supplier['buy']>> = { state: 'pending', detail: 'working' }
    const { skuId, supplierId } = await supplier(async () => answer)
    const orderId = await order(skuId, 'pending')
    expect((await take(supplierId, await write(header, charged(orderId)))).statement).toMatchObject({
      waiting: 1n,
    })
    answer = { state: 'refused', reason: 'rejected', detail: 'no' }
    await world.database.query(sql`update fulfilments set due_at = now() where order_id = ${orderId}`)
    await far.until(orderId, 'failed')
    expect(await take(supplierId, await write(header, refunded('Y', '0')))).toMatchObject({ newBreaks: 1 })
    expect(await breaksOf(supplierId)).toMatchObject([{ kind: 'missing_here', reference: orderId }])
  })
})

describe('a file', () => {
  it('that was imported before changes nothing, whatever it is called', async () => {
    const { supplierId } = await supplier()
    const text = [header, charged('A'), charged('B')]
    const first = await take(supplierId, await write(...text))
    const again = await take(supplierId, await write(...text))
    expect([first.repeated, again.repeated, again.statement.id]).toEqual([false, true, first.statement.id])
    expect(await linesOf(supplierId)).toEqual({ lines: 2n, statements: 1n })
  })

  it('that several import at once is there once', async () => {
    const { supplierId } = await supplier()
    const file = await write(header, ...Array.from({ length: 300 }, (_, place) => charged(`R-${place}`)))
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => take(supplierId, file)))
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'unavailable' })
    expect(await linesOf(supplierId)).toEqual({ lines: 300n, statements: 1n })
  })

  it('that overlaps another counts each line once', async () => {
    const { skuId, supplierId } = await supplier()
    const [first, second] = [await order(skuId), await order(skuId)]
    await take(supplierId, await write(header, charged(first)))
    const { statement } = await take(supplierId, await write(header, charged(first), charged(second)))
    expect(statement).toMatchObject({ repeated: 1n, matched: 1n, amountMismatch: 0n })
    const note = (await breaksOf(supplierId)).map(({ kind, reference }) => [kind, reference])
    expect(note).toEqual([['missing_there', second]])
  })

  it('with wrong lines is refused, each named, and nothing of it is imported', async () => {
    const { supplierId } = await supplier()
    const file = await write(
      header,
      charged('GOOD'),
      charged('BAD', '1.0000001'),
      charged('BAD', '-1'),
      charged('BAD', '1,5'),
      charged('BAD', '1', 'dollars'),
      'BAD,1,USD,paid,2027-01-01',
      'BAD,1,USD,charged,2027-02-30',
      'BAD,1,USD',
      ',1,USD,charged,2027-01-01',
      ...Array.from({ length: 30 }, () => charged('BAD', 'x')),
    )
    const result = await importStatement(world.database, { supplierId, path: file, actor: 'ada' })
    expect(result).toMatchObject({ state: 'refused', bad: 38 })
    const problems = result.state === 'refused' ? result.problems : []
    expect(problems.slice(0, 8).map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10])
    expect(problems).toHaveLength(20)
    expect(await linesOf(supplierId)).toEqual({ lines: 0n, statements: 0n })
  })

  it('that differs in too much is refused as a whole', async () => {
    const { supplierId } = await supplier()
    const file = await write(header, ...Array.from({ length: 10_001 }, (_, place) => charged(`R-${place}`)))
    await expect(take(supplierId, file)).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await linesOf(supplierId)).toEqual({ lines: 0n, statements: 0n })
    expect(await breaksOf(supplierId)).toEqual([])
  })

  it.each([
    ['without a column', ['reference,amount,currency,date', 'A,1,USD,2027-01-01']],
    ['with a column twice', [`${header},amount`, `${charged('A')},1`]],
    ['without lines', [header]],
  ])('%s is refused', async (_, lines) => {
    const { supplierId } = await supplier()
    const failing = take(supplierId, await write(...lines))
    await expect(failing).rejects.toSatisfy(
      (error) => error instanceof Failure && error.code === 'invalid_file',
    )
  })

  it('may name its columns as it likes, tell times with an offset, and a period', async () => {
    const { skuId, supplierId } = await supplier()
    const orderId = await order(skuId)
    const file = await write(
      'Client Ref;When;Sum;Cur;What;Their Id',
      `${orderId};2027-01-31 23:30:00 -02:00;8;usd;CHARGED;THEIRS-1`,
    )
    const columns = {
      reference: 'Client Ref',
      date: 'When',
      amount: 'Sum',
      currency: 'Cur',
      status: 'What',
      supplier_reference: 'Their Id',
    }
    const from = new Date('2027-01-01T00:00:00Z')
    const { statement } = await take(supplierId, file, { columns, from })
    expect(statement).toMatchObject({
      matched: 1n,
      periodFrom: from,
      periodTo: new Date('2027-02-02T00:00:00Z'),
    })
    const { rows } = await listStatementLines(world.database, statement.id, 'matched', { limit: 10 })
    expect(rows).toMatchObject([
      { line: 2n, supplierReference: 'THEIRS-1', at: new Date('2027-02-01T01:30:00Z') },
    ])
    const { rows: all } = await listStatements(world.database, supplierId, { limit: 10 })
    expect(all.map(({ id }) => id)).toEqual([statement.id])
  })
})

it('moves no money', async () => {
  await proveBooks(world.database)
  expect(await world.database.query(sql`select 1 as one from transfers where kind = 'correction'`)).toEqual(
    [],
  )
})
