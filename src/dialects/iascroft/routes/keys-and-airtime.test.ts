import { beforeAll, describe, expect, test } from 'vitest'
import { at, createIascroftWorld, refusalOf } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld, Merchant } from '../../../../test/iascroft-world.ts'
import { listWallets } from '../../../core/ledger/list-wallets.ts'

let world: IascroftWorld
let merchant: Merchant

beforeAll(async () => {
  world = await createIascroftWorld({ fulfils: true })
  await world.stock('KEY-20', 50)
  await world.supply('MTN-ANY', 'sandbox')
  merchant = await world.merchant()
})

async function balances(of: Merchant): Promise<Record<string, bigint>> {
  const wallets = await listWallets(world.app.services.database, of.partnerId)
  return Object.fromEntries(wallets.map(({ code, balance, reserved }) => [code, balance - reserved]))
}

describe('a licence key', () => {
  test('is bought several at a time', async () => {
    const answer = await merchant.post('/digital/purchase', { product_id: 'KEY-20', quantity: 3 })
    expect(answer.json).toMatchObject({
      data: { status: 'completed', quantity: 3, amount: 60, charged_amount: 60, product_id: 'KEY-20' },
    })
    const keys = at(answer, 'data.license_keys') as string[] // Checked below.
    expect(new Set(keys).size).toBe(3)
    expect(at(answer, 'data.code')).toBe(keys[0])
    expect(at(answer, 'data.redeem_url')).toBe(`https://example.com/redeem?code=${keys[0]}`)
  })

  test.each([
    [{ product_id: 'KEY-20', quantity: 11 }, 422, 'VALIDATION_FAILED'],
    [{ product_id: 'KEY-20', quantity: 0 }, 422, 'VALIDATION_FAILED'],
    [{ product_id: 'KEY-20', quantity: 1.5 }, 422, 'VALIDATION_FAILED'],
    [{ product_id: 'AMZ-US-10' }, 400, 'INVALID_PRODUCT_ID'],
    [{}, 422, 'VALIDATION_FAILED'],
  ])('%j is refused', async (body, status, code) => {
    expect(refusalOf(await merchant.post('/digital/purchase', body))).toEqual([status, code])
  })

  test('is sold out when there are fewer than wanted', async () => {
    const many = () => merchant.post('/digital/purchase', { product_id: 'KEY-20', quantity: 10 })
    let answer = await many()
    for (let turn = 0; turn < 6 && answer.status === 201; turn += 1) answer = await many()
    expect(refusalOf(answer)).toEqual([404, 'PRODUCT_OUT_OF_STOCK'])
  })
})

describe('airtime', () => {
  const topUp = { phone: '+2348031230000', amount: 500, operator_id: 'mtn-nigeria' }

  test('is topped up', async () => {
    const answer = await merchant.post('/airtime/topup', { ...topUp, currency: 'NGN', reference: 'top-up-1' })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      data: {
        status: 'completed',
        phone: '+2348031230000',
        operator_id: 'mtn-nigeria',
        operator: 'MTN Nigeria',
        amount: 500,
        currency: 'NGN',
        charged_amount: 500,
        charged_currency: 'NGN',
        operator_reference: expect.any(String),
      },
    })
    expect(Object.keys(at(answer, 'data') as object)).not.toContain('code')
  })

  test('is topped up at the operator that the number tells', async () => {
    const { operator_id: _, ...withoutOperator } = topUp
    const mtn = await merchant.post('/airtime/topup', withoutOperator)
    expect(mtn.json).toMatchObject({ data: { operator_id: 'mtn-nigeria', status: 'completed' } })
    await world.supply('AIRTEL-ANY', 'sandbox')
    const airtel = await merchant.post('/airtime/topup', { ...withoutOperator, phone: '+2348021230000' })
    expect(airtel.json).toMatchObject({ data: { operator_id: 'airtel-nigeria', status: 'completed' } })
    // A number may have been carried over to another operator: what was chosen counts.
    const chosen = await merchant.post('/airtime/topup', { ...topUp, phone: '+2348021230000' })
    expect(chosen.json).toMatchObject({ data: { operator_id: 'mtn-nigeria', status: 'completed' } })
  })

  test('that fails says so and gives the money back', async () => {
    const before = await balances(merchant)
    const answer = await merchant.post('/airtime/topup', { ...topUp, amount: 501, phone: '+2348031230903' })
    expect(answer.json).toMatchObject({ data: { status: 'failed', charged_amount: 0 } })
    expect(await balances(merchant)).toEqual(before)
  })

  test.each([
    [{ ...topUp, phone: '08031230000' }, 400, 'INVALID_PHONE_NUMBER'],
    [{ ...topUp, phone: '+0348031230000' }, 400, 'INVALID_PHONE_NUMBER'],
    [{ ...topUp, phone: '+254712345678' }, 400, 'INVALID_PHONE_NUMBER'],
    [{ phone: '+2109999999', amount: 500 }, 400, 'INVALID_PHONE_NUMBER'],
    [{ phone: '+254712345678', amount: 500 }, 422, 'VALIDATION_FAILED'],
    [{ ...topUp, amount: 49 }, 400, 'INVALID_AMOUNT'],
    [{ ...topUp, amount: 50_001 }, 400, 'INVALID_AMOUNT'],
    [{ ...topUp, currency: 'USD' }, 400, 'INVALID_CURRENCY'],
    [{ ...topUp, operator_id: 'nobody' }, 422, 'VALIDATION_FAILED'],
    [{ amount: 500 }, 422, 'VALIDATION_FAILED'],
  ])('%j is refused', async (body, status, code) => {
    expect(refusalOf(await merchant.post('/airtime/topup', body))).toEqual([status, code])
  })
})
