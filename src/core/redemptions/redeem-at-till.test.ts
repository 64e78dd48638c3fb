import { describe, expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createVoucherWorld, kes, liabilityOf, owedTo, shilling } from '../../../test/voucher-world.ts'
import { sql } from '../../platform/database.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { Wallet } from '../ledger/ledger.ts'
import { rollUpAccounts } from '../ledger/roll-up-accounts.ts'
import { saveTill } from '../merchants/save-till.ts'
import { expireVouchers } from '../vouchers/expire-vouchers.ts'
import { findVoucher } from '../vouchers/find-voucher.ts'
import { freezeVoucher } from '../vouchers/freeze-voucher.ts'
import { approveReversal } from './approve-reversal.ts'
import { findRedemption } from './find-redemption.ts'
import { proposeReversal } from './propose-reversal.ts'
import { redeemAtTill } from './redeem-at-till.ts'
import type { RedeemAtTill } from './redeem-at-till.ts'
import { redeemCode } from './redeem-code.ts'
import { nobodysId } from './redemption.ts'

const { database } = await createTestDatabase()
const world = await createVoucherWorld(database)
const parts = { database, keyRing: world.keyRing, renderer: openRenderer() }

let made = 0

/** A telephone number of its own. */
function newPhone(): string {
  made += 1
  return `+2547${String(20_000_000 + made)}`
}

function redeem(
  issuer: Wallet | undefined,
  phone: string,
  till: string,
  shillings: bigint,
  changes: Partial<RedeemAtTill> = {},
) {
  made += 1
  return redeemAtTill(parts, {
    partnerId: issuer?.partnerId ?? nobodysId,
    issuerId: issuer?.partnerId,
    mode: 'api',
    transactionId: `T-${made}`,
    phone,
    name: 'Jane Doe',
    amount: shillings * shilling,
    currency: kes,
    tillNumber: till,
    remarks: '',
    requestKey: `${phone} ${till} ${shillings}`,
    actor: 'test',
    ...changes,
  })
}

const balanceOf = async ({ id }: { readonly id: Parameters<typeof findVoucher>[1] }): Promise<bigint> =>
  (await findVoucher(database, id)).balance / shilling

const day = 86_400_000
const inDays = (days: number): Date => new Date(Date.now() + days * day)

test("vouchers of few merchants go first, then those that end first; the merchant is owed it, and the holder's told", async () => {
  const issuer = await world.company(1_000n)
  const { code, tills } = await world.merchant()
  const phone = newPhone()
  const late = await world.voucher(issuer, 100n, { phone, endsAt: inDays(30) })
  const soon = await world.voucher(issuer, 100n, { phone, endsAt: inDays(3) })
  const locked = await world.voucher(issuer, 100n, { phone, endsAt: inDays(90), merchants: [code, 'other'] })
  const { redemption, repeated } = await redeem(issuer, phone, tills[0] ?? '', 250n)
  expect(repeated).toBe(false)
  expect(redemption).toMatchObject({ merchantName: 'Naivas', tillName: 'Eastgate', amount: 250n * shilling })
  expect(redemption.receipt).toMatch(/^[A-Z2-9]{8}$/)
  expect(redemption.transactionCode).toMatch(/^[A-Z]\d{7}$/)
  expect([await balanceOf(locked), await balanceOf(soon), await balanceOf(late)]).toEqual([0n, 0n, 50n])
  const found = await findRedemption(database, issuer.partnerId, redemption.id)
  expect(found.shares.map(({ voucherId }) => voucherId)).toEqual([locked.id, soon.id, late.id])
  expect(await owedTo(database, code)).toBe(250n * shilling)
  expect(await liabilityOf(database, issuer.partnerId)).toBe(50n * shilling)
  const told = await database.query(
    sql`select recipient from messages where template = 'voucher_spent' and partner_id = ${issuer.partnerId}`,
  )
  expect(told).toEqual([{ recipient: phone }])
  await rollUpAccounts(database)
  await proveBooks(database)
})

test('all or nothing: too little value changes nothing', async () => {
  const issuer = await world.company(1_000n)
  const { code, tills } = await world.merchant()
  const phone = newPhone()
  const voucher = await world.voucher(issuer, 100n, { phone })
  await expect(redeem(issuer, phone, tills[0] ?? '', 101n)).rejects.toMatchObject({
    code: 'voucher_balance_insufficient',
  })
  expect(await balanceOf(voucher)).toBe(100n)
  expect(await owedTo(database, code)).toBe(0n)
  await expect(redeem(issuer, phone, tills[0] ?? '', 100n)).resolves.toBeDefined()
})

describe('vouchers that do not count', () => {
  test.each([
    ["another merchant's", { merchants: ['other'] }],
    ['not begun', { startsAt: inDays(0.5) }],
    ['ended', { endsAt: inDays(-0.5) }],
    ["another telephone's", { phone: '+254799999999' }],
  ])('%s', async (_, changes) => {
    const issuer = await world.company(100n)
    const { tills } = await world.merchant()
    const phone = newPhone()
    await world.voucher(issuer, 100n, { phone, ...changes })
    await expect(redeem(issuer, phone, tills[0] ?? '', 1n)).rejects.toMatchObject({
      code: 'voucher_balance_insufficient',
    })
  })

  test("frozen ones, until they are released, and another company's", async () => {
    const [issuer, other] = [await world.company(100n), await world.company(100n)]
    const { tills } = await world.merchant()
    const [till = ''] = tills
    const phone = newPhone()
    const { id: voucherId } = await world.voucher(issuer, 100n, { phone })
    await expect(redeem(other, phone, till, 1n)).rejects.toMatchObject({
      code: 'voucher_balance_insufficient',
    })
    const freeze = (isFrozen: boolean) =>
      database.inTransaction((tx) => freezeVoucher(tx, { voucherId, isFrozen, note: 'lost', actor: 'test' }))
    await freeze(true)
    await expect(redeem(issuer, phone, till, 1n)).rejects.toMatchObject({
      code: 'voucher_balance_insufficient',
    })
    await freeze(false)
    await expect(redeem(issuer, phone, till, 1n)).resolves.toBeDefined()
  })

  test('a closed till takes nothing, nor one that is not there', async () => {
    const issuer = await world.company(100n)
    const { code, tills } = await world.merchant()
    const [till = ''] = tills
    const phone = newPhone()
    await world.voucher(issuer, 100n, { phone })
    const taken = await redeem(issuer, phone, till, 2n, { transactionId: 'taken while it was open' })
    await expect(redeem(issuer, phone, '000', 1n)).rejects.toMatchObject({ code: 'till_not_found' })
    const closed = {
      number: till,
      merchant: code,
      name: 'Eastgate',
      status: 'closed',
      actor: 'test',
    } as const
    await database.inTransaction((tx) => saveTill(tx, closed))
    await expect(redeem(issuer, phone, till, 1n)).rejects.toMatchObject({ code: 'till_not_found' })
    // Who never had the answer must not take cash for what the voucher has paid.
    const again = await redeem(issuer, phone, till, 2n, { transactionId: 'taken while it was open' })
    expect(again).toEqual({ redemption: taken.redemption, repeated: true })
  })
})

test('the last 70 shillings are spent once, however many tills take them at once', async () => {
  const issuer = await world.company(1_000n)
  const { code, tills } = await world.merchant(4)
  const phone = newPhone()
  for (const shillings of [20n, 30n, 20n]) await world.voucher(issuer, shillings, { phone })
  const ends = await Promise.allSettled(
    Array.from({ length: 100 }, (_, place) => redeem(issuer, phone, tills[place % 4] ?? '', 7n)),
  )
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  expect(await owedTo(database, code)).toBe(70n * shilling)
  expect(await liabilityOf(database, issuer.partnerId)).toBe(0n)
  await proveBooks(database)
})

test('the same request again answers the first time, also while it runs; another one under its id is refused', async () => {
  const issuer = await world.company(1_000n)
  const { code, tills } = await world.merchant()
  const [till = ''] = tills
  const phone = newPhone()
  await world.voucher(issuer, 500n, { phone })
  const all = await Promise.all(
    Array.from({ length: 20 }, () => redeem(issuer, phone, till, 50n, { transactionId: 'same' })),
  )
  expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1)
  expect(new Set(all.map(({ redemption }) => redemption.receipt)).size).toBe(1)
  expect(await owedTo(database, code)).toBe(50n * shilling)
  await expect(redeem(issuer, phone, till, 51n, { transactionId: 'same' })).rejects.toMatchObject({
    code: 'external_id_conflict',
  })
})

test('ten redemptions that fail within an hour lock the telephone, however many come at once; a success is no failure', async () => {
  const issuer = await world.company(1_000n)
  const { tills } = await world.merchant()
  const [till = ''] = tills
  const phone = newPhone()
  await world.voucher(issuer, 500n, { phone })
  const ends = await Promise.allSettled(Array.from({ length: 40 }, () => redeem(issuer, phone, till, 501n)))
  const codes = ends.map((end) =>
    end.status === 'rejected' ? (end.reason as { code: string }).code : 'done',
  )
  expect(codes.filter((one) => one === 'voucher_balance_insufficient')).toHaveLength(10)
  expect(codes.filter((one) => one === 'too_many_failures')).toHaveLength(30)
  await expect(redeem(issuer, phone, till, 1n)).rejects.toMatchObject({ code: 'too_many_failures' })
  await database.query(sql`
    update redemption_failures set locked_until = now() - interval '1 second' where subject = ${`phone:${phone}`}`)
  await expect(redeem(issuer, phone, till, 1n)).resolves.toBeDefined()
})

test('an outside paybill takes external vouchers of every company, and each of its codes once', async () => {
  const [first, second] = [await world.company(100n), await world.company(100n)]
  const { code, tills } = await world.merchant()
  const [till = ''] = tills
  const phone = newPhone()
  await world.voucher(first, 40n, { phone, isExternal: true })
  await world.voucher(second, 40n, { phone, isExternal: true })
  await world.voucher(second, 40n, { phone })
  const external = { mode: 'external', mpesaCode: 'QWE123RTY4' } as const
  const { redemption } = await redeem(undefined, phone, till, 70n, external)
  expect(redemption.mpesaCode).toBe('QWE123RTY4')
  expect(await owedTo(database, code)).toBe(70n * shilling)
  await expect(redeem(undefined, phone, till, 5n, external)).rejects.toMatchObject({
    code: 'external_id_conflict',
  })
  await expect(redeem(undefined, phone, till, 11n, { mode: 'external' })).rejects.toMatchObject({
    code: 'voucher_balance_insufficient',
  })
  await proveBooks(database)
})

describe('taking a redemption back', () => {
  async function spent() {
    const issuer = await world.company(1_000n)
    const { code, tills } = await world.merchant()
    const phone = newPhone()
    const vouchers = [
      await world.voucher(issuer, 60n, { phone }),
      await world.voucher(issuer, 60n, { phone }),
    ]
    const { redemption } = await redeem(issuer, phone, tills[0] ?? '', 100n)
    const propose = (actor: string) =>
      database.inTransaction((tx) =>
        proposeReversal(tx, {
          partnerId: issuer.partnerId,
          redemptionId: redemption.id,
          note: 'wrong till',
          actor,
        }),
      )
    return { issuer, code, vouchers, redemption, propose }
  }

  const approve = (proposalId: Awaited<ReturnType<typeof proposeReversal>>, actor: string) =>
    database.inTransaction((tx) => approveReversal(tx, { proposalId, actor }))

  test('takes two persons, and brings the value back into the same vouchers, once', async () => {
    const { issuer, code, vouchers, propose } = await spent()
    const proposalId = await propose('ada')
    await expect(approve(proposalId, 'ada')).rejects.toMatchObject({ code: 'second_person_required' })
    expect(await owedTo(database, code)).toBe(100n * shilling)
    const ends = await Promise.all([
      approve(proposalId, 'bob'),
      approve(proposalId, 'eve'),
      approve(proposalId, 'bob'),
    ])
    expect(ends.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await Promise.all(vouchers.map(balanceOf))).toEqual([60n, 60n])
    expect(await owedTo(database, code)).toBe(0n)
    expect(await liabilityOf(database, issuer.partnerId)).toBe(120n * shilling)
    await expect(propose('ada')).rejects.toMatchObject({ code: 'redemption_reversed' })
    await proveBooks(database)
  })

  test('a proposal that was replaced is worth nothing', async () => {
    const { propose } = await spent()
    const first = await propose('ada')
    await propose('bob')
    await expect(approve(first, 'eve')).rejects.toMatchObject({ code: 'proposal_not_found' })
  })

  test('a voucher that went into a wallet comes back out of it, unless that has spent it', async () => {
    const [issuer, shop] = [await world.company(100n), await world.company(0n)]
    const voucher = await world.voucher(issuer, 100n)
    const command = { partnerId: shop.partnerId, code: voucher.code, dialect: 'test', actor: 'test' }
    const { redemption } = await redeemCode(database, world.keyRing, command)
    const proposal = { partnerId: shop.partnerId, redemptionId: redemption.id, note: 'stolen', actor: 'ada' }
    const proposalId = await database.inTransaction((tx) => proposeReversal(tx, proposal))
    await approve(proposalId, 'bob')
    expect(await world.balanceOf(shop)).toBe(0n)
    expect(await balanceOf(voucher)).toBe(100n)
    await proveBooks(database)
  })
})

test('what is left of an ended voucher goes back to the wallet that paid for it, once', async () => {
  const issuer = await world.company(300n)
  const { tills } = await world.merchant()
  const phone = newPhone()
  const vouchers = [
    await world.voucher(issuer, 100n, { phone }),
    await world.voucher(issuer, 100n, { phone }),
  ]
  await redeem(issuer, phone, tills[0] ?? '', 130n)
  await database.query(sql`update vouchers set ends_at = now() - interval '1 second' where phone = ${phone}`)
  const counts = await Promise.all([
    expireVouchers(database, { perLot: 1 }),
    expireVouchers(database, { perLot: 1 }),
  ])
  // Vouchers of other tests have ended as well.
  expect(counts[0] + counts[1]).toBeGreaterThanOrEqual(1)
  expect(await expireVouchers(database)).toBe(0)
  expect(await Promise.all(vouchers.map(balanceOf))).toEqual([0n, 0n])
  expect(await world.balanceOf(issuer)).toBe(170n * shilling)
  expect(await liabilityOf(database, issuer.partnerId)).toBe(0n)
  await proveBooks(database)
})
