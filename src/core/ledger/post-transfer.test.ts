import { describe, expect, test } from 'vitest'
import { currencyOf, fundedWallet, usd } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { rawStatement, sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { WalletId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import { checkLedger } from './check-ledger.ts'
import { findWallet } from './find-wallet.ts'
import type { Wallet } from './ledger.ts'
import { openWallet } from './open-wallet.ts'
import { postTransfer } from './post-transfer.ts'
import type { PostTransfer } from './post-transfer.ts'

const { database } = await createTestDatabase()

function post(wallet: Wallet, transfer: Partial<PostTransfer>): ReturnType<typeof postTransfer> {
  const { partnerId, id: walletId } = wallet
  const usual = { partnerId, walletId, kind: 'topup', amount: 1n, reference: 'r', actor: 'test' } as const
  return database.inTransaction((tx) => postTransfer(tx, { ...usual, ...transfer }))
}

async function balanceOf({ partnerId, id }: Wallet): Promise<bigint> {
  return (await findWallet(database, partnerId, id)).balance
}

/** "ok", or the code of the failure. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}

describe('a transfer', () => {
  test('writes two entries that sum to zero, against the account that its kind names', async () => {
    const wallet = await fundedWallet(database, 0n)
    await post(wallet, {
      kind: 'topup',
      amount: 100n,
      reference: 'a',
      paymentMethod: 'bank',
      description: 'First payment',
      actor: 'ops',
    })
    await post(wallet, { kind: 'withdrawal', amount: -30n, reference: 'b' })
    await post(wallet, { kind: 'refund', amount: 5n, reference: 'c' })
    await post(wallet, { kind: 'adjustment', amount: -7n, reference: 'd' })
    await post(wallet, { kind: 'adjustment', amount: 2n, reference: 'e' })
    const entries = await database.query(sql`
      select t.reference, t.kind, e.account, e.amount, e.number, e.balance_after
      from transfers t join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id
      where t.partner_id = ${wallet.partnerId} order by t.reference, e.account desc`)
    const lines = (
      reference: string,
      kind: string,
      counter: string,
      amount: bigint,
      number: bigint,
      balance: bigint,
    ) => [
      { reference, kind, account: 'wallet:USD-1', amount, number, balance_after: balance },
      { reference, kind, account: counter, amount: -amount, number: null, balance_after: null },
    ]
    expect(entries).toEqual([
      ...lines('a', 'topup', 'cash:USD', 100n, 1n, 100n),
      ...lines('b', 'withdrawal', 'cash:USD', -30n, 2n, 70n),
      ...lines('c', 'refund', 'sales:USD', 5n, 3n, 75n),
      ...lines('d', 'adjustment', 'adjustments:USD', -7n, 4n, 68n),
      ...lines('e', 'adjustment', 'adjustments:USD', 2n, 5n, 70n),
    ])
    const [first] = await database.query(sql`
      select payment_method, description, actor from transfers where partner_id = ${wallet.partnerId} and reference = 'a'`)
    expect(first).toEqual({ payment_method: 'bank', description: 'First payment', actor: 'ops' })
  })

  test('is refused when the wallet cannot pay, and leaves nothing behind', async () => {
    const wallet = await fundedWallet(database, 10n)
    expect(await outcomeOf(post(wallet, { kind: 'withdrawal', amount: -11n }))).toBe('insufficient_funds')
    expect(await balanceOf(wallet)).toBe(10n)
    const left = await database.query(
      sql`select from transfers where partner_id = ${wallet.partnerId} and reference = 'r'`,
    )
    expect(left).toEqual([])
    expect(await outcomeOf(post(wallet, { kind: 'withdrawal', amount: -10n }))).toBe('ok')
  })

  test('that was refused cannot be committed even by a caller who swallows the refusal', async () => {
    const wallet = await fundedWallet(database, 10n)
    const { partnerId, id: walletId } = wallet
    await database
      .inTransaction(async (tx) => {
        const command = {
          partnerId,
          walletId,
          kind: 'withdrawal',
          amount: -11n,
          reference: 'r',
          actor: 'test',
        } as const
        await outcomeOf(postTransfer(tx, command))
      })
      .catch(() => undefined)
    expect(
      await database.query(sql`select from transfers where partner_id = ${partnerId} and reference = 'r'`),
    ).toEqual([])
  })

  test('may use the overdraft to its limit and no further', async () => {
    const wallet = await fundedWallet(database, 10n, 5n)
    expect(await outcomeOf(post(wallet, { kind: 'adjustment', amount: -16n, reference: 'a' }))).toBe(
      'insufficient_funds',
    )
    expect(await outcomeOf(post(wallet, { kind: 'adjustment', amount: -15n, reference: 'b' }))).toBe('ok')
    expect(await balanceOf(wallet)).toBe(-5n)
  })

  test.each([
    { kind: 'topup', amount: 0n },
    { kind: 'topup', amount: -1n },
    { kind: 'topup', amount: largestAmountMicros + 1n },
    { kind: 'refund', amount: -1n },
    { kind: 'withdrawal', amount: 1n },
    { kind: 'withdrawal', amount: -largestAmountMicros - 1n },
    { kind: 'adjustment', amount: 0n },
    { reference: '' },
    { reference: 'x'.repeat(129) },
    { reference: 'nul\u0000' },
    { description: 'x'.repeat(1_001) },
    { paymentMethod: 'lone \ud800' },
  ] as const)('is refused as $kind of $amount, reference $reference', async (transfer) => {
    const wallet = await fundedWallet(database, 10n)
    expect(await outcomeOf(post(wallet, transfer))).toBe('validation_failed')
    expect(await balanceOf(wallet)).toBe(10n)
  })

  test('that a 64-bit balance cannot hold is refused as a bad amount', async () => {
    const wallet = await fundedWallet(database, 0n)
    const outcomes: string[] = []
    for (let place = 0; place < 10; place += 1) {
      outcomes.push(await outcomeOf(post(wallet, { amount: largestAmountMicros, reference: `r${place}` })))
    }
    expect(outcomes).toEqual([...Array.from({ length: 9 }, () => 'ok'), 'validation_failed'])
  })

  test('is refused for a wallet that is not there, or another partner’s', async () => {
    const wallet = await fundedWallet(database, 10n)
    const other = await fundedWallet(database, 10n)
    expect(await outcomeOf(post(wallet, { walletId: newId<WalletId>() }))).toBe('wallet_not_found')
    expect(await outcomeOf(post(wallet, { walletId: other.id }))).toBe('wallet_not_found')
    expect(await balanceOf(other)).toBe(10n)
  })
})

describe('a reference', () => {
  test('that comes again with the same transfer answers the first and moves nothing', async () => {
    const wallet = await fundedWallet(database, 0n)
    const first = await post(wallet, { amount: 10n })
    expect(first.repeated).toBe(false)
    expect(await post(wallet, { amount: 10n, description: 'said otherwise' })).toEqual({
      transferId: first.transferId,
      repeated: true,
    })
    expect(await balanceOf(wallet)).toBe(10n)
  })

  test('that comes again with another amount, kind or wallet is a conflict', async () => {
    const wallet = await fundedWallet(database, 10n)
    const { partnerId } = wallet
    const second = await database.inTransaction((tx) =>
      openWallet(tx, { partnerId, currency: currencyOf('EUR'), isDefault: false }),
    )
    await post(wallet, { amount: 5n })
    expect(await outcomeOf(post(wallet, { amount: 6n }))).toBe('transfer_conflict')
    expect(await outcomeOf(post(wallet, { kind: 'adjustment', amount: 5n }))).toBe('transfer_conflict')
    expect(await outcomeOf(post(second, { amount: 5n }))).toBe('transfer_conflict')
    expect([await balanceOf(wallet), await balanceOf(second)]).toEqual([15n, 0n])
  })

  test('of another partner is another reference', async () => {
    const [one, other] = [await fundedWallet(database, 0n), await fundedWallet(database, 0n)]
    await post(one, { amount: 5n })
    expect((await post(other, { amount: 7n })).repeated).toBe(false)
  })

  test('moves money once, however many send it at the same time', async () => {
    const wallet = await fundedWallet(database, 0n)
    const answers = await Promise.all(Array.from({ length: 64 }, () => post(wallet, { amount: 10n })))
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(new Set(answers.map(({ transferId }) => transferId)).size).toBe(1)
    expect(await balanceOf(wallet)).toBe(10n)
  })

  test('goes to one of two wallets that claim it at the same time', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { partnerId } = wallet
    const second = await database.inTransaction((tx) =>
      openWallet(tx, { partnerId, currency: usd, isDefault: false }),
    )
    const wallets = Array.from({ length: 40 }, (_, place) => (place % 2 === 0 ? wallet : second))
    const outcomes = await Promise.all(wallets.map((one) => outcomeOf(post(one, { amount: 10n }))))
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(20)
    expect(outcomes.filter((outcome) => outcome === 'transfer_conflict')).toHaveLength(20)
    expect((await balanceOf(wallet)) + (await balanceOf(second))).toBe(10n)
  })

  test('is free again when its first transfer was refused', async () => {
    const wallet = await fundedWallet(database, 10n)
    const attempts = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        outcomeOf(post(wallet, { kind: 'adjustment', amount: place === 0 ? -11n : -10n })),
      ),
    )
    expect(attempts[0]).toMatch(/insufficient_funds|transfer_conflict/)
    expect(attempts.slice(1)).toEqual(Array.from({ length: 19 }, () => 'ok'))
    expect(await balanceOf(wallet)).toBe(0n)
  })
})

describe('many at once', () => {
  test('100 transfers of one wallet all count', async () => {
    const wallet = await fundedWallet(database, 1_000n)
    const amounts = Array.from({ length: 100 }, (_, place) => BigInt(place % 2 === 0 ? place + 1 : -place))
    const posted = amounts.map((amount, place) =>
      post(wallet, { kind: 'adjustment', amount, reference: `r${place}` }),
    )
    await Promise.all(posted)
    expect(await balanceOf(wallet)).toBe(1_000n + amounts.reduce((sum, amount) => sum + amount, 0n))
  })

  test('200 withdrawals for the funds of 10 let 10 through', async () => {
    const wallet = await fundedWallet(database, 100n)
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, place) =>
        outcomeOf(post(wallet, { kind: 'withdrawal', amount: -10n, reference: `r${place}` })),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(10)
    expect(outcomes.filter((outcome) => outcome === 'insufficient_funds')).toHaveLength(190)
    expect(await balanceOf(wallet)).toBe(0n)
  })
})

describe('the journal', () => {
  test.each(['transfers', 'entries', 'audit_log'])(
    '%s can be added to, and neither changed nor emptied by the application',
    async (table) => {
      await fundedWallet(database, 10n)
      const column = table === 'entries' ? 'amount = amount + 1' : "actor = 'somebody else'"
      const statements = [`update ${table} set ${column}`, `delete from ${table}`, `truncate ${table}`]
      for (const text of statements) {
        await expect(database.query(rawStatement(text))).rejects.toMatchObject({ code: '42501' })
      }
      const [rows] = await database.query<{ count: bigint }>(rawStatement(`select count(*) from ${table}`))
      expect(rows?.count).toBeGreaterThan(0n)
    },
  )

  test('is proven after all of this', async () => {
    const report = await checkLedger(database)
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(report.ok).toBe(true)
  })
})
