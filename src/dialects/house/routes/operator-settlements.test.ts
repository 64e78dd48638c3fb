import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import type { TestApp } from '../../../../test/app.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { HouseAnswer, Person } from '../../../../test/people-world.ts'
import { createVoucherWorld, kes, shilling } from '../../../../test/voucher-world.ts'
import type { VoucherWorld } from '../../../../test/voucher-world.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { findMerchantByKey } from '../../../core/merchants/merchant-keys.ts'
import { redeemAtTill } from '../../../core/redemptions/redeem-at-till.ts'
import { sql } from '../../../platform/database.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { newId } from '../../../platform/ids.ts'
import type { PartnerId } from '../../../values/ids.ts'

let app: TestApp
let vouchers: VoucherWorld
let maker: Person
let checker: Person
let support: Person

beforeAll(async () => {
  app = await startTestApp()
  vouchers = await createVoucherWorld(app.services.database, app.services.keyRing)
  maker = await makePerson(app, { role: 'finance' })
  checker = await makePerson(app, { role: 'admin' })
  support = await makePerson(app, { role: 'support' })
})

const merchant = { name: 'Naivas', category_code: 'supermarkets', category: 'Supermarkets' }
let made = 0

/** A merchant that is made through the console, with a till that has taken some shillings of one company's vouchers. */
async function owed(shillings: bigint): Promise<{ code: string; partnerId: PartnerId }> {
  made += 1
  const code = `shop-${made}`
  const number = `9900${made}`
  expect((await support.call('PUT', `/operator/merchants/${code}`, merchant)).status).toBe(200)
  const till = { merchant: code, name: 'Eastgate' }
  expect((await support.call('PUT', `/operator/tills/${number}`, till)).status).toBe(200)
  const issuer = await vouchers.company(10_000n)
  const phone = `+2547120990${String(made).padStart(2, '0')}`
  await vouchers.voucher(issuer, shillings, { phone })
  const { database, keyRing } = app.services
  await redeemAtTill(
    { database, keyRing, renderer: openRenderer() },
    {
      partnerId: issuer.partnerId,
      issuerId: issuer.partnerId,
      mode: 'api',
      transactionId: newId(),
      phone,
      name: 'Jane Doe',
      amount: shillings * shilling,
      currency: kes,
      tillNumber: number,
      remarks: '',
      requestKey: 'once',
      actor: 'test',
    },
  )
  return { code, partnerId: issuer.partnerId }
}

const account = {
  currency: 'KES',
  bank_name: 'KCB',
  account_name: 'Naivas Ltd',
  account_number: '1234567890',
}

/** With bank details that two persons have agreed on. */
async function payable(shillings: bigint): Promise<{ code: string; partnerId: PartnerId }> {
  const one = await owed(shillings)
  const entered = await maker.call('POST', `/operator/merchants/${one.code}/bank-details`, account)
  const id = String(inAnswer(entered, 'id'))
  expect((await checker.call('POST', `/operator/bank-details/${id}/confirm`)).status).toBe(200)
  return one
}

const owedTo = async (code: string): Promise<unknown> =>
  inAnswer(await maker.call('GET', `/operator/owed?merchant=${code}`), 'data.0.owed')

const propose = (
  { code, partnerId }: { readonly code: string; readonly partnerId: PartnerId },
  changes: object = {},
): Promise<HouseAnswer> =>
  maker.call('POST', '/operator/settlements', {
    merchant: code,
    partner_id: partnerId,
    amount: '60',
    currency: 'KES',
    reference: `payout-${code}`,
    ...changes,
  })

describe('merchants, their tills and keys', () => {
  test('are made, changed and listed', async () => {
    await support.call('PUT', '/operator/merchants/cafe-1', { ...merchant, name: 'Café' })
    const closed = { ...merchant, name: 'Café Uno', status: 'closed' }
    await support.call('PUT', '/operator/merchants/cafe-1', closed)
    const list = await maker.call('GET', '/operator/merchants?limit=100')
    expect(list.json).toMatchObject({
      data: expect.arrayContaining([{ code: 'cafe-1', ...closed }]),
    })
    const till = { merchant: 'cafe-1', name: 'Old Town' }
    await support.call('PUT', '/operator/tills/77001', till)
    expect((await maker.call('GET', '/operator/merchants/cafe-1/tills')).json).toMatchObject({
      data: [{ number: '77001', ...till, status: 'active' }],
    })
    await owed(1n)
    const other = await support.call('PUT', '/operator/tills/77001', { ...till, merchant: `shop-${made}` })
    expect(problemOf(other)).toEqual([409, 'already_exists'])
  })

  test('a key is shown once, opens, and ends', async () => {
    await support.call('PUT', '/operator/merchants/keyed', merchant)
    const created = await support.call('POST', '/operator/merchants/keyed/keys', { label: 'till' })
    const token = String(inAnswer(created, 'token'))
    expect(await findMerchantByKey(app.services.database, token)).toMatchObject({ code: 'keyed' })
    const list = await maker.call('GET', '/operator/merchants/keyed/keys')
    expect(list.json).toMatchObject({ data: [{ label: 'till', revoked_at: null }] })
    expect(JSON.stringify(list.json)).not.toContain(token)
    const path = `/operator/merchant-keys/${String(inAnswer(created, 'id'))}`
    expect((await support.call('DELETE', path)).status).toBe(204)
    await expect(findMerchantByKey(app.services.database, token)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    expect(problemOf(await support.call('DELETE', `/operator/merchant-keys/${newId()}`))).toEqual([
      404,
      'credential_not_found',
    ])
  })

  test.each([
    ['PUT', '/operator/merchants/Big%20Shop', merchant, 422],
    ['PUT', '/operator/merchants/fine', { ...merchant, name: 'a\nb' }, 422],
    ['PUT', '/operator/merchants/fine', { ...merchant, status: 'asleep' }, 422],
    ['PUT', '/operator/tills/1', { merchant: 'nobody', name: 'X' }, 404],
    ['PUT', '/operator/tills/1%202', { merchant: 'keyed', name: 'X' }, 422],
    ['GET', '/operator/merchants/nobody/tills', undefined, 404],
    ['GET', '/operator/merchants/nobody/keys', undefined, 404],
    ['POST', '/operator/merchants/nobody/keys', {}, 404],
  ])('%s %s with %j is refused', async (method, path, body, status) => {
    expect((await support.call(method, path, body)).status).toBe(status)
  })
})

describe('bank details', () => {
  test('are hidden in lists, opened with a line in the audit log, and confirmed by another person', async () => {
    const { code } = await owed(10n)
    const entered = await maker.call('POST', `/operator/merchants/${code}/bank-details`, account)
    expect(entered.json).toMatchObject({
      merchant: code,
      state: 'entered',
      account: 'KCB, Naivas Ltd, ••••7890',
    })
    const id = String(inAnswer(entered, 'id'))
    expect(problemOf(await maker.call('POST', `/operator/bank-details/${id}/confirm`))).toEqual([
      403,
      'second_person_required',
    ])
    const opened = await checker.call('POST', `/operator/bank-details/${id}/open`)
    expect(inAnswer(opened, 'account_number')).toBe('1234567890')
    const looks = await app.services.database.query(
      sql`select actor from audit_log where subject = ${id} and action like '%opened'`,
    )
    expect(looks).toEqual([{ actor: `user:${checker.user.id}` }])
    const list = await maker.call('GET', `/operator/bank-details?merchant=${code}&state=entered`)
    expect(inAnswer(list, 'data.0.id')).toBe(id)
    expect(JSON.stringify(list.json)).not.toContain('1234567890')
    const rejected = await checker.call('POST', `/operator/bank-details/${id}/reject`, {
      reason: 'not theirs',
    })
    expect(rejected.json).toMatchObject({ state: 'rejected', reason: 'not theirs' })
    expect(problemOf(await checker.call('POST', `/operator/bank-details/${id}/confirm`))).toEqual([
      409,
      'decided_otherwise',
    ])
  })

  test('of nobody, or that are none, are refused', async () => {
    const { code } = await owed(1n)
    const path = `/operator/merchants/${code}/bank-details`
    const bad = await maker.call('POST', path, { ...account, account_number: '12' })
    expect(bad.status).toBe(422)
    const nobody = await maker.call('POST', '/operator/merchants/nobody/bank-details', account)
    expect(problemOf(nobody)).toEqual([404, 'merchant_not_found'])
    for (const verb of ['open', 'confirm'])
      expect(problemOf(await checker.call('POST', `/operator/bank-details/${newId()}/${verb}`))).toEqual([
        404,
        'bank_account_not_found',
      ])
  })
})

describe('a payout', () => {
  test('is proposed by one person, approved by another, and may come back', async () => {
    const one = await payable(100n)
    expect(await owedTo(one.code)).toBe('100')
    const proposed = await propose(one)
    expect(proposed.status).toBe(201)
    expect((await propose(one)).status).toBe(200)
    expect(problemOf(await propose(one, { amount: '61' }))).toEqual([409, 'transfer_conflict'])
    expect(problemOf(await propose(one, { reference: 'more', amount: '41' }))).toEqual([
      402,
      'insufficient_funds',
    ])
    const id = String(inAnswer(proposed, 'id'))
    expect(problemOf(await maker.call('POST', `/operator/settlements/${id}/approve`))).toEqual([
      403,
      'second_person_required',
    ])
    expect(await owedTo(one.code)).toBe('100')
    const approved = await checker.call('POST', `/operator/settlements/${id}/approve`)
    expect(approved.json).toMatchObject({ state: 'approved', kind: 'payout', amount: '60' })
    expect(await owedTo(one.code)).toBe('40')
    const back = { reference: `back-${one.code}`, note: 'account closed' }
    const returned = await maker.call('POST', `/operator/settlements/${id}/return`, back)
    expect(returned.status).toBe(201)
    const returnId = String(inAnswer(returned, 'id'))
    await checker.call('POST', `/operator/settlements/${returnId}/approve`)
    expect(await owedTo(one.code)).toBe('100')
    const list = await maker.call('GET', `/operator/settlements?merchant=${one.code}`)
    expect(list.json).toMatchObject({
      data: [
        { kind: 'return', state: 'approved', note: 'account closed' },
        { kind: 'payout', state: 'returned' },
      ],
    })
  })

  test('that is rejected moves nothing, and needs a reason', async () => {
    const one = await payable(60n)
    const id = String(inAnswer(await propose(one), 'id'))
    const path = `/operator/settlements/${id}/reject`
    expect(problemOf(await checker.call('POST', path, {}))).toEqual([422, 'validation_failed'])
    expect((await checker.call('POST', path, { reason: 'twice' })).json).toMatchObject({ state: 'rejected' })
    expect(await owedTo(one.code)).toBe('60')
    expect(problemOf(await checker.call('POST', `/operator/settlements/${id}/approve`))).toEqual([
      409,
      'decided_otherwise',
    ])
  })

  test('is refused without confirmed details, for nothing, and to nobody', async () => {
    const one = await owed(60n)
    expect(problemOf(await propose(one))).toEqual([404, 'bank_account_not_found'])
    const good = await payable(60n)
    expect((await propose(good, { amount: '0' })).status).toBe(422)
    expect((await propose(good, { amount: '-1' })).status).toBe(422)
    expect(problemOf(await propose(good, { merchant: 'nobody' }))).toEqual([404, 'merchant_not_found'])
    expect(problemOf(await propose(good, { partner_id: newId() }))).toEqual([404, 'partner_not_found'])
    expect(await owedTo(good.code)).toBe('60')
    for (const verb of ['approve', 'return'])
      expect(
        problemOf(
          await checker.call('POST', `/operator/settlements/${newId()}/${verb}`, {
            reference: 'r',
            note: 'n',
          }),
        ),
      ).toEqual([404, 'settlement_not_found'])
  })

  test('leaves the books exact', async () => {
    expect(await checkLedger(app.services.database)).toMatchObject({ ok: true })
  })
})
