import { expect, test } from 'vitest'
import { currencyOf, fundedWallet, usd } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { checkLedger } from './check-ledger.ts'
import type { Wallet } from './ledger.ts'
import { openWallet } from './open-wallet.ts'
import { postTransfer } from './post-transfer.ts'
import type { PostTransfer } from './post-transfer.ts'
import { rollUpAccounts } from './roll-up-accounts.ts'
import { trialBalance } from './trial-balance.ts'

const { database } = await createTestDatabase()

function command({ partnerId, id: walletId }: Wallet, place: number): PostTransfer {
  const kind = place % 3 === 0 ? 'withdrawal' : place % 3 === 1 ? 'topup' : 'adjustment'
  return {
    partnerId,
    walletId,
    kind,
    amount: BigInt(kind === 'withdrawal' ? -place : place),
    reference: `${walletId} ${place}`,
    actor: 'test',
  }
}

const post = (wallet: Wallet, place: number) =>
  database.inTransaction((tx) => postTransfer(tx, command(wallet, place)))

async function stored({ partnerId }: Wallet): Promise<Record<string, bigint>> {
  const rows = await database.query<{ account: string; total: bigint }>(sql`
    select account, total from account_totals where partner_id = ${partnerId} order by account`)
  return Object.fromEntries(rows.map(({ account, total }) => [account, total]))
}

/** The totals as the journal has them, by a way of its own. */
async function journalled({ partnerId }: Wallet): Promise<Record<string, bigint>> {
  const rows = await database.query<{ account: string; total: bigint }>(sql`
    select account, sum(amount)::bigint as total from entries where partner_id = ${partnerId} group by account order by account`)
  return Object.fromEntries(rows.map(({ account, total }) => [account, total]))
}

test('totals become those of the journal, a lot at a time, and a second run has nothing to do', async () => {
  const wallet = await fundedWallet(database, 1_000n)
  for (let place = 1; place <= 10; place += 1) await post(wallet, place)
  expect(await rollUpAccounts(database, { entriesPerWallet: 4 })).toBe(3)
  expect(await stored(wallet)).toEqual(await journalled(wallet))
  expect(await rollUpAccounts(database)).toBe(0)
  await post(wallet, 11)
  expect(await stored(wallet)).not.toEqual(await journalled(wallet))
  expect(await rollUpAccounts(database)).toBe(1)
  expect(await stored(wallet)).toEqual(await journalled(wallet))
})

test('a transfer that began earlier and commits later is not missed', async () => {
  const [early, late] = [await fundedWallet(database, 1_000n), await fundedWallet(database, 1_000n)]
  let counted = -1
  await database.inTransaction(async (tx) => {
    await postTransfer(tx, command(early, 3))
    // While it is open, a younger transfer commits and is counted.
    await post(late, 4)
    counted = await rollUpAccounts(database)
    expect(await stored(late)).toEqual(await journalled(late))
  })
  expect(counted).toBeGreaterThan(0)
  expect(await stored(early)).not.toEqual(await journalled(early))
  await rollUpAccounts(database)
  expect(await stored(early)).toEqual(await journalled(early))
})

test('runs beside transfers and beside itself count every transfer once', async () => {
  const first = await fundedWallet(database, 100_000n)
  const { partnerId } = first
  const second = await database.inTransaction((tx) =>
    openWallet(tx, {
      partnerId,
      currency: usd,
      isDefault: false,
      allowOverdraft: true,
      overdraftLimit: 100_000n,
    }),
  )
  const others = [await fundedWallet(database, 100_000n), await fundedWallet(database, 100_000n)]
  const wallets = [first, second, ...others]
  const posting = Promise.all(
    wallets.map(async (wallet) => {
      for (let place = 1; place <= 40; place += 1) await post(wallet, place)
    }),
  )
  const rolling = Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let run = 0; run < 15; run += 1)
        await rollUpAccounts(database, { walletsPerLot: 2, entriesPerWallet: 3 })
    }),
  )
  await Promise.all([posting, rolling])
  await rollUpAccounts(database, { walletsPerLot: 2, entriesPerWallet: 3 })
  for (const wallet of wallets) expect(await stored(wallet)).toEqual(await journalled(wallet))
  expect((await checkLedger(database)).checks.filter(({ ok }) => !ok)).toEqual([])
})

test('the trial balance is that of all committed transfers, counted or not, and sums to zero', async () => {
  const before = await trialBalance(database)
  const wallet = await fundedWallet(database, 500n)
  const euro = currencyOf('EUR')
  const { partnerId } = wallet
  const euros = await database.inTransaction((tx) =>
    openWallet(tx, { partnerId, currency: euro, isDefault: false }),
  )
  await database.inTransaction((tx) =>
    postTransfer(tx, { ...command(euros, 1), kind: 'refund', amount: 70n }),
  )
  const totalOf = (balance: typeof before, kind: string, currency: string): bigint =>
    balance.totals.find((row) => row.kind === kind && row.currency === currency)?.total ?? 0n
  const after = await trialBalance(database)
  expect(totalOf(after, 'wallet', 'USD') - totalOf(before, 'wallet', 'USD')).toBe(500n)
  expect(totalOf(after, 'cash', 'USD') - totalOf(before, 'cash', 'USD')).toBe(-500n)
  expect(totalOf(after, 'wallet', 'EUR')).toBe(70n)
  expect(totalOf(after, 'sales', 'EUR')).toBe(-70n)
  expect([before.balanced, after.balanced]).toEqual([true, true])
  await rollUpAccounts(database)
  expect(await trialBalance(database)).toEqual(after)
})
