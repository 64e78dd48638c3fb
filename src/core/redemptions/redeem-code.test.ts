import { describe, expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createVoucherWorld, liabilityOf, shilling } from '../../../test/voucher-world.ts'
import { sql } from '../../platform/database.ts'
import type { Wallet } from '../ledger/ledger.ts'
import { rollUpAccounts } from '../ledger/roll-up-accounts.ts'
import { freezeVoucher } from '../vouchers/freeze-voucher.ts'
import { redeemCode } from './redeem-code.ts'
import { failuresMost } from './redemption.ts'

const { database } = await createTestDatabase()
const world = await createVoucherWorld(database)
const { keyRing } = world

const redeem = (wallet: Wallet, code: string, reference?: string) =>
  redeemCode(database, keyRing, {
    partnerId: wallet.partnerId,
    code,
    reference,
    dialect: 'test',
    actor: 'test',
  })

test("a voucher's whole value goes from the issuer's liability into the redeemer's wallet, and an event tells of it", async () => {
  const [issuer, shop] = [await world.company(1_000n), await world.company(0n)]
  const { code } = await world.voucher(issuer, 250n)
  const redeemed = await redeem(shop, code.toLowerCase())
  expect(redeemed).toMatchObject({
    walletId: shop.id,
    amount: 250n * shilling,
    currency: 'KES',
    repeated: false,
  })
  expect(await world.balanceOf(shop)).toBe(250n * shilling)
  expect(await liabilityOf(database, issuer.partnerId)).toBe(0n)
  const events = await database.query(
    sql`select type, details->>'amount' as amount from events where partner_id = ${shop.partnerId}`,
  )
  expect(events).toEqual([{ type: 'voucher.redeemed', amount: '250' }])
  await rollUpAccounts(database)
  await proveBooks(database)
})

test('a company that redeems its own voucher gets its money back', async () => {
  const issuer = await world.company(100n)
  const { code } = await world.voucher(issuer, 100n)
  await redeem(issuer, code)
  expect(await world.balanceOf(issuer)).toBe(100n * shilling)
  await proveBooks(database)
})

test('of 40 that redeem one code at once, one gets its value', async () => {
  const issuer = await world.company(100n)
  const shops = await Promise.all(Array.from({ length: 4 }, () => world.company(0n)))
  const { code } = await world.voucher(issuer, 100n)
  const ends = await Promise.allSettled(
    Array.from({ length: 40 }, (_, place) => redeem(shops[place % 4] ?? issuer, code, `try ${place}`)),
  )
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const balances = await Promise.all(shops.map((shop) => world.balanceOf(shop)))
  expect(balances.reduce((sum, balance) => sum + balance, 0n)).toBe(100n * shilling)
  await proveBooks(database)
})

test('the same call again answers the first time and moves nothing', async () => {
  const [issuer, shop] = [await world.company(300n), await world.company(0n)]
  const [first, second] = [await world.voucher(issuer, 100n), await world.voucher(issuer, 200n)]
  const once = await redeem(shop, first.code, 'receipt 1')
  const again = await redeem(shop, first.code, 'receipt 1')
  expect(again).toEqual({ ...once, repeated: true })
  await expect(redeem(shop, second.code, 'receipt 1')).rejects.toMatchObject({ code: 'external_id_conflict' })
  expect(await world.balanceOf(shop)).toBe(100n * shilling)
})

test('a repeat without a reference answers the first time, too', async () => {
  const [issuer, shop] = [await world.company(100n), await world.company(0n)]
  const { code } = await world.voucher(issuer, 100n)
  const once = await redeem(shop, code)
  expect(await redeem(shop, code)).toEqual({ ...once, repeated: true })
  expect(await world.balanceOf(shop)).toBe(100n * shilling)
})

describe('a code that cannot be used now answers as one that does not exist', () => {
  const day = 86_400_000
  test.each([
    ['locked to merchants', { merchants: ['naivas'] }],
    ['not begun', { startsAt: new Date(Date.now() + day / 2) }],
    ['ended', { endsAt: new Date(Date.now() - day / 2) }],
  ])('%s', async (_, changes) => {
    const [issuer, shop] = [await world.company(100n), await world.company(0n)]
    const { code } = await world.voucher(issuer, 100n, changes)
    await expect(redeem(shop, code)).rejects.toMatchObject({ code: 'voucher_not_found' })
    expect(await world.balanceOf(shop)).toBe(0n)
  })

  test('frozen, until it is released', async () => {
    const [issuer, shop] = [await world.company(100n), await world.company(0n)]
    const { code, id: voucherId } = await world.voucher(issuer, 100n)
    const freeze = (isFrozen: boolean) =>
      database.inTransaction((tx) => freezeVoucher(tx, { voucherId, isFrozen, note: 'lost', actor: 'test' }))
    await freeze(true)
    await expect(redeem(shop, code)).rejects.toMatchObject({ code: 'voucher_not_found' })
    await freeze(false)
    await expect(redeem(shop, code)).resolves.toMatchObject({ amount: 100n * shilling })
  })

  test('in a currency that the redeemer has no wallet in, it stays whole', async () => {
    const [issuer, shop] = [await world.company(100n), await world.company(0n)]
    const { code } = await world.voucher(issuer, 100n)
    await database.query(sql`update wallets set currency = 'USD' where id = ${shop.id}`)
    await expect(redeem(shop, code)).rejects.toMatchObject({ code: 'wallet_not_found' })
    await database.query(sql`update wallets set currency = 'KES' where id = ${shop.id}`)
    await expect(redeem(shop, code)).resolves.toMatchObject({ amount: 100n * shilling })
  })
})

test('guesses are limited, however many come at once, and mistyped codes are none', async () => {
  const [issuer, shop] = [await world.company(100n), await world.company(0n)]
  const { code } = await world.voucher(issuer, 100n)
  const mistyped = code.slice(0, 10) + (code.endsWith('2') ? '3' : '2')
  for (let time = 0; time < failuresMost.partner; time += 1)
    await expect(redeem(shop, mistyped)).rejects.toMatchObject({ code: 'voucher_not_found' })
  const spent = await world.voucher(await world.company(10n), 10n, { merchants: ['naivas'] })
  const ends = await Promise.allSettled(
    Array.from({ length: failuresMost.partner + 30 }, () => redeem(shop, spent.code)),
  )
  const codes = ends.map((end) =>
    end.status === 'rejected' ? (end.reason as { code: string }).code : 'redeemed',
  )
  expect(codes.filter((one) => one === 'voucher_not_found')).toHaveLength(failuresMost.partner)
  expect(codes.filter((one) => one === 'too_many_failures')).toHaveLength(30)
  await expect(redeem(shop, code)).rejects.toMatchObject({ code: 'too_many_failures' })
  await database.query(sql`
    update redemption_failures set locked_until = now() - interval '1 second' where subject = ${`partner:${shop.partnerId}`}`)
  await expect(redeem(shop, code)).resolves.toMatchObject({ amount: 100n * shilling })
})
