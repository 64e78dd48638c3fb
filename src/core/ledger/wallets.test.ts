import { describe, expect, test } from 'vitest'
import { currencyOf, fundedWallet, newPartner, usd } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'
import { setPartnerStatus } from '../partners/set-partner-status.ts'
import { findWallet } from './find-wallet.ts'
import { holdFunds } from './hold-funds.ts'
import { availableBalance } from './ledger.ts'
import { listWallets } from './list-wallets.ts'
import { openWallet } from './open-wallet.ts'
import { postTransfer } from './post-transfer.ts'
import { setOverdraft } from './set-overdraft.ts'

const { database } = await createTestDatabase()

describe('opening a wallet', () => {
  test('starts it empty, with the accounts that its transfers stand against', async () => {
    const { id: partnerId } = await newPartner(database)
    const wallet = await database.inTransaction((tx) =>
      openWallet(tx, { partnerId, currency: usd, isDefault: true }),
    )
    expect(wallet).toMatchObject({
      code: 'USD-1',
      balance: 0n,
      reserved: 0n,
      isDefault: true,
      allowOverdraft: false,
      overdraftLimit: 0n,
    })
    expect(await findWallet(database, partnerId, wallet.id)).toEqual(wallet)
    const accounts = await database.query(sql`
      select code, kind, currency from ledger_accounts where partner_id = ${partnerId} order by code`)
    expect(accounts).toEqual([
      { code: 'adjustments:USD', kind: 'adjustments', currency: 'USD' },
      { code: 'cash:USD', kind: 'cash', currency: 'USD' },
      { code: 'fees:USD', kind: 'fees', currency: 'USD' },
      { code: 'sales:USD', kind: 'sales', currency: 'USD' },
      { code: 'wallet:USD-1', kind: 'wallet', currency: 'USD' },
    ])
  })

  test('numbers wallets of a currency without a gap or a double, however many are opened at once', async () => {
    const { id: partnerId } = await newPartner(database)
    const currencies = Array.from({ length: 12 }, (_, place) => (place % 3 === 0 ? currencyOf('NGN') : usd))
    const open = (currency: Currency) =>
      database.inTransaction((tx) => openWallet(tx, { partnerId, currency, isDefault: true }))
    await Promise.all(currencies.map(open))
    const wallets = await listWallets(database, partnerId)
    const numbered = (code: string, count: number) =>
      Array.from({ length: count }, (_, place) => `${code}-${place + 1}`)
    expect(wallets.map(({ code }) => code).toSorted()).toEqual(
      [...numbered('NGN', 4), ...numbered('USD', 8)].toSorted(),
    )
    expect(wallets.map(({ isDefault }) => isDefault)).toEqual([
      true,
      ...Array.from({ length: 11 }, () => false),
    ])
  })

  test('takes the default from the wallet that had it', async () => {
    const first = await fundedWallet(database, 0n)
    const { partnerId } = first
    const second = await database.inTransaction((tx) =>
      openWallet(tx, { partnerId, currency: currencyOf('EUR'), isDefault: true }),
    )
    const third = await database.inTransaction((tx) =>
      openWallet(tx, { partnerId, currency: usd, isDefault: false }),
    )
    const wallets = await listWallets(database, partnerId)
    expect(wallets.map(({ id, isDefault }) => [id, isDefault])).toEqual([
      [second.id, true],
      [first.id, false],
      [third.id, false],
    ])
  })

  test('is refused to unknown and closed partners', async () => {
    const open = (partnerId: PartnerId) =>
      database.inTransaction((tx) => openWallet(tx, { partnerId, currency: usd, isDefault: true }))
    await expect(open(newId<PartnerId>())).rejects.toMatchObject({ code: 'partner_not_found' })
    const { id: partnerId } = await newPartner(database)
    await database.inTransaction((tx) => setPartnerStatus(tx, { partnerId, status: 'closed', actor: 'test' }))
    await expect(open(partnerId)).rejects.toMatchObject({ code: 'partner_inactive' })
  })

  test('is refused for limits and currencies that cannot be', async () => {
    const { id: partnerId } = await newPartner(database)
    const bad = [
      { currency: usd, overdraftLimit: -1n },
      { currency: usd, overdraftLimit: largestAmountMicros + 1n },
      { currency: 'usd' as Currency }, // What a careless cast may let through.
    ]
    for (const settings of bad) {
      const opened = database.inTransaction((tx) =>
        openWallet(tx, { partnerId, isDefault: true, ...settings }),
      )
      await expect(opened).rejects.toMatchObject({ code: 'validation_failed' })
    }
    expect(await listWallets(database, partnerId)).toEqual([])
  })
})

test('a wallet of another partner is as unknown as one that does not exist', async () => {
  const wallet = await fundedWallet(database, 1n)
  const other = await newPartner(database)
  await expect(findWallet(database, other.id, wallet.id)).rejects.toMatchObject({ code: 'wallet_not_found' })
  await expect(findWallet(database, wallet.partnerId, newId<WalletId>())).rejects.toMatchObject({
    code: 'wallet_not_found',
  })
  expect(await listWallets(database, other.id)).toEqual([])
})

describe('the overdraft', () => {
  const settings = (allowOverdraft: boolean, overdraftLimit: bigint) => ({
    allowOverdraft,
    overdraftLimit,
    actor: 'ops',
  })

  test('adds to what can be spent while it is allowed', async () => {
    const { partnerId, id: walletId } = await fundedWallet(database, 10n)
    const set = (allow: boolean, limit: bigint) =>
      database.inTransaction((tx) => setOverdraft(tx, { partnerId, walletId, ...settings(allow, limit) }))
    expect(availableBalance(await set(true, 5n))).toBe(15n)
    expect(availableBalance(await set(false, 5n))).toBe(10n)
    const audited = await database.query(sql`
      select actor, details from audit_log where subject = ${walletId} and action = 'wallet.overdraft_set' order by id`)
    expect(audited).toEqual([
      { actor: 'ops', details: { allowOverdraft: true, overdraftLimit: '5' } },
      { actor: 'ops', details: { allowOverdraft: false, overdraftLimit: '5' } },
    ])
  })

  test('cannot be set below what is spent and held', async () => {
    const { partnerId, id: walletId } = await fundedWallet(database, 10n, 100n)
    const holdId = newId<never>()
    await database.inTransaction(async (tx) => {
      await postTransfer(tx, {
        partnerId,
        walletId,
        kind: 'withdrawal',
        amount: -40n,
        reference: 'out',
        actor: 'test',
      })
      await holdFunds(tx, { partnerId, walletId, holdId, amount: 20n, orderId: newId<never>() })
    })
    const set = (allow: boolean, limit: bigint) =>
      database.inTransaction((tx) => setOverdraft(tx, { partnerId, walletId, ...settings(allow, limit) }))
    await expect(set(true, 49n)).rejects.toMatchObject({ code: 'overdraft_in_use' })
    await expect(set(false, 100n)).rejects.toMatchObject({ code: 'overdraft_in_use' })
    expect(await findWallet(database, partnerId, walletId)).toMatchObject({
      allowOverdraft: true,
      overdraftLimit: 100n,
    })
    expect(availableBalance(await set(true, 50n))).toBe(0n)
  })

  test('is refused for unknown wallets and impossible limits', async () => {
    const { partnerId, id } = await fundedWallet(database, 0n)
    const set = (walletId: WalletId, limit: bigint) =>
      database.inTransaction((tx) => setOverdraft(tx, { partnerId, walletId, ...settings(true, limit) }))
    await expect(set(newId<WalletId>(), 1n)).rejects.toMatchObject({ code: 'wallet_not_found' })
    await expect(set(id, -1n)).rejects.toMatchObject({ code: 'validation_failed' })
    await expect(set(id, largestAmountMicros + 1n)).rejects.toMatchObject({ code: 'validation_failed' })
  })
})
