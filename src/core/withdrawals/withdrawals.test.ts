import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fundedWallet, newPartner, proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { account } from '../../../test/funding-world.ts'
import { unit } from '../../../test/world.ts'
import { openDatabase, sql, violatedConstraint } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { WithdrawalId } from '../../values/ids.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import type { KeyRing } from '../keys/ring.ts'
import { checkLedger } from '../ledger/check-ledger.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { approveWithdrawal, rejectWithdrawal } from './decide-withdrawal.ts'
import { findWithdrawal, openDestination } from './find-withdrawal.ts'
import { listWithdrawals } from './list-withdrawals.ts'
import { requestWithdrawal } from './request-withdrawal.ts'
import type { RequestWithdrawal } from './request-withdrawal.ts'

let database: Database
let url: string
let keyRing: KeyRing

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  url = made.url
  keyRing = await openKeyRing(database, newSecretKey())
})

afterAll(() => proveBooks(database))

type Wallet = Awaited<ReturnType<typeof fundedWallet>>

function request({ partnerId, id }: Wallet, changes: Partial<RequestWithdrawal> = {}) {
  const order = {
    partnerId,
    walletId: id,
    amount: 40n * unit,
    destination: account,
    reference: 'one',
    actor: 'partner',
    ...changes,
  }
  return database.inTransaction((tx) => requestWithdrawal(tx, keyRing, order))
}

const approve = (id: WithdrawalId, actor = 'ann', on: Database = database) =>
  on.inTransaction((tx) => approveWithdrawal(tx, { id, actor }))
const reject = (id: WithdrawalId, actor = 'ann', on: Database = database) =>
  on.inTransaction((tx) => rejectWithdrawal(tx, { id, reason: 'not theirs', actor }))

async function moneyOf({ partnerId, id }: Wallet) {
  const { balance, reserved } = await findWallet(database, partnerId, id)
  return { balance: balance / unit, reserved: reserved / unit }
}

describe('a withdrawal', () => {
  test('sets the money aside at once, and shows where it goes with the number hidden', async () => {
    const wallet = await fundedWallet(database, 100n * unit)
    const { withdrawal } = await request(wallet)
    expect(withdrawal).toMatchObject({
      state: 'pending_approval',
      destinationShown: 'First Bank, Scrip Ltd, ••••4567',
      amount: 40n * unit,
    })
    expect(await moneyOf(wallet)).toEqual({ balance: 100n, reserved: 40n })
    const [row] = await database.query(
      sql`select destination::text as text from withdrawals where id = ${withdrawal.id}`,
    )
    expect(JSON.stringify(row)).not.toContain(account.accountNumber)
  })

  test('of more than there is, of what is set aside already, or of nothing is refused, and nothing is written', async () => {
    const wallet = await fundedWallet(database, 50n * unit)
    await request(wallet)
    await expect(request(wallet, { reference: 'two', amount: 11n * unit })).rejects.toMatchObject({
      code: 'insufficient_funds',
    })
    for (const changes of [
      { amount: 0n },
      { amount: -1n },
      { amount: 10n ** 18n + 1n },
      { reference: '' },
      { reference: 'x'.repeat(65) },
      { destination: { ...account, accountNumber: '1' } },
      { destination: { ...account, bankName: '' } },
      { destination: { ...account, accountName: 'a\nb' } },
      { destination: { ...account, bankCode: '?' } },
    ])
      await expect(request(wallet, { reference: 'three', ...changes })).rejects.toMatchObject({
        code: 'validation_failed',
      })
    const stranger = await newPartner(database)
    await expect(request(wallet, { partnerId: stranger.id, reference: 'four' })).rejects.toMatchObject({
      code: 'wallet_not_found',
    })
    expect(
      (await listWithdrawals(database, { partnerId: wallet.partnerId, state: undefined }, { limit: 10 }))
        .rows,
    ).toHaveLength(1)
  })

  test('is the same under the same reference, by many at once, and another under it is refused', async () => {
    const wallet = await fundedWallet(database, 100n * unit)
    const answers = await Promise.all(Array.from({ length: 8 }, () => request(wallet)))
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await moneyOf(wallet)).toEqual({ balance: 100n, reserved: 40n })
    for (const changes of [
      { amount: 41n * unit },
      { destination: { ...account, accountNumber: '9999999999' } },
    ])
      await expect(request(wallet, changes)).rejects.toMatchObject({ code: 'transfer_conflict' })
  })

  test('that is approved leaves the wallet, once, and the partner is told', async () => {
    const wallet = await fundedWallet(database, 100n * unit)
    const { withdrawal } = await request(wallet)
    await expect(approve(withdrawal.id, 'partner')).rejects.toMatchObject({ code: 'second_person_required' })
    expect(await approve(withdrawal.id)).toMatchObject({ repeated: false, withdrawal: { state: 'paid' } })
    expect(await approve(withdrawal.id, 'bob')).toMatchObject({ repeated: true })
    await expect(reject(withdrawal.id, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await moneyOf(wallet)).toEqual({ balance: 60n, reserved: 0n })
    const events = await database.query(
      sql`select type, details ->> 'reference' as reference from events where partner_id = ${wallet.partnerId}`,
    )
    expect(events).toEqual([{ type: 'wallet.withdrawn', reference: 'one' }])
  })

  test('that is rejected is free again', async () => {
    const wallet = await fundedWallet(database, 100n * unit)
    const { withdrawal } = await request(wallet)
    await expect(reject(withdrawal.id, 'partner')).rejects.toMatchObject({ code: 'second_person_required' })
    await expect(
      database.inTransaction((tx) => rejectWithdrawal(tx, { id: withdrawal.id, reason: ' ', actor: 'ann' })),
    ).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await reject(withdrawal.id)).toMatchObject({ repeated: false })
    expect(await reject(withdrawal.id, 'bob')).toMatchObject({ repeated: true })
    await expect(approve(withdrawal.id, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await moneyOf(wallet)).toEqual({ balance: 100n, reserved: 0n })
    expect(await findWithdrawal(database, wallet.partnerId, 'one')).toMatchObject({
      state: 'rejected',
      reason: 'not theirs',
    })
  })

  test('is decided by one of those who decide at once, whatever they decide', async () => {
    const other = openDatabase({ url, role: 'scrip_app', poolSize: 8 })
    for (let trial = 0; trial < 15; trial += 1) {
      const wallet = await fundedWallet(database, 100n * unit)
      const { withdrawal } = await request(wallet)
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, place) =>
          (place % 2 === 0 ? approve : reject)(
            withdrawal.id,
            `person ${place}`,
            place % 3 === 0 ? database : other,
          ),
        ),
      )
      const first = outcomes.filter((one) => one.status === 'fulfilled' && !one.value.repeated)
      expect(first).toHaveLength(1)
      for (const one of outcomes)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'decided_otherwise' })
      const { state } = await findWithdrawal(database, wallet.partnerId, 'one')
      expect(await moneyOf(wallet)).toEqual({ balance: state === 'paid' ? 60n : 100n, reserved: 0n })
    }
    await other.close()
  })

  test('that is approved while all else is spent at once overdraws nothing', async () => {
    const wallet = await fundedWallet(database, 100n * unit)
    const { withdrawal } = await request(wallet)
    const spend = (place: number) => request(wallet, { reference: `more ${place}`, amount: 10n * unit })
    const outcomes = await Promise.allSettled([
      approve(withdrawal.id),
      ...Array.from({ length: 12 }, (_, place) => spend(place)),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    expect(await moneyOf(wallet)).toEqual({ balance: 60n, reserved: 60n })
  })

  test('shows who pays it where it goes, and writes that down', async () => {
    const wallet = await fundedWallet(database, 100n * unit)
    const { withdrawal } = await request(wallet)
    const open = (id: WithdrawalId) =>
      database.inTransaction((tx) => openDestination(tx, keyRing, { id, actor: 'ann' }))
    expect(await open(withdrawal.id)).toEqual(account)
    const rows = await database.query(
      sql`select actor from audit_log where subject = ${withdrawal.id} and action = 'withdrawal.destination_opened'`,
    )
    expect(rows).toEqual([{ actor: 'ann' }])
    const nobody = newId<WithdrawalId>()
    await expect(open(nobody)).rejects.toMatchObject({ code: 'withdrawal_not_found' })
    await expect(approve(nobody)).rejects.toBeInstanceOf(Failure)
    await expect(findWithdrawal(database, wallet.partnerId, 'nothing')).rejects.toMatchObject({
      code: 'withdrawal_not_found',
    })
  })

  test('is never decided by who asked for it, whatever the code does', async () => {
    const { withdrawal } = await request(await fundedWallet(database, 100n * unit))
    const forced = database.query(
      sql`update withdrawals set state = 'rejected', decided_by = requested_by where id = ${withdrawal.id}`,
    )
    expect(violatedConstraint(await forced.catch((error: unknown) => error))).toBe('withdrawals_two_persons')
  })
})

describe('the proof of the books', () => {
  test.each([
    ['a hold that is gone', sql`update holds set state = 'released' where id = `],
    ['a hold of another amount', sql`update holds set amount = amount - 1 where id = `],
    [
      'a withdrawal that was paid by nobody',
      sql`update withdrawals set state = 'paid', decided_by = 'x' where id = `,
    ],
    ['a hold for nothing', sql`delete from withdrawals where id = `],
  ])('sees %s', async (_what, defect) => {
    const { withdrawal } = await request(await fundedWallet(database, 100n * unit))
    const owner = openDatabase({ url, poolSize: 4 })
    const seen = await owner
      .inTransaction(async (tx) => {
        await tx.query(sql`${defect} ${withdrawal.id}`)
        const { checks } = await checkLedger(tx)
        throw Object.assign(new Error('undo'), {
          seen: checks.find(({ name }) => name === 'withdrawals_are_held'),
        })
      })
      .catch((error: unknown) => (error as { seen?: { ok: boolean } }).seen)
    await owner.close()
    expect(seen).toMatchObject({ ok: false })
  })
})

describe('an overdraft', () => {
  test('is credit, and none of it is paid out', async () => {
    const wallet = await fundedWallet(database, 10n * unit, 1_000n * unit)
    await expect(request(wallet, { amount: 10n * unit + 1n })).rejects.toMatchObject({
      code: 'insufficient_funds',
    })
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, place) => request(wallet, { amount: unit, reference: `own-${place}` })),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    const { balance, reserved } = await findWallet(database, wallet.partnerId, wallet.id)
    expect([balance, reserved]).toEqual([10n * unit, 10n * unit])
  })
})
