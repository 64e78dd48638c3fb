import { afterAll, expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createSettlementWorld } from '../../../test/settlement-world.ts'
import type { PaidMerchant } from '../../../test/settlement-world.ts'
import { kes, shilling } from '../../../test/voucher-world.ts'
import type { Wallet } from '../ledger/ledger.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId } from '../../values/ids.ts'
import { listOwed } from './list-owed.ts'
import { openStatement } from './open-statement.ts'
import { listStatementLines, readStatement } from './read-statement.ts'
import { statementRows } from './statement.ts'
import type { Statement, StatementLine } from './statement.ts'

const { database, url } = await createTestDatabase()
const world = await createSettlementWorld(database)

afterAll(() => proveBooks(database))

const day = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * day)

function open({ partnerId }: Pick<Wallet, 'partnerId'>, { code }: PaidMerchant, from: Date, to?: Date) {
  return openStatement(database, { merchant: code, partnerId, currency: kes, from, to })
}

async function linesOf(statement: Statement, pageSize?: number): Promise<StatementLine[]> {
  return Array.fromAsync(readStatement(database, statement, pageSize))
}

/** An issuer and a merchant with a redemption ten days ago, a payout five days ago and the rest today. */
async function history() {
  const issuer = await world.company(1_000n)
  const merchant = await world.merchantWithBank()
  const first = await world.redeem(issuer, merchant, 100n)
  const payout = await world.pay(issuer, merchant, 40n)
  await date(first, 10)
  await date(payout, 5)
  const second = await world.redeem(issuer, merchant, 30n)
  await world.reverse(issuer, second)
  const { settlement } = await world.proposeReturn(payout, 'back')
  await world.approve(settlement.id)
  await world.redeem(await world.company(10n), merchant, 7n)
  return { issuer, merchant }
}

/** Makes a transfer as old as so many days; only the owner of the database can. */
async function date(transferId: string, days: number): Promise<void> {
  const owner = openDatabase({ url, poolSize: 1 })
  await owner.query(sql`update transfers set created_at = ${ago(days)} where id = ${transferId}`)
  await owner.close()
}

test('a statement has each redemption, reversal, payout and return with the balance after it', async () => {
  const { issuer, merchant } = await history()
  const statement = await open(issuer, merchant, ago(20))
  expect(statement).toMatchObject({ opening: 0n, closing: 100n * shilling, lineCount: 5n })
  const lines = await linesOf(statement)
  expect(
    lines.map(({ kind, amount, balanceAfter }) => [kind, amount / shilling, balanceAfter / shilling]),
  ).toEqual([
    ['redemption', 100n, 100n],
    ['payout', -40n, 60n],
    ['redemption', 30n, 90n],
    ['reversal', -30n, 60n],
    ['return', 40n, 100n],
  ])
  expect(lines[0]?.description).toMatch(/^Receipt /)
  expect(lines[1]?.description).toMatch(/^Payout payout /)
  const rows = await Array.fromAsync(statementRows(statement, readStatement(database, statement)))
  expect(rows[0]?.slice(2)).toEqual(['opening balance', '', '', 0n])
  expect(rows.at(-1)?.slice(2)).toEqual(['closing balance', '', '', 100n * shilling])
  expect(rows).toHaveLength(7)
})

test('a statement opens with what the one before closed with, and no line is in both or in none', async () => {
  const { issuer, merchant } = await history()
  const bounds = [ago(20), ago(7), ago(5 + 1 / 1_000), ago(1), new Date()]
  const statements: Statement[] = []
  for (const [place, to] of bounds.entries())
    if (place > 0) statements.push(await open(issuer, merchant, bounds[place - 1] ?? to, to))
  expect(statements.map(({ closing }) => closing / shilling)).toEqual([100n, 100n, 60n, 100n])
  let balance = 0n
  const numbers: bigint[] = []
  for (const statement of statements) {
    expect(statement.opening).toBe(balance)
    for (const line of await linesOf(statement)) {
      balance += line.amount
      expect(line.balanceAfter).toBe(balance)
      numbers.push(line.number)
    }
    expect(statement.closing).toBe(balance)
  }
  expect(numbers).toEqual([1n, 2n, 3n, 4n, 5n])
})

test('what was owed before a moment is what a statement up to it closes with', async () => {
  const { issuer, merchant } = await history()
  for (const [days, right] of [
    [20, 0n],
    [7, 100n],
    [1, 60n],
    [0, 100n],
  ] as const) {
    const filter = { merchant: merchant.code, partnerId: issuer.partnerId, at: ago(days) }
    const [row] = (await listOwed(database, filter, { limit: 10 })).rows
    expect([days, (row?.owed ?? -1n) / shilling]).toEqual([days, right])
  }
})

test('what was begun before a moment and committed after a later one is in one statement still', async () => {
  const issuer = await world.company(1_000n)
  const merchant = await world.merchantWithBank()
  const late = await world.redeem(issuer, merchant, 1n)
  const early = await world.redeem(issuer, merchant, 2n)
  await date(late, 3)
  await date(early, 4)
  const before = await open(issuer, merchant, ago(10), ago(3.5))
  const after = await open(issuer, merchant, ago(3.5))
  expect([before.lineCount, after.lineCount]).toEqual([2n, 0n])
  expect([before.closing, after.opening, after.closing]).toEqual([
    3n * shilling,
    3n * shilling,
    3n * shilling,
  ])
})

test('a statement is read a few lines at a time, and listed page by page in both directions', async () => {
  const { issuer, merchant } = await history()
  const statement = await open(issuer, merchant, ago(7))
  const all = await linesOf(statement)
  expect(all.map(({ number }) => number)).toEqual([2n, 3n, 4n, 5n])
  for (const pageSize of [1, 2, 3, 4, 5]) expect(await linesOf(statement, pageSize)).toEqual(all)
  const first = await listStatementLines(database, statement, { limit: 3 })
  expect(first.rows).toEqual(all.slice(0, 3))
  const second = await listStatementLines(database, statement, { limit: 3, cursor: first.nextCursor })
  expect(second.rows).toEqual(all.slice(3))
  expect(second.nextCursor).toBeUndefined()
  const back = await listStatementLines(database, statement, { limit: 3, cursor: second.previousCursor })
  expect(back.rows).toEqual(all.slice(0, 3))
  const other = await open(issuer, merchant, ago(20))
  await expect(
    (async () => listStatementLines(database, other, { limit: 3, cursor: first.nextCursor }))(),
  ).rejects.toMatchObject({ code: 'validation_failed' })
})

test('a statement that is open does not change when more is redeemed', async () => {
  const { issuer, merchant } = await history()
  const statement = await open(issuer, merchant, ago(20))
  await world.redeem(issuer, merchant, 50n)
  expect(await linesOf(statement)).toHaveLength(5)
})

test('a statement of nothing is empty, and one that ends before it begins, in the future or of nobody is refused', async () => {
  const issuer = await world.company(1n)
  const merchant = await world.merchantWithBank()
  expect(await open(issuer, merchant, ago(1), new Date())).toMatchObject({ opening: 0n, closing: 0n })
  expect(await linesOf(await open(issuer, merchant, ago(1), new Date()))).toEqual([])
  const now = new Date()
  for (const [from, to] of [
    [now, now],
    [now, ago(1)],
    [ago(1), ago(-1)],
  ] as const)
    await expect(open(issuer, merchant, from, to)).rejects.toMatchObject({ code: 'validation_failed' })
  await expect(open(issuer, { code: 'nobody', till: '' }, ago(1), now)).rejects.toMatchObject({
    code: 'merchant_not_found',
  })
  await expect(open({ partnerId: newId<PartnerId>() }, merchant, ago(1), now)).rejects.toMatchObject({
    code: 'partner_not_found',
  })
})
