import { beforeAll, describe, expect, test } from 'vitest'
import { proveBooks } from '../../../../test/books.ts'
import { at, createGiftapiWorld, suppliedCatalogue } from '../../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../../test/giftapi-world.ts'
import { sql } from '../../../platform/database.ts'

let world: GiftapiWorld
let partner: GiftapiClient

beforeAll(async () => {
  world = await createGiftapiWorld({ fulfils: true })
  await world.store(suppliedCatalogue)
  partner = await world.partner()
  await world.supply('TOPUP-5', 'sandbox', 'AIRTIME')
  await world.supply('CARD-10', 'sandbox', 'CARD')
})

let made = 0

function recharge(phone: string): Promise<Answer> {
  made += 1
  return partner.order(`recharge-${made}`, world.sku('TOPUP-5'), { phone })
}

/** The order as it is once it has ended. */
async function ended(answer: Answer): Promise<Answer> {
  const path = `/orders/${String(at(answer, 'data.id'))}`
  await expect
    .poll(async () => at(await partner.get(path), 'data.status'), { timeout: 15_000 })
    .not.toBe('processing')
  return partner.get(path)
}

async function available(): Promise<unknown> {
  return at(await partner.get('/balance'), 'data.available_balance')
}

describe('a recharge', () => {
  test('that succeeds at once is answered with its receipt', async () => {
    const answer = await recharge('+254700000000')
    expect(answer.status).toBe(201)
    expect(at(answer, 'data.status')).toBe('completed')
    expect(at(answer, 'data.items.0.delivery_data')).toEqual([
      {
        status: expect.any(String) as string,
        message: expect.any(String) as string,
        operator_reference: expect.any(String) as string,
      },
    ])
    expect(at(answer, 'data.items.0.customer_data')).toEqual({ phone: '+254700000000', quantity: 1 })
  })

  test('that takes longer is answered `processing` without goods, its price set aside, and ends by itself', async () => {
    const before = await available()
    const answer = await recharge('+254700000901')
    expect(answer.status).toBe(201)
    expect([at(answer, 'data.status'), at(answer, 'data.items.0.delivery_data')]).toEqual(['processing', []])
    expect(at(await partner.get('/balance'), 'data.reserved_amount')).toBe(5.5)
    const end = await ended(answer)
    expect([at(end, 'data.status'), at(end, 'data.total_amount')]).toEqual(['completed', 5.5])
    expect(at(await partner.get('/balance'), 'data.reserved_amount')).toBe(0)
    expect(await available()).toBe(Number(before) - 5.5)
  })

  test('a repeat of one that is under way answers it as it now is, and sends nothing', async () => {
    const answer = await recharge('+254700000901')
    const repeat = await partner.order(`recharge-${made}`, world.sku('TOPUP-5'), { phone: '+254700000901' })
    expect(repeat.status).toBe(200)
    expect(at(repeat, 'data.id')).toBe(at(answer, 'data.id'))
    await ended(answer)
  })

  test.each([
    ['902', 'The item could not be delivered.'],
    ['903', 'The recipient is not valid.'],
    ['904', 'The operator is not available; try again later.'],
    ['906', 'The operator is not available; try again later.'],
    ['908', 'The recipient is not valid.'],
  ])('that fails (%s) says why, and its money is back', async (tail, sentence) => {
    const before = await available()
    const end = await ended(await recharge(`+254700000${tail}`))
    expect([at(end, 'data.status'), at(end, 'data.items.0.error_message')]).toEqual(['failed', sentence])
    expect(at(end, 'data.total_amount')).toBe(0)
    expect(await available()).toBe(before)
  })

  test('whose supplier never answered is asked for, and found', async () => {
    const end = await ended(await recharge('+254700000905'))
    expect(at(end, 'data.status')).toBe('completed')
  })

  test('needs a recipient of the right shape', async () => {
    const answer = await partner.order('recharge-none', world.sku('TOPUP-5'), {})
    expect([answer.status, at(answer, 'errors')]).toEqual([
      422,
      { 'item.fields.phone': ['The phone field is required.'] },
    ])
  })
})

describe('a SKU that a supplier fills', () => {
  test('has a stock of 9999 without own codes, and sells own codes first', async () => {
    const list = await partner.get('/catalog/pricelist')
    const rows = at(list, 'data') as { sku_id: string; stock: number }[]
    expect(rows.find((row) => row.sku_id === world.sku('CARD-10'))?.stock).toBe(9999)
    await world.stock('CARD-10', [{ code: 'OWN-CODE' }])
    const own = await partner.order('own-first', world.sku('CARD-10'))
    expect(at(own, 'data.items.0.delivery_data.0.pin')).toBe('OWN-CODE')
    const supplied = await partner.order('then-supplied', world.sku('CARD-10'), { quantity: 2 })
    expect(at(supplied, 'data.status')).toBe('completed')
    expect(at(supplied, 'data.items.0.delivery_data')).toHaveLength(2)
  })

  test('costs nothing that the wallet does not have', async () => {
    const poor = await world.partner({ funds: 0n })
    const answer = await poor.order('poor', world.sku('CARD-10'))
    expect([answer.status, at(answer, 'error')]).toEqual([402, 'insufficient_balance'])
  })
})

test('no code that a supplier delivered stands in the API log', async () => {
  const answer = await partner.order('logged', world.sku('CARD-10'))
  const pin = String(at(answer, 'data.items.0.delivery_data.0.pin'))
  await world.app.callLog.flush()
  const rows = await world.app.services.database.query(
    sql`select id from api_calls where position(${pin} in coalesce(response, '')) > 0`,
  )
  expect(pin.length).toBeGreaterThan(5)
  expect(rows).toEqual([])
})

test('the books hold', async () => {
  await expect
    .poll(async () => at(await partner.get('/balance'), 'data.reserved_amount'), { timeout: 15_000 })
    .toBe(0)
  await proveBooks(world.app.services.database)
})
