import { afterAll, expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { account } from '../../../test/funding-world.ts'
import { createSettlementWorld } from '../../../test/settlement-world.ts'
import type { PaidMerchant } from '../../../test/settlement-world.ts'
import { kes } from '../../../test/voucher-world.ts'
import { openDatabase, sql, violatedConstraint } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { BankDetailsId } from '../../values/ids.ts'
import { rejectBankDetails } from './decide-details.ts'
import { approveSettlement } from './decide-settlement.ts'
import { enterBankDetails } from './enter-details.ts'
import { listBankDetails } from './list-details.ts'
import { openBankDetails } from './open-details.ts'

const { database, url } = await createTestDatabase()
const world = await createSettlementWorld(database)

afterAll(() => proveBooks(database))

async function newMerchant(): Promise<PaidMerchant> {
  const { code, tills } = await world.merchant()
  return { code, till: tills[0] ?? '' }
}

const reject = (id: BankDetailsId, actor = 'bob', reason = 'not theirs') =>
  database.inTransaction((tx) => rejectBankDetails(tx, { id, reason, actor }))
const open = (id: BankDetailsId) =>
  database.inTransaction((tx) => openBankDetails(tx, world.keyRing, { id, actor: 'bob' }))

async function statesOf({ code }: PaidMerchant): Promise<string[]> {
  return (await listBankDetails(database, { merchant: code }, { limit: 10 })).rows.map(({ state }) => state)
}

test('nothing is paid to bank details before another person confirmed them', async () => {
  const issuer = await world.company(100n)
  const merchant = await newMerchant()
  await world.redeem(issuer, merchant, 50n)
  const propose = () => world.propose(issuer, merchant, 10n)
  await expect(propose()).rejects.toMatchObject({ code: 'bank_account_not_found' })
  const entered = await world.enter(merchant)
  await expect(propose()).rejects.toMatchObject({ code: 'bank_account_not_found' })
  await expect(world.confirm(entered, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
  await expect(propose()).rejects.toMatchObject({ code: 'bank_account_not_found' })
  expect(await world.confirm(entered)).toMatchObject({ repeated: false })
  expect(await world.confirm(entered, 'cyd')).toMatchObject({ repeated: true })
  expect((await propose()).settlement.bankDetailsId).toBe(entered.id)
})

test('bank details are sealed, listed with the number hidden, and opening them is written down', async () => {
  const merchant = await newMerchant()
  const entered = await world.enter(merchant)
  expect(entered).toMatchObject({ accountShown: 'First Bank, Scrip Ltd, ••••4567', state: 'entered' })
  const everything = await database.query(sql`
    select to_jsonb(d)::text as text, encode(account, 'escape') as account from merchant_bank_details d where id = ${entered.id}
    union all select to_jsonb(a)::text, '' from audit_log a where subject = ${entered.id}`)
  expect(everything).toHaveLength(2)
  expect(JSON.stringify(everything)).not.toContain(account.accountNumber)
  const listed = await listBankDetails(database, { state: 'entered' }, { limit: 10 })
  expect(listed.rows.map(({ id }) => id)).toContain(entered.id)
  expect(JSON.stringify(listed)).not.toContain(account.accountNumber)
  expect(await open(entered.id)).toEqual(account)
  const opened = await database.query(
    sql`select actor from audit_log where subject = ${entered.id} and action = 'merchant_bank_details.opened'`,
  )
  expect(opened).toEqual([{ actor: 'bob' }])
})

test('what is sealed for one merchant does not open as another’s', async () => {
  const [one, two] = [await world.enter(await newMerchant()), await world.enter(await newMerchant())]
  await database.query(sql`
    update merchant_bank_details d set account = o.account, data_key_id = o.data_key_id
    from merchant_bank_details o where d.id = ${two.id} and o.id = ${one.id}`)
  await expect(open(two.id)).rejects.toThrow()
  expect(await open(one.id)).toEqual(account)
})

test('entering anew takes the place of what waits, and confirming the place of what was paid to', async () => {
  const merchant = await newMerchant()
  const first = await world.enter(merchant)
  await world.confirm(first)
  const second = await world.enter(merchant, 'bob', '1111222233')
  const third = await world.enter(merchant, 'ann', '4444555566')
  await expect(world.confirm(second, 'ann')).rejects.toMatchObject({ code: 'decided_otherwise' })
  expect(await statesOf(merchant)).toEqual(['entered', 'replaced', 'confirmed'])
  await world.confirm(third)
  expect(await statesOf(merchant)).toEqual(['confirmed', 'replaced', 'replaced'])
  await expect(world.confirm(first, 'cyd')).rejects.toMatchObject({ code: 'decided_otherwise' })
})

test('a payout does not go to an account that another was confirmed for after it was proposed', async () => {
  const issuer = await world.company(100n)
  const merchant = await newMerchant()
  await world.confirm(await world.enter(merchant))
  await world.redeem(issuer, merchant, 50n)
  const { settlement } = await world.propose(issuer, merchant, 10n)
  await world.confirm(await world.enter(merchant, 'cyd', '9999888877'))
  await expect(world.approve(settlement.id)).rejects.toMatchObject({ code: 'bank_account_not_found' })
  expect(await world.owed(merchant)).toBe(50n)
  await world.reject(settlement.id)
  await world.pay(issuer, merchant, 10n)
})

test('while a payout is being approved nobody confirms another account', async () => {
  const issuer = await world.company(100n)
  const merchant = await newMerchant()
  await world.confirm(await world.enter(merchant))
  await world.redeem(issuer, merchant, 50n)
  const { settlement } = await world.propose(issuer, merchant, 10n)
  const others = await world.enter(merchant, 'cyd', '9999888877')
  let isConfirmed = false
  const confirming = await database.inTransaction(async (tx) => {
    await approveSettlement(tx, { id: settlement.id, actor: 'bob' })
    // Not awaited here: it waits for this transaction.
    const confirmed = world.confirm(others).then(() => (isConfirmed = true))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(isConfirmed).toBe(false)
    return { confirmed }
  })
  await confirming.confirmed
  expect(await statesOf(merchant)).toEqual(['confirmed', 'replaced'])
})

test('bank details are rejected for a reason by another person, and stay so', async () => {
  const merchant = await newMerchant()
  const { id } = await world.enter(merchant)
  await expect(reject(id, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
  await expect(reject(id, 'bob', ' ')).rejects.toMatchObject({ code: 'validation_failed' })
  expect(await reject(id)).toMatchObject({ repeated: false, bankDetails: { reason: 'not theirs' } })
  expect(await reject(id, 'cyd')).toMatchObject({ repeated: true })
  await expect(world.confirm({ id }, 'cyd')).rejects.toMatchObject({ code: 'decided_otherwise' })
  const confirmed = await world.enter(merchant)
  await world.confirm(confirmed)
  await expect(reject(confirmed.id)).rejects.toMatchObject({ code: 'decided_otherwise' })
})

test('what is no account, or nobody’s, is refused', async () => {
  const merchant = await newMerchant()
  const enter = (changes: object, code = merchant.code) => {
    const order = { merchant: code, currency: kes, account: { ...account, ...changes }, actor: 'ann' }
    return database.inTransaction((tx) => enterBankDetails(tx, world.keyRing, order))
  }
  for (const changes of [
    { accountNumber: '1' },
    { bankName: '' },
    { accountName: 'a\nb' },
    { bankCode: '?' },
  ])
    await expect(enter(changes)).rejects.toMatchObject({ code: 'validation_failed' })
  await expect(enter({}, 'nobody')).rejects.toMatchObject({ code: 'merchant_not_found' })
  const nobody = newId<BankDetailsId>()
  for (const refused of [() => world.confirm({ id: nobody }), () => reject(nobody), () => open(nobody)])
    await expect(refused()).rejects.toMatchObject({ code: 'bank_account_not_found' })
  expect(await statesOf(merchant)).toEqual([])
})

test('of many who enter and confirm at once, one account is paid to', async () => {
  const other = openDatabase({ url, role: 'scrip_app', poolSize: 8 })
  for (let trial = 0; trial < 5; trial += 1) {
    const merchant = await newMerchant()
    const entered = await Promise.allSettled(
      Array.from({ length: 4 }, (_, place) => world.enter(merchant, `person ${place}`)),
    )
    for (const one of entered)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'decided_otherwise' })
    const ids = entered.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const confirmed = await Promise.allSettled(
      ids.flatMap((id) => [world.confirm(id, 'bob', other), world.confirm(id, 'cyd')]),
    )
    const first = confirmed.filter((one) => one.status === 'fulfilled' && !one.value.repeated)
    expect(first).toHaveLength(1)
    expect((await statesOf(merchant)).filter((state) => state !== 'replaced')).toEqual(['confirmed'])
  }
  await other.close()
})

test('bank details are never confirmed by who entered them, whatever the code does', async () => {
  const { id } = await world.enter(await newMerchant())
  const forced = database.query(sql`
    update merchant_bank_details set state = 'confirmed', decided_by = entered_by, decided_at = now() where id = ${id}`)
  expect(violatedConstraint(await forced.catch((error: unknown) => error))).toBe(
    'merchant_bank_details_two_persons',
  )
})
