import { afterAll, describe, expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createSettlementWorld } from '../../../test/settlement-world.ts'
import { shilling } from '../../../test/voucher-world.ts'
import { openDatabase, sql, violatedConstraint } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { SettlementId } from '../../values/ids.ts'
import { proposeReturn } from './propose-return.ts'
import { rejectSettlement } from './decide-settlement.ts'
import { findSettlement } from './find-settlement.ts'
import { listOwed } from './list-owed.ts'
import { listSettlements } from './list-settlements.ts'
import type { Owed } from './owed.ts'

const { database, url } = await createTestDatabase()
const world = await createSettlementWorld(database)

afterAll(() => proveBooks(database))

/** An issuer, and a merchant that it owes so many shillings. */
async function owing(shillings: bigint) {
  const issuer = await world.company(1_000n)
  const merchant = await world.merchantWithBank()
  const redemption = await world.redeem(issuer, merchant, shillings)
  return { issuer, merchant, redemption }
}

describe('a payout', () => {
  test('moves nothing until another person approves it, and then once', async () => {
    const { issuer, merchant } = await owing(100n)
    const { settlement, repeated } = await world.propose(issuer, merchant, 60n)
    expect(repeated).toBe(false)
    expect(settlement).toMatchObject({
      kind: 'payout',
      state: 'proposed',
      amount: 60n * shilling,
      accountShown: 'First Bank, Scrip Ltd, ••••4567',
      proposedBy: 'ann',
    })
    expect(await world.owed(merchant)).toBe(100n)
    await expect(world.approve(settlement.id, 'ann')).rejects.toMatchObject({
      code: 'second_person_required',
    })
    expect(await world.owed(merchant)).toBe(100n)
    expect(await world.approve(settlement.id)).toMatchObject({
      repeated: false,
      settlement: { state: 'approved', decidedBy: 'bob' },
    })
    expect(await world.approve(settlement.id, 'cyd')).toMatchObject({ repeated: true })
    expect(await world.owed(merchant)).toBe(40n)
    await expect(world.reject(settlement.id)).rejects.toMatchObject({ code: 'decided_otherwise' })
    const [cash] = await database.query(sql`
      select sum(amount)::bigint as paid from entries where partner_id = ${issuer.partnerId} and transfer_id = ${settlement.id} and account = 'cash:KES'`)
    expect(cash).toEqual({ paid: 60n * shilling })
  })

  test('of more than is owed, of nothing, under a bad name or to nobody is refused, and nothing is written', async () => {
    const { issuer, merchant } = await owing(50n)
    await expect(world.propose(issuer, merchant, 51n)).rejects.toMatchObject({ code: 'insufficient_funds' })
    for (const changes of [
      { amount: 0n },
      { amount: -1n },
      { amount: 10n ** 18n + 1n },
      { reference: ' ' },
      { reference: 'x'.repeat(65) },
      { note: 'x'.repeat(1_001) },
    ])
      await expect(world.propose(issuer, merchant, 1n, changes)).rejects.toMatchObject({
        code: 'validation_failed',
      })
    await expect(world.propose(issuer, merchant, 1n, { merchant: 'nobody' })).rejects.toMatchObject({
      code: 'merchant_not_found',
    })
    const stranger = await world.company(10n)
    await expect(world.propose(stranger, merchant, 1n)).rejects.toMatchObject({ code: 'insufficient_funds' })
    const { rows } = await listSettlements(database, { merchant: merchant.code }, { limit: 10 })
    expect(rows).toEqual([])
  })

  test('counts what is proposed already as gone', async () => {
    const { issuer, merchant } = await owing(50n)
    const { settlement } = await world.propose(issuer, merchant, 30n)
    await expect(world.propose(issuer, merchant, 21n)).rejects.toMatchObject({ code: 'insufficient_funds' })
    await world.propose(issuer, merchant, 20n)
    await world.reject(settlement.id)
    await world.propose(issuer, merchant, 30n)
  })

  test('of what was taken back meanwhile is refused when it is approved, and nothing falls below zero', async () => {
    const { issuer, merchant, redemption } = await owing(50n)
    await world.redeem(issuer, merchant, 20n)
    const { settlement } = await world.propose(issuer, merchant, 60n)
    await world.reverse(issuer, redemption)
    await expect(world.approve(settlement.id)).rejects.toMatchObject({ code: 'insufficient_funds' })
    expect(await world.owed(merchant)).toBe(20n)
    expect(await findSettlement(database, settlement.id)).toMatchObject({ state: 'proposed' })
    await world.redeem(issuer, merchant, 40n)
    await world.approve(settlement.id)
    expect(await world.owed(merchant)).toBe(0n)
  })

  test('takes from one issuer, whatever another owes', async () => {
    const { issuer, merchant } = await owing(10n)
    const other = await world.company(100n)
    await world.redeem(other, merchant, 100n)
    await expect(world.propose(issuer, merchant, 11n)).rejects.toMatchObject({ code: 'insufficient_funds' })
    await world.pay(other, merchant, 100n)
    const { rows } = await listOwed(database, { merchant: merchant.code }, { limit: 10 })
    const owed = new Map(rows.map((row) => [row.partnerId, row.owed / shilling]))
    expect([owed.get(issuer.partnerId), owed.get(other.partnerId)]).toEqual([10n, 0n])
  })

  test('is the same under the same reference, by many at once, and another under it is refused', async () => {
    const { issuer, merchant } = await owing(50n)
    const ask = (changes = {}) => world.propose(issuer, merchant, 40n, { reference: 'one', ...changes })
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask()))
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(new Set(answers.map(({ settlement }) => settlement.id)).size).toBe(1)
    await expect(ask({ amount: 1n })).rejects.toMatchObject({ code: 'transfer_conflict' })
    const another = await world.merchantWithBank()
    await expect(ask({ merchant: another.code })).rejects.toMatchObject({ code: 'transfer_conflict' })
    await world.approve(answers[0]?.settlement.id ?? newId())
    expect(await ask()).toMatchObject({ repeated: true, settlement: { state: 'approved' } })
    expect(await world.owed(merchant)).toBe(10n)
  })

  test('is rejected for a reason by another person, and stays so', async () => {
    const { issuer, merchant } = await owing(50n)
    const { settlement } = await world.propose(issuer, merchant, 40n)
    const { id } = settlement
    await expect(world.reject(id, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
    await expect(
      database.inTransaction((tx) => rejectSettlement(tx, { id, reason: ' ', actor: 'bob' })),
    ).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await world.reject(id)).toMatchObject({ repeated: false })
    expect(await world.reject(id, 'cyd')).toMatchObject({ repeated: true })
    await expect(world.approve(id, 'cyd')).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await findSettlement(database, id)).toMatchObject({ state: 'rejected', reason: 'not now' })
    expect(await world.owed(merchant)).toBe(50n)
    const nobody = newId<SettlementId>()
    for (const refused of [
      () => world.approve(nobody),
      () => world.reject(nobody),
      () => world.proposeReturn(nobody, 'r'),
      () => findSettlement(database, nobody),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'settlement_not_found' })
  })

  test('is decided once by those who decide at once, whatever they decide', async () => {
    const other = openDatabase({ url, role: 'scrip_app', poolSize: 8 })
    for (let trial = 0; trial < 10; trial += 1) {
      const { issuer, merchant } = await owing(50n)
      const { id } = (await world.propose(issuer, merchant, 20n)).settlement
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, place) =>
          (place % 2 === 0 ? world.approve : world.reject)(
            id,
            `person ${place}`,
            place % 3 === 0 ? database : other,
          ),
        ),
      )
      const first = outcomes.filter((one) => one.status === 'fulfilled' && !one.value.repeated)
      expect(first).toHaveLength(1)
      for (const one of outcomes)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'decided_otherwise' })
      const { state } = await findSettlement(database, id)
      expect(await world.owed(merchant)).toBe(state === 'approved' ? 30n : 50n)
    }
    await other.close()
  })

  test('of many that are approved at once and are more than is owed, some are refused and nothing falls below zero', async () => {
    const { issuer, merchant, redemption } = await owing(60n)
    await world.redeem(issuer, merchant, 40n)
    const ids: SettlementId[] = []
    for (let place = 0; place < 10; place += 1)
      ids.push((await world.propose(issuer, merchant, 10n)).settlement.id)
    await world.reverse(issuer, redemption)
    const outcomes = await Promise.allSettled(ids.map((id) => world.approve(id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    for (const one of outcomes)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'insufficient_funds' })
    expect(await world.owed(merchant)).toBe(0n)
  })

  test('is never decided by who proposed it, whatever the code does', async () => {
    const { issuer, merchant } = await owing(50n)
    const { settlement } = await world.propose(issuer, merchant, 20n)
    const forced = database.query(sql`
      update settlements set state = 'approved', decided_by = proposed_by, decided_at = now() where id = ${settlement.id}`)
    expect(violatedConstraint(await forced.catch((error: unknown) => error))).toBe('settlements_two_persons')
  })
})

describe('a payout that came back', () => {
  test('is owed again when another person approves it, once, and can be paid out anew', async () => {
    const { issuer, merchant } = await owing(50n)
    const payout = await world.pay(issuer, merchant, 50n)
    const { settlement } = await world.proposeReturn(payout, 'back 1')
    expect(settlement).toMatchObject({ kind: 'return', payoutId: payout, amount: 50n * shilling })
    expect(await world.owed(merchant)).toBe(0n)
    await expect(world.approve(settlement.id, 'ann')).rejects.toMatchObject({
      code: 'second_person_required',
    })
    expect(await world.approve(settlement.id)).toMatchObject({ repeated: false })
    expect(await world.approve(settlement.id, 'cyd')).toMatchObject({ repeated: true })
    expect(await world.owed(merchant)).toBe(50n)
    expect(await findSettlement(database, payout)).toMatchObject({ state: 'returned' })
    await expect(world.proposeReturn(payout, 'back 2')).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await world.proposeReturn(payout, 'back 1')).toMatchObject({ repeated: true })
    // Approving the payout again is a repeat of what was done, and says nothing about its return.
    expect(await world.approve(payout)).toMatchObject({ repeated: true })
    await world.pay(issuer, merchant, 50n)
    expect(await world.owed(merchant)).toBe(0n)
  })

  test('was paid before: what was not, what came back, and a return itself are refused', async () => {
    const { issuer, merchant } = await owing(50n)
    const { settlement } = await world.propose(issuer, merchant, 20n)
    await expect(world.proposeReturn(settlement.id, 'r-1')).rejects.toMatchObject({
      code: 'decided_otherwise',
    })
    await world.approve(settlement.id)
    for (const order of [
      { reference: 'r-1', note: ' ' },
      { reference: '', note: 'x' },
      { reference: 'r-1', note: 'x'.repeat(1_001) },
    ])
      await expect(
        database.inTransaction((tx) =>
          proposeReturn(tx, { payoutId: settlement.id, actor: 'ann', ...order }),
        ),
      ).rejects.toMatchObject({ code: 'validation_failed' })
    await expect(world.proposeReturn(settlement.id, settlement.reference)).rejects.toMatchObject({
      code: 'transfer_conflict',
    })
    const back = await world.proposeReturn(settlement.id, 'r-1')
    await expect(world.proposeReturn(settlement.id, 'r-2')).rejects.toMatchObject({ code: 'already_exists' })
    await expect(world.propose(issuer, merchant, 1n, { reference: 'r-1' })).rejects.toMatchObject({
      code: 'transfer_conflict',
    })
    await world.reject(back.settlement.id)
    const again = await world.proposeReturn(settlement.id, 'r-2')
    await world.approve(again.settlement.id)
    await expect(world.proposeReturn(again.settlement.id, 'r-3')).rejects.toMatchObject({
      code: 'decided_otherwise',
    })
    expect(await world.owed(merchant)).toBe(50n)
  })

  test('is owed again once, by many who propose and approve at once', async () => {
    const other = openDatabase({ url, role: 'scrip_app', poolSize: 8 })
    for (let trial = 0; trial < 5; trial += 1) {
      const { issuer, merchant } = await owing(50n)
      const payout = await world.pay(issuer, merchant, 50n)
      const proposed = await Promise.allSettled(
        Array.from({ length: 6 }, (_, place) => world.proposeReturn(payout, `back ${place}`, 'ann', other)),
      )
      const made = proposed.flatMap((one) => (one.status === 'fulfilled' ? [one.value.settlement.id] : []))
      expect(made).toHaveLength(1)
      const [id = newId<SettlementId>()] = made
      const approved = await Promise.all(
        Array.from({ length: 6 }, (_, place) => world.approve(id, `person ${place}`, other)),
      )
      expect(approved.filter(({ repeated }) => !repeated)).toHaveLength(1)
      expect(await world.owed(merchant)).toBe(50n)
    }
    await other.close()
  })
})

describe('lists', () => {
  test('show payouts by state, page by page, and what is owed now and was before', async () => {
    const before = new Date()
    const { issuer, merchant } = await owing(50n)
    const paid = await world.pay(issuer, merchant, 20n)
    const { settlement } = await world.propose(issuer, merchant, 5n)
    const filter = { merchant: merchant.code, partnerId: issuer.partnerId }
    const first = await listSettlements(database, filter, { limit: 1 })
    expect(first.rows.map(({ id }) => id)).toEqual([settlement.id])
    const second = await listSettlements(database, filter, { limit: 1, cursor: first.nextCursor })
    expect(second.rows.map(({ id }) => id)).toEqual([paid])
    const waiting = await listSettlements(database, { ...filter, state: 'proposed' }, { limit: 10 })
    expect(waiting.rows.map(({ id }) => id)).toEqual([settlement.id])
    const [now] = (await listOwed(database, filter, { limit: 10 })).rows
    expect(now).toMatchObject({ owed: 30n * shilling, proposed: 5n * shilling, currency: 'KES' })
    const [then] = (await listOwed(database, { ...filter, at: before }, { limit: 10 })).rows
    expect(then).toMatchObject({ owed: 0n })
    await expect(listOwed(database, { merchant: 'nobody' }, { limit: 1 })).rejects.toMatchObject({
      code: 'merchant_not_found',
    })
  })

  test('of what is owed go on where they ended, over merchants and issuers', async () => {
    for (let place = 0; place < 2; place += 1) {
      const { merchant } = await owing(1n)
      await world.redeem(await world.company(2n), merchant, 2n)
    }
    const all = (await listOwed(database, {}, { limit: 1_000 })).rows
    const paged: Owed[] = []
    let cursor: string | undefined
    do {
      const page = await listOwed(database, {}, { limit: 3, cursor })
      paged.push(...page.rows)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(paged).toEqual(all)
    expect(all.length).toBeGreaterThan(4)
  })
})
