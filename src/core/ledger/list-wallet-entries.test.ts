import { expect, test } from 'vitest'
import { fundedWallet } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { newId } from '../../platform/ids.ts'
import type { WalletId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Wallet, WalletEntry } from './ledger.ts'
import { listWalletEntries } from './list-wallet-entries.ts'
import { postTransfer } from './post-transfer.ts'

const { database } = await createTestDatabase()

async function topUp({ partnerId, id: walletId }: Wallet, from: number, to: number): Promise<void> {
  for (let place = from; place <= to; place += 1) {
    const transfer = {
      kind: 'topup',
      amount: 1n,
      reference: `t${place}`,
      paymentMethod: 'card',
      description: `Top-up ${place}`,
    } as const
    await database.inTransaction((tx) =>
      postTransfer(tx, { partnerId, walletId, ...transfer, actor: 'test' }),
    )
  }
}

function list({ partnerId, id }: Wallet, limit: number, cursor?: string): Promise<Page<WalletEntry>> {
  return listWalletEntries(database, partnerId, id, { limit, cursor })
}

const numbersOf = (page: Page<WalletEntry>): number[] => page.rows.map(({ number }) => Number(number))

test('an entry says what moved, why, and what the balance was then', async () => {
  const wallet = await fundedWallet(database, 0n)
  await topUp(wallet, 1, 2)
  const { rows, nextCursor, previousCursor } = await list(wallet, 10)
  expect(rows).toHaveLength(2)
  expect(rows[0]).toEqual({
    number: 2n,
    transferId: expect.any(String),
    kind: 'topup',
    amount: 1n,
    balanceAfter: 2n,
    currency: 'USD',
    createdAt: expect.any(Date),
    orderId: undefined,
    paymentMethod: 'card',
    description: 'Top-up 2',
  })
  expect([nextCursor, previousCursor]).toEqual([undefined, undefined])
})

test('pages forwards and backwards show every entry once, newest first', async () => {
  const wallet = await fundedWallet(database, 0n)
  await topUp(wallet, 1, 7)
  const first = await list(wallet, 3)
  const second = await list(wallet, 3, first.nextCursor)
  const third = await list(wallet, 3, second.nextCursor)
  expect([first, second, third].map(numbersOf)).toEqual([[7, 6, 5], [4, 3, 2], [1]])
  expect([first.previousCursor, third.nextCursor]).toEqual([undefined, undefined])
  const secondAgain = await list(wallet, 3, third.previousCursor)
  expect(secondAgain.rows).toEqual(second.rows)
  const firstAgain = await list(wallet, 3, secondAgain.previousCursor)
  expect(firstAgain.rows).toEqual(first.rows)
  expect(firstAgain.previousCursor).toBeUndefined()
  expect(numbersOf(await list(wallet, 3, firstAgain.nextCursor))).toEqual([4, 3, 2])
})

test('entries that come meanwhile neither repeat nor hide others', async () => {
  const wallet = await fundedWallet(database, 0n)
  await topUp(wallet, 1, 4)
  const first = await list(wallet, 2)
  await topUp(wallet, 5, 7)
  const second = await list(wallet, 2, first.nextCursor)
  expect(numbersOf(second)).toEqual([2, 1])
  const back = await list(wallet, 2, second.previousCursor)
  expect(numbersOf(back)).toEqual([4, 3])
  expect(numbersOf(await list(wallet, 10, back.previousCursor))).toEqual([7, 6, 5])
})

test('an empty wallet has one empty page', async () => {
  expect(await list(await fundedWallet(database, 0n), 5)).toEqual({
    rows: [],
    nextCursor: undefined,
    previousCursor: undefined,
  })
})

test('a wallet of another partner is unknown', async () => {
  const [wallet, other] = [await fundedWallet(database, 1n), await fundedWallet(database, 1n)]
  for (const walletId of [other.id, newId<WalletId>()]) {
    const listed = listWalletEntries(database, wallet.partnerId, walletId, { limit: 5 })
    await expect(listed).rejects.toMatchObject({ code: 'wallet_not_found' })
  }
})

test('a cursor of another wallet, and one that was made up, are refused', async () => {
  const [wallet, other] = [await fundedWallet(database, 1n), await fundedWallet(database, 1n)]
  await topUp(wallet, 1, 2)
  await topUp(other, 1, 2)
  const foreign = (await list(other, 1)).nextCursor
  expect(foreign).toBeDefined()
  for (const cursor of [foreign, 'nonsense', '', 'WyJ4Il0']) {
    await expect(list(wallet, 1, cursor)).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field: 'cursor' }],
    })
  }
})
