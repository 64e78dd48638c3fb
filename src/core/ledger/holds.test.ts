import { describe, expect, test } from 'vitest'
import { currencyOf, fundedWallet, insertOrder } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, OrderId, WalletId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import { checkLedger } from './check-ledger.ts'
import { findWallet } from './find-wallet.ts'
import { holdFunds } from './hold-funds.ts'
import { availableBalance } from './ledger.ts'
import type { Wallet } from './ledger.ts'
import { openWallet } from './open-wallet.ts'
import { postTransfer } from './post-transfer.ts'
import { releaseHold } from './release-hold.ts'
import { settleHold } from './settle-hold.ts'

const { database } = await createTestDatabase()

type Hold = { readonly holdId: HoldId; readonly orderId: OrderId }

const newHold = (): Hold => ({ holdId: newId<HoldId>(), orderId: newId<OrderId>() })

function hold(
  { partnerId, id }: Wallet,
  one: Hold,
  amount: bigint,
  walletId = id,
): ReturnType<typeof holdFunds> {
  return database.inTransaction((tx) => holdFunds(tx, { partnerId, walletId, amount, ...one }))
}

/** Settles as the order path does: the order's end is written in the same transaction. */
function settle(wallet: Wallet, { holdId, orderId }: Hold, amount: bigint): ReturnType<typeof settleHold> {
  return database.inTransaction(async (tx) => {
    const answer = await settleHold(tx, { partnerId: wallet.partnerId, holdId, amount })
    if (!answer.repeated) await insertOrder(tx, { wallet, id: orderId, status: 'completed', total: amount })
    return answer
  })
}

function release({ partnerId }: Wallet, { holdId }: Pick<Hold, 'holdId'>): ReturnType<typeof releaseHold> {
  return database.inTransaction((tx) => releaseHold(tx, { partnerId, holdId }))
}

async function standOf({
  partnerId,
  id,
}: Wallet): Promise<[balance: bigint, reserved: bigint, available: bigint]> {
  const wallet = await findWallet(database, partnerId, id)
  return [wallet.balance, wallet.reserved, availableBalance(wallet)]
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}

describe('a hold', () => {
  test('sets money aside without moving it', async () => {
    const wallet = await fundedWallet(database, 100n)
    expect(await hold(wallet, newHold(), 30n)).toEqual({ repeated: false })
    expect(await standOf(wallet)).toEqual([100n, 30n, 70n])
  })

  test('is refused beyond what is available, and what is held cannot be spent', async () => {
    const wallet = await fundedWallet(database, 100n, 10n)
    await hold(wallet, newHold(), 80n)
    expect(await outcomeOf(hold(wallet, newHold(), 31n))).toBe('insufficient_funds')
    const { partnerId, id: walletId } = wallet
    const withdrawal = {
      partnerId,
      walletId,
      kind: 'withdrawal',
      amount: -31n,
      reference: 'r',
      actor: 'test',
    } as const
    expect(await outcomeOf(database.inTransaction((tx) => postTransfer(tx, withdrawal)))).toBe(
      'insufficient_funds',
    )
    expect(await outcomeOf(hold(wallet, newHold(), 30n))).toBe('ok')
    expect(await standOf(wallet)).toEqual([100n, 110n, 0n])
  })

  test('with the same id is the same hold, whatever has become of it', async () => {
    const wallet = await fundedWallet(database, 100n)
    const [open, settled, released] = [newHold(), newHold(), newHold()]
    for (const one of [open, settled, released]) await hold(wallet, one, 10n)
    await settle(wallet, settled, 10n)
    await release(wallet, released)
    const before = await standOf(wallet)
    for (const one of [open, settled, released])
      expect(await hold(wallet, one, 10n)).toEqual({ repeated: true })
    expect(await standOf(wallet)).toEqual(before)
  })

  test('with the id of another hold is a conflict', async () => {
    const wallet = await fundedWallet(database, 100n)
    const { partnerId } = wallet
    const second = await database.inTransaction((tx) =>
      openWallet(tx, { partnerId, currency: currencyOf('EUR'), isDefault: false }),
    )
    const one = newHold()
    await hold(wallet, one, 10n)
    expect(await outcomeOf(hold(wallet, one, 11n))).toBe('transfer_conflict')
    expect(await outcomeOf(hold(wallet, { ...one, orderId: newId<OrderId>() }, 10n))).toBe(
      'transfer_conflict',
    )
    expect(await outcomeOf(hold(wallet, one, 10n, second.id))).toBe('transfer_conflict')
  })

  test('is refused for bad amounts and unknown wallets', async () => {
    const wallet = await fundedWallet(database, 100n)
    for (const amount of [0n, -1n, largestAmountMicros + 1n]) {
      expect(await outcomeOf(hold(wallet, newHold(), amount))).toBe('validation_failed')
    }
    expect(await outcomeOf(hold(wallet, newHold(), 1n, newId<WalletId>()))).toBe('wallet_not_found')
    const other = await fundedWallet(database, 100n)
    expect(await outcomeOf(hold(wallet, newHold(), 1n, other.id))).toBe('wallet_not_found')
  })

  test('that is placed many times at once holds once', async () => {
    const wallet = await fundedWallet(database, 100n)
    const one = newHold()
    const answers = await Promise.all(Array.from({ length: 40 }, () => hold(wallet, one, 60n)))
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await standOf(wallet)).toEqual([100n, 60n, 40n])
  })

  test('is one of 10 when 200 are asked for at once and the funds are for 10', async () => {
    const wallet = await fundedWallet(database, 100n)
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => outcomeOf(hold(wallet, newHold(), 10n))),
    )
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(10)
    expect(outcomes.filter((outcome) => outcome === 'insufficient_funds')).toHaveLength(190)
    expect(await standOf(wallet)).toEqual([100n, 100n, 0n])
  })
})

describe('settling', () => {
  test('charges the order and gives the rest back', async () => {
    const wallet = await fundedWallet(database, 100n)
    const one = newHold()
    await hold(wallet, one, 30n)
    expect(await settle(wallet, one, 20n)).toEqual({ repeated: false })
    expect(await standOf(wallet)).toEqual([80n, 0n, 80n])
    const entries = await database.query(sql`
      select t.kind, t.order_id, e.account, e.amount, e.number, e.balance_after
      from transfers t join entries e on e.partner_id = t.partner_id and e.transfer_id = t.id
      where t.partner_id = ${wallet.partnerId} and t.id = ${one.orderId} order by e.amount`)
    expect(entries).toEqual([
      {
        kind: 'charge',
        order_id: one.orderId,
        account: 'wallet:USD-1',
        amount: -20n,
        number: 2n,
        balance_after: 80n,
      },
      {
        kind: 'charge',
        order_id: one.orderId,
        account: 'sales:USD',
        amount: 20n,
        number: null,
        balance_after: null,
      },
    ])
  })

  test('again with the same amount has no effect, with another it is a conflict', async () => {
    const wallet = await fundedWallet(database, 100n)
    const one = newHold()
    await hold(wallet, one, 30n)
    await settle(wallet, one, 20n)
    expect(await settle(wallet, one, 20n)).toEqual({ repeated: true })
    expect(await outcomeOf(settle(wallet, one, 21n))).toBe('transfer_conflict')
    expect(await standOf(wallet)).toEqual([80n, 0n, 80n])
  })

  test('is refused beyond what is held, for nothing, for unknown holds and released ones', async () => {
    const wallet = await fundedWallet(database, 100n)
    const [one, released] = [newHold(), newHold()]
    await hold(wallet, one, 30n)
    await hold(wallet, released, 30n)
    await release(wallet, released)
    expect(await outcomeOf(settle(wallet, one, 31n))).toBe('validation_failed')
    expect(await outcomeOf(settle(wallet, one, 0n))).toBe('validation_failed')
    expect(await outcomeOf(settle(wallet, newHold(), 1n))).toBe('hold_not_found')
    expect(await outcomeOf(settle(wallet, released, 30n))).toBe('transfer_conflict')
    const other = await fundedWallet(database, 100n)
    expect(await outcomeOf(settle(other, one, 30n))).toBe('hold_not_found')
    expect(await standOf(wallet)).toEqual([100n, 30n, 70n])
  })

  test('charges an order once, even when two holds are for it', async () => {
    const wallet = await fundedWallet(database, 100n)
    const one = newHold()
    const second = { ...newHold(), orderId: one.orderId }
    await hold(wallet, one, 30n)
    await hold(wallet, second, 30n)
    await settle(wallet, one, 30n)
    expect(await outcomeOf(settle(wallet, second, 30n))).toBe('transfer_conflict')
    await release(wallet, second)
    expect(await standOf(wallet)).toEqual([70n, 0n, 70n])
  })
})

describe('releasing', () => {
  test('gives all of it back, and again has no effect', async () => {
    const wallet = await fundedWallet(database, 100n)
    const one = newHold()
    await hold(wallet, one, 30n)
    expect(await release(wallet, one)).toEqual({ repeated: false })
    expect(await release(wallet, one)).toEqual({ repeated: true })
    expect(await standOf(wallet)).toEqual([100n, 0n, 100n])
  })

  test('is refused for unknown holds and settled ones', async () => {
    const wallet = await fundedWallet(database, 100n)
    const one = newHold()
    await hold(wallet, one, 30n)
    await settle(wallet, one, 30n)
    expect(await outcomeOf(release(wallet, one))).toBe('transfer_conflict')
    expect(await outcomeOf(release(wallet, newHold()))).toBe('hold_not_found')
    const other = await fundedWallet(database, 100n)
    expect(await outcomeOf(release(other, one))).toBe('hold_not_found')
  })

  test('and settling at once: one of them ends the hold', async () => {
    const wallet = await fundedWallet(database, 1_000n)
    const holds = Array.from({ length: 30 }, newHold)
    await Promise.all(holds.map((one) => hold(wallet, one, 10n)))
    const outcomes = await Promise.all(
      holds.map((one) => Promise.all([outcomeOf(settle(wallet, one, 10n)), outcomeOf(release(wallet, one))])),
    )
    for (const pair of outcomes) expect(pair.toSorted()).toEqual(['ok', 'transfer_conflict'])
    const settled = outcomes.filter(([settling]) => settling === 'ok').length
    expect(await standOf(wallet)).toEqual([
      1_000n - 10n * BigInt(settled),
      0n,
      1_000n - 10n * BigInt(settled),
    ])
  })
})

test('the books are proven after all of this', async () => {
  const report = await checkLedger(database)
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
})
