import { beforeAll, describe, expect, test } from 'vitest'
import { at, createGiftapiWorld } from '../../../../test/giftapi-world.ts'
import type { Answer, GiftapiWorld } from '../../../../test/giftapi-world.ts'
import { openWallet } from '../../../core/ledger/open-wallet.ts'
import { postTransfer } from '../../../core/ledger/post-transfer.ts'
import { currency, unit } from '../../../../test/world.ts'

let world: GiftapiWorld

beforeAll(async () => {
  world = await createGiftapiWorld()
  await world.stock('APPLE-2', 20)
})

describe('the balance', () => {
  test('tells what can be spent, overdraft included, digit by digit', async () => {
    const partner = await world.partner({ funds: 1_000_001n, overdraft: 100n * unit })
    expect((await partner.get('/balance')).text).toBe(
      '{"success":true,"data":{"balance":1.000001,"currency":"USD","reserved_amount":0,"available_balance":101.000001,"allow_overdraft":true,"overdraft_limit":100,"is_overdrafted":false}}',
    )
  })

  test('below zero is overdrafted', async () => {
    const partner = await world.partner({ funds: 0n, overdraft: 100n * unit })
    expect((await partner.order('first', world.sku('APPLE-2'))).status).toBe(201)
    const answer = await partner.get('/balance')
    expect(answer.json).toMatchObject({
      data: { balance: -2.2, available_balance: 97.8, is_overdrafted: true },
    })
  })

  test('keeps eighteen digits', async () => {
    const partner = await world.partner({ funds: 123_456_789_012_345_678n })
    expect((await partner.get('/balance')).text).toContain('"balance":123456789012.345678,')
  })

  test('stands in /me too, with who calls', async () => {
    const partner = await world.partner({ funds: 5n * unit })
    const me = await partner.get('/me')
    expect(me.json).toMatchObject({
      success: true,
      data: { partner: { uuid: partner.partnerId, currency: 'USD', is_active: true } },
    })
    expect(at(me, 'data.partner.balance')).toEqual(at(await partner.get('/balance'), 'data'))
  })

  test('is that of the wallet that pays, not of another one', async () => {
    const partner = await world.partner({ funds: 7n * unit })
    await world.app.services.database.inTransaction((tx) =>
      openWallet(tx, { partnerId: partner.partnerId, currency: currency('AED'), isDefault: false }),
    )
    expect((await partner.get('/balance')).json).toMatchObject({ data: { balance: 7, currency: 'USD' } })
  })
})

describe('the balance history', () => {
  test('has every kind of change in the vendor’s four words, newest first', async () => {
    const partner = await world.partner({ funds: 100n * unit })
    const order = await partner.order('bought', world.sku('APPLE-2'))
    const { database } = world.app.services
    const post = async (kind: 'refund' | 'adjustment' | 'withdrawal', amount: bigint): Promise<void> => {
      const { partnerId, walletId } = partner
      await database.inTransaction((tx) =>
        postTransfer(tx, { partnerId, walletId, kind, amount, reference: kind, actor: 'test' }),
      )
    }
    await post('refund', unit)
    await post('adjustment', -500_000n)
    await post('withdrawal', -10n * unit)

    const { data } = (await partner.get('/balance/history')).json as { data: Record<string, unknown>[] } // Compared below.
    expect(
      data.map(({ type, amount, balance_after: after, order_id: orderId, payment_method: method }) => [
        type,
        amount,
        after,
        orderId,
        method,
      ]),
    ).toEqual([
      ['adjustment', -10, 88.3, null, null],
      ['adjustment', -0.5, 98.3, null, null],
      ['refund', 1, 98.8, null, null],
      ['charge', -2.2, 97.8, at(order, 'data.id'), null],
      ['topup', 100, 100, null, 'bank_transfer'],
    ])
    expect(data[0]?.['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  })

  test('is walked to its end and back without a row lost or repeated, while new ones arrive', async () => {
    const partner = await world.partner({ funds: 100n * unit })
    for (let place = 1; place <= 4; place += 1) await partner.order(`walk-${place}`, world.sku('APPLE-2'))
    const first = await partner.get('/balance/history?per_page=2')
    expect(first.json).toMatchObject({ meta: { prev_cursor: null, per_page: 2 } })
    await partner.order('walk-5', world.sku('APPLE-2'))
    const second = await follow(first, 'next_cursor', 2)
    const third = await follow(second, 'next_cursor', 2)
    expect([first, second, third].map((page) => after(page))).toEqual([[91.2, 93.4], [95.6, 97.8], [100]])
    expect(at(third, 'meta.next_cursor')).toBeNull()
    const back = await follow(third, 'prev_cursor', 2)
    expect(after(back)).toEqual(after(second))

    function follow(page: Answer, name: 'next_cursor' | 'prev_cursor', perPage: number): Promise<Answer> {
      return partner.get(`/balance/history?per_page=${perPage}&cursor=${String(at(page, `meta.${name}`))}`)
    }
  })

  test('refuses a page size out of bounds and a cursor that is not its own', async () => {
    const [partner, other] = [await world.partner(), await world.partner()]
    for (let place = 1; place <= 2; place += 1) await other.order(`mine-${place}`, world.sku('APPLE-2'))
    const foreign = String(at(await other.get('/balance/history?per_page=1'), 'meta.next_cursor'))
    for (const query of [
      'per_page=0',
      'per_page=101',
      'per_page=ten',
      'per_page=1.5',
      'cursor=nonsense',
      `cursor=${foreign}`,
      'cursor=a&cursor=b',
    ]) {
      const answer = await partner.get(`/balance/history?${query}`)
      expect([query, answer.status, at(answer, 'error')]).toEqual([query, 422, 'validation_failed'])
      expect(Object.keys(at(answer, 'errors') ?? {})).toEqual([query.slice(0, query.indexOf('='))])
    }
  })

  test('has pages of fifty unless told otherwise, and an empty parameter tells nothing', async () => {
    const partner = await world.partner()
    expect((await partner.get('/balance/history')).json).toMatchObject({
      meta: { next_cursor: null, prev_cursor: null, per_page: 50 },
    })
    expect((await partner.get('/balance/history?cursor=&per_page=')).json).toMatchObject({
      meta: { per_page: 50 },
    })
  })
})

function after(page: Answer): unknown[] {
  const rows = at(page, 'data')
  return Array.isArray(rows) ? rows.map((row: { balance_after: unknown }) => row.balance_after) : []
}
