import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { at, createIascroftWorld, refusalOf } from '../../../../test/iascroft-world.ts'
import type { IascroftAnswer, IascroftWorld, Merchant } from '../../../../test/iascroft-world.ts'
import { differences } from '../../../../test/shapes.ts'
import { currency, unit } from '../../../../test/world.ts'
import { addReceivingAccount } from '../../../core/funding/add-receiving-account.ts'
import { approveWithdrawal, rejectWithdrawal } from '../../../core/withdrawals/decide-withdrawal.ts'
import { findWithdrawal } from '../../../core/withdrawals/find-withdrawal.ts'

let world: IascroftWorld
let merchant: Merchant

beforeAll(async () => {
  world = await createIascroftWorld()
  merchant = await world.merchant({ currencies: ['NGN', 'USD'], funds: 1_000n * unit })
  await world.app.services.database.inTransaction((tx) =>
    addReceivingAccount(tx, {
      bankName: 'First Bank',
      accountName: 'Scrip Ltd',
      accountNumber: '0123456789',
      bankCode: '011',
      currency: currency('NGN'),
      actor: 'cli:ada',
    }),
  )
})

const bank_account = { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '1234506789' }
const balance = async () => at(await merchant.get('/wallet/balance?currency=NGN'), 'data.balances.0')

/** How an answer differs in shape from the recorded one. */
function differencesFrom(example: string, { text }: IascroftAnswer): string[] {
  const file = join(import.meta.dirname, '../examples', `${example}.json`)
  const { response } = JSON.parse(readFileSync(file, 'utf8')) as { response: { body: unknown } } // A file of ours.
  return differences(JSON.parse(text), response.body)
}

describe('money that comes in', () => {
  test('is announced with instructions, and credits nothing yet', async () => {
    const answer = await merchant.post('/wallet/fund', {
      amount: 50_000,
      currency: 'NGN',
      method: 'bank_transfer',
    })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json).toMatchObject({
      data: {
        reference: expect.stringMatching(/^IAS-/),
        status: 'pending',
        amount: 50_000,
        currency: 'NGN',
        instructions: {
          bank_name: 'First Bank',
          account_name: 'Scrip Ltd',
          account_number: '0123456789',
          payment_reference: expect.any(String),
          expires_at: expect.stringMatching(/Z$/),
        },
      },
    })
    expect(differencesFrom('wallet-fund', answer)).toEqual([])
    expect(await balance()).toMatchObject({ balance: 1_000 })
  })

  test('is announced once under one key', async () => {
    const body = { amount: 10, currency: 'NGN' }
    const first = await merchant.post('/wallet/fund', body, { key: 'fund-1' })
    expect((await merchant.post('/wallet/fund', body, { key: 'fund-1' })).text).toBe(first.text)
  })

  test.each([
    [{ amount: 0, currency: 'NGN' }, 400, 'INVALID_AMOUNT'],
    [{ amount: 5, currency: 'GBP' }, 400, 'INVALID_CURRENCY'],
    [{ amount: 5, currency: 'USD' }, 400, 'INVALID_CURRENCY'],
    [{ amount: 5, currency: 'NGN', method: 'card' }, 422, 'VALIDATION_FAILED'],
    [{ currency: 'NGN' }, 422, 'VALIDATION_FAILED'],
  ])('%j is refused', async (body, status, code) => {
    expect(refusalOf(await merchant.post('/wallet/fund', body))).toEqual([status, code])
  })
})

describe('money that goes out', () => {
  test('is set aside at once, and paid when an operator approves', async () => {
    const body = { amount: 100, currency: 'NGN', bank_account, reference: 'out-1' }
    const answer = await merchant.post('/wallet/withdraw', body)
    expect(answer.json, answer.text).toMatchObject({
      data: { reference: 'out-1', status: 'pending_approval', amount: 100, currency: 'NGN' },
    })
    expect(differencesFrom('wallet-withdraw', answer)).toEqual([])
    expect(answer.text).not.toContain('1234506789')
    expect(await balance()).toMatchObject({ balance: 1_000, reserved: 100, available: 900 })
    expect(refusalOf(await merchant.post('/wallet/withdraw', body))).toEqual([409, 'DUPLICATE_REFERENCE'])
    const { database } = world.app.services
    const { id } = await findWithdrawal(database, merchant.partnerId, 'out-1')
    await database.inTransaction((tx) => approveWithdrawal(tx, { id, actor: 'cli:ada' }))
    expect(await balance()).toMatchObject({ balance: 900, reserved: 0 })
  })

  test('is free again when it is rejected, and asked for once under one key', async () => {
    const body = { amount: 50, currency: 'NGN', bank_account }
    const first = await merchant.post('/wallet/withdraw', body, { key: 'out-2' })
    expect((await merchant.post('/wallet/withdraw', body, { key: 'out-2' })).text).toBe(first.text)
    expect(await balance()).toMatchObject({ reserved: 50 })
    const { database } = world.app.services
    const { id } = await findWithdrawal(database, merchant.partnerId, String(at(first, 'data.reference')))
    await database.inTransaction((tx) => rejectWithdrawal(tx, { id, reason: 'not yours', actor: 'cli:ada' }))
    expect(await balance()).toMatchObject({ balance: 900, reserved: 0 })
  })

  test.each([
    [{ amount: 5_000, currency: 'NGN', bank_account }, 402, 'INSUFFICIENT_BALANCE'],
    [{ amount: -1, currency: 'NGN', bank_account }, 400, 'INVALID_AMOUNT'],
    [{ amount: 5, currency: 'KES', bank_account }, 400, 'INVALID_CURRENCY'],
    [{ amount: 5, currency: 'NGN' }, 422, 'VALIDATION_FAILED'],
    [
      { amount: 5, currency: 'NGN', bank_account: { ...bank_account, account_number: '!' } },
      422,
      'VALIDATION_FAILED',
    ],
  ])('%j is refused', async (body, status, code) => {
    expect(refusalOf(await merchant.post('/wallet/withdraw', body))).toEqual([status, code])
  })
})
