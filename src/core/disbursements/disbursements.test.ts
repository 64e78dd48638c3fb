import { describe, expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createVoucherWorld, kes, liabilityOf, shilling } from '../../../test/voucher-world.ts'
import { sql } from '../../platform/database.ts'
import { openLog } from '../../platform/log.ts'
import { openRenderer } from '../../platform/templates.ts'
import { parseCode } from '../vouchers/code.ts'
import { revealCodes } from '../vouchers/reveal-codes.ts'
import type { Wallet } from '../ledger/ledger.ts'
import { bookDisbursement } from './book-disbursement.ts'
import type { BookDisbursement } from './book-disbursement.ts'
import { claimDue } from './disbursements.sql.ts'
import type { Claim } from './disbursements.sql.ts'
import { findDisbursement, listRecipients } from './find-disbursement.ts'
import { issueDisbursement } from './issue-disbursement.ts'
import { openIssuing } from './open-issuing.ts'
import type { IssuingOptions } from './open-issuing.ts'
import { setFees } from './set-fees.ts'

const { database } = await createTestDatabase()
const world = await createVoucherWorld(database)
const { keyRing } = world

function disbursement(
  wallet: Wallet,
  count: number,
  changes: Partial<BookDisbursement> = {},
): BookDisbursement {
  return {
    partnerId: wallet.partnerId,
    externalId: 'D-1',
    dialect: 'test',
    title: 'Bonus',
    walletId: wallet.id,
    currency: kes,
    startsOn: undefined,
    endsOn: undefined,
    timeZone: 'Africa/Nairobi',
    merchants: [],
    isExternal: false,
    isSilent: false,
    callbackUrl: undefined,
    revealsCodes: false,
    recipients: Array.from({ length: count }, (_, place) => ({
      name: `Person ${place + 1}`,
      phone: `+2547${String(10_000_000 + place)}`,
      amount: BigInt(place + 1) * shilling,
      extra: place === 0 ? '{"Staff":"17"}' : undefined,
    })),
    requestKey: `${count}`,
    actor: 'test',
    ...changes,
  }
}

function issue(changes: Partial<IssuingOptions> = {}) {
  return openIssuing({
    database,
    keyRing,
    renderer: openRenderer(),
    log: openLog('silent'),
    pollMs: 50,
    ...changes,
  })
}

const stateOf = async ({ partnerId }: Wallet, externalId = 'D-1') =>
  (await findDisbursement(database, partnerId, externalId)).state

test('the worth and the fee leave the wallet at once, and every recipient gets one voucher and one message', async () => {
  const wallet = await world.company(10_000n)
  const { disbursement: booked, repeated } = await bookDisbursement(database, disbursement(wallet, 25))
  expect(repeated).toBe(false)
  expect(booked).toMatchObject({
    state: 'pending',
    amount: 325n * shilling,
    fee: 562_500_000n,
    recipientsCount: 25,
  })
  expect(await world.balanceOf(wallet)).toBe(10_000n * shilling - 325n * shilling - 562_500_000n)
  expect(await liabilityOf(database, wallet.partnerId)).toBe(325n * shilling)
  await proveBooks(database)
  const issuing = issue({ perLot: 10 })
  await expect.poll(() => stateOf(wallet)).toBe('completed')
  await issuing.stop()
  await proveBooks(database)
  const recipients = await listRecipients(database, booked, 0, 100)
  expect(recipients.map(({ position }) => position)).toEqual(
    Array.from({ length: 25 }, (_, place) => place + 1),
  )
  expect(recipients[0]).toMatchObject({ name: 'Person 1', extra: { Staff: '17' }, balance: shilling })
  const ids = recipients.flatMap(({ voucherId }) => voucherId ?? [])
  const codes = await revealCodes(database, keyRing, wallet.partnerId, ids)
  expect(new Set(codes.values()).size).toBe(25)
  for (const code of codes.values()) expect(parseCode(code)).toBe(code)
  const [messages] = await database.query<{ count: number; recipients: number }>(sql`
    select count(*)::integer as count, count(distinct recipient)::integer as recipients from messages
    where partner_id = ${wallet.partnerId} and channel = 'sms' and template = 'voucher_issued'`)
  expect(messages).toEqual({ count: 25, recipients: 25 })
})

test('codes stand nowhere in clear', async () => {
  const wallet = await world.company(1_000n)
  const { disbursement: booked } = await bookDisbursement(database, disbursement(wallet, 3))
  const issuing = issue()
  await expect.poll(() => stateOf(wallet)).toBe('completed')
  await issuing.stop()
  const ids = (await listRecipients(database, booked, 0, 10)).flatMap(({ voucherId }) => voucherId ?? [])
  const codes = [...(await revealCodes(database, keyRing, wallet.partnerId, ids)).values()]
  const rows = await database.query<{ row: string }>(sql`
    select v::text as row from vouchers v where partner_id = ${wallet.partnerId}
    union all select m::text from messages m where partner_id = ${wallet.partnerId}
    union all select e::text from events e where partner_id = ${wallet.partnerId}
    union all select a::text from audit_log a`)
  for (const { row } of rows) for (const code of codes) expect(row).not.toContain(code)
})

test('who is silent sends no messages', async () => {
  const wallet = await world.company(1_000n)
  await bookDisbursement(database, disbursement(wallet, 3, { isSilent: true }))
  const issuing = issue()
  await expect.poll(() => stateOf(wallet)).toBe('completed')
  await issuing.stop()
  expect(await database.query(sql`select from messages where partner_id = ${wallet.partnerId}`)).toEqual([])
})

test('the same request again answers the first disbursement, also while it is being booked; another one is refused', async () => {
  const wallet = await world.company(1_000n)
  const all = await Promise.all(
    Array.from({ length: 12 }, () => bookDisbursement(database, disbursement(wallet, 4))),
  )
  expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1)
  expect(new Set(all.map((one) => one.disbursement.id)).size).toBe(1)
  expect(await world.balanceOf(wallet)).toBe(1_000n * shilling - 10n * shilling - 90n * shilling)
  await expect(bookDisbursement(database, disbursement(wallet, 5))).rejects.toMatchObject({
    code: 'external_id_conflict',
  })
})

test('who cannot pay all of it pays nothing, and nothing is written', async () => {
  const wallet = await world.company(50n)
  await expect(bookDisbursement(database, disbursement(wallet, 10))).rejects.toMatchObject({
    code: 'insufficient_funds',
  })
  expect(await world.balanceOf(wallet)).toBe(50n * shilling)
  expect(await database.query(sql`select from disbursements where partner_id = ${wallet.partnerId}`)).toEqual(
    [],
  )
  await expect(findDisbursement(database, wallet.partnerId, 'D-1')).rejects.toMatchObject({
    code: 'disbursement_not_found',
  })
})

test('of ten at once that the wallet can pay four of, four are booked', async () => {
  const wallet = await world.company(100n)
  const fees = { partnerId: wallet.partnerId, each: 0n, percent: 0n, actor: 'test' }
  await database.inTransaction((tx) => setFees(tx, fees))
  const ends = await Promise.allSettled(
    Array.from({ length: 10 }, (_, place) =>
      bookDisbursement(
        database,
        disbursement(wallet, 1, {
          externalId: `D-${place}`,
          recipients: [{ name: 'A', phone: '+254712345678', amount: 25n * shilling, extra: undefined }],
        }),
      ),
    ),
  )
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
  expect(await world.balanceOf(wallet)).toBe(0n)
  await proveBooks(database)
})

test('a flat fee and a percentage come together, rounded once', async () => {
  const wallet = await world.company(1_000n)
  const fees = { partnerId: wallet.partnerId, each: 1_500_000n, percent: 2_500_000n, actor: 'test' }
  await database.inTransaction((tx) => setFees(tx, fees))
  const { disbursement: booked } = await bookDisbursement(database, disbursement(wallet, 4))
  expect(booked.fee).toBe(6_000_000n + 250_000n)
})

describe('refused, with the field that is wrong', () => {
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const bad = { name: 'A', phone: '+254712345678', amount: shilling, extra: undefined }
  test.each<[string, Partial<BookDisbursement>, string]>([
    ['an end in the past', { endsOn: day(-3) }, 'ends_on'],
    ['an end before the start', { startsOn: day(5), endsOn: day(3) }, 'ends_on'],
    ['no recipients', { recipients: [] }, 'recipients'],
    ['too many recipients', { recipients: Array.from({ length: 10_001 }, () => bad) }, 'recipients'],
    ['a bad telephone', { recipients: [bad, { ...bad, phone: '0712' }] }, 'recipients[1].phone'],
    ['nothing', { recipients: [bad, bad, { ...bad, amount: 0n }] }, 'recipients[2].amount'],
    ['no name', { recipients: [{ ...bad, name: ' ' }] }, 'recipients[0].name'],
    ['a merchant that is not there', { merchants: ['nobody'] }, 'merchants'],
    ['a long id', { externalId: 'x'.repeat(65) }, 'external_id'],
    ['no title', { title: '' }, 'title'],
  ])('%s', async (_, changes, field) => {
    const wallet = await world.company(1_000n)
    await expect(bookDisbursement(database, disbursement(wallet, 1, changes))).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field }],
    })
    expect(await world.balanceOf(wallet)).toBe(1_000n * shilling)
  })
})

test('days are those of the time zone that is given', async () => {
  const wallet = await world.company(1_000n)
  const [startsOn, endsOn] = ['2030-03-01', '2030-03-31']
  const { disbursement: booked } = await bookDisbursement(
    database,
    disbursement(wallet, 1, { startsOn, endsOn }),
  )
  expect(booked.startsAt.toISOString()).toBe('2030-02-28T21:00:00.000Z')
  expect(booked.endsAt.toISOString()).toBe('2030-03-31T21:00:00.000Z')
})

test('several workers issue each voucher once', async () => {
  const wallet = await world.company(100_000n)
  const { disbursement: booked } = await bookDisbursement(database, disbursement(wallet, 300))
  const workers = Array.from({ length: 4 }, () => issue({ perLot: 7, leaseMs: 200 }))
  await expect.poll(() => stateOf(wallet), { timeout: 20_000 }).toBe('completed')
  await Promise.all(workers.map((worker) => worker.stop()))
  const recipients = await listRecipients(database, booked, 0, 1_000)
  expect(new Set(recipients.map(({ voucherId }) => voucherId)).size).toBe(300)
  await proveBooks(database)
})

test('who comes late, after another has taken over, issues nothing', async () => {
  const wallet = await world.company(1_000n)
  await bookDisbursement(database, disbursement(wallet, 6))
  const parts = { database, keyRing, renderer: openRenderer(), log: openLog('silent'), perLot: 2 }
  const issueClaimed = (claim: Claim) =>
    issueDisbursement({ ...parts, leaseMs: 60_000, onIssued: () => undefined }, claim)
  const [late] = await claimDue(database, 1, 0)
  const [holder] = await claimDue(database, 1, 60_000)
  if (late === undefined || holder === undefined) throw new Error('It was not claimed twice.')
  await issueClaimed(late)
  expect(await findDisbursement(database, wallet.partnerId, 'D-1')).toMatchObject({
    state: 'processing',
    issuedCount: 0,
  })
  await issueClaimed(holder)
  expect(await stateOf(wallet)).toBe('completed')
})

test('what cannot be issued is given up after some tries: the rest and its fee go back', async () => {
  const broken = await world.company(1_000n)
  await bookDisbursement(database, disbursement(broken, 4))
  await database.query(sql`
    update disbursements set claims = 5, due_at = now() where partner_id = ${broken.partnerId}`)
  const issuing = issue()
  await expect.poll(() => stateOf(broken)).toBe('failed')
  await issuing.stop()
  expect(await world.balanceOf(broken)).toBe(1_000n * shilling)
  expect(await liabilityOf(database, broken.partnerId)).toBe(0n)
  await proveBooks(database)
})
