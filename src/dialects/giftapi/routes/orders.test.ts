import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import { createTestDatabase } from '../../../../test/database.ts'
import { at, clientAt, createGiftapiWorld } from '../../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../../test/giftapi-world.ts'
import { unit } from '../../../../test/world.ts'
import { setPriceRule } from '../../../core/catalogue/set-price-rule.ts'
import { sql } from '../../../platform/database.ts'
import type { Database } from '../../../platform/database.ts'
import { exactNumber } from '../../../values/json.ts'

let database: Database
let world: GiftapiWorld
let partner: GiftapiClient

beforeAll(async () => {
  database = (await createTestDatabase()).database
  world = await createGiftapiWorld({ database })
  partner = await world.partner({ funds: 10_000n * unit })
  await world.stock('APPLE-2', 200)
})

describe('an order', () => {
  test('is delivered at once, and reads back as it was answered', async () => {
    const bought = await partner.order('delivered', world.sku('APPLE-2'), { quantity: 2 })
    expect(bought.status).toBe(201)
    expect(bought.json).toMatchObject({
      success: true,
      message: 'Order created successfully',
      data: {
        external_id: 'delivered',
        status: 'completed',
        total_amount: 4.4,
        currency: 'USD',
        metadata: null,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
        items: [
          {
            sku_id: world.sku('APPLE-2'),
            sku_name: '$2 Apple Gift Card',
            quantity: 2,
            price: 2.2,
            currency: 'USD',
            status: 'completed',
            customer_data: null,
            error_message: null,
          },
        ],
      },
    })
    expect(pins(bought)).toHaveLength(2)
    const found = await partner.get(`/orders/${String(at(bought, 'data.id'))}`)
    const { items: [item] = [], ...head } = at(bought, 'data') as { items?: object[] } // As seen above.
    expect(at(found, 'data')).toEqual({ ...head, items: [{ id: 1, ...item }] })
    expect(at(await partner.get('/orders?external_id=delivered'), 'data')).toEqual([at(bought, 'data')])
  })

  test('costs exactly what the price list says, to the last digit', async () => {
    await world.stock('TENTH', 1)
    await world.stock('LARGE', 1)
    const rich = await world.partner({ funds: 10n ** 18n })
    expect((await rich.order('tenth', world.sku('TENTH'))).text).toContain('"total_amount":0.3,')
    const large = await rich.order('large', world.sku('LARGE'))
    expect(large.text).toContain('"total_amount":123456790123.456779,')
    expect(large.text).toContain('"price":123456790123.456779,')
    expect((await rich.get('/balance')).text).toContain('"balance":876543209876.243221,')
  })

  test('keeps metadata as they came, digits included, and without them has null', async () => {
    const metadata =
      '{"note":"Ünïcode ✓","id":12345678901234567890,"rate":0.1000000000000000055,"nested":{"list":[1,null,true]}}'
    const skuId = world.sku('APPLE-2')
    const body = `{"external_id":"noted","item":{"sku_id":"${skuId}","fields":{"quantity":1}},"metadata":${metadata}}`
    const bought = await partner.send({ externalId: 'noted', skuId }, body)
    expect(bought.text).toContain(`"metadata":${metadata}`)
    expect((await partner.get(`/orders/${String(at(bought, 'data.id'))}`)).text).toContain(
      `"metadata":${metadata}`,
    )
    const bare = await partner.order('unnoted', skuId, { quantity: 1 }, { metadata: null })
    expect(at(bare, 'data.metadata')).toBeNull()
  })

  test('delivers all that a holder needs: serial number, PIN, expiry, and a link where the brand redeems by one', async () => {
    await world.stock('GAME-10', [{ code: 'G AME/1', serial: 'S-1', expiresOn: '2999-01-15' }])
    expect(at(await partner.order('linked', world.sku('GAME-10')), 'data.items.0.delivery_data')).toEqual([
      {
        pin: 'G AME/1',
        expiration: '2999-01-15',
        serialNumber: 'S-1',
        url: 'https://example.com/redeem?code=G%20AME%2F1',
      },
    ])
    await world.stock('APPLE-3', [{ code: '6006491234', pin: '7788' }])
    expect(at(await partner.order('card', world.sku('APPLE-3')), 'data.items.0.delivery_data')).toEqual([
      { pin: '7788', expiration: null, serialNumber: '6006491234' },
    ])
  })

  test('needs neither quantity nor fields', async () => {
    const skuId = world.sku('APPLE-2')
    for (const [place, item] of [
      { sku_id: skuId },
      { sku_id: skuId, fields: null },
      { sku_id: skuId.toUpperCase(), fields: {} },
    ].entries()) {
      const externalId = `bare-${place}`
      const answer = await partner.send({ externalId, skuId: item.sku_id }, { external_id: externalId, item })
      expect([place, answer.status, at(answer, 'data.items.0.quantity')]).toEqual([place, 201, 1])
    }
  })

  test('ignores fields and members that nobody knows', async () => {
    const answer = await partner.order(
      'unknown-members',
      world.sku('APPLE-2'),
      { colour: 'red', quantity: 1 },
      { coupon: 'X' },
    )
    expect([answer.status, at(answer, 'data.items.0.customer_data')]).toEqual([201, null])
  })
})

describe('the same external id', () => {
  test('with the same order answers 200 and the first order, and buys nothing', async () => {
    const first = await partner.order(
      'twice',
      world.sku('APPLE-2'),
      { quantity: 1 },
      { metadata: { try: 1 } },
    )
    const before = (await partner.get('/balance')).text
    for (const fields of [{ quantity: 1 }, {}, { quantity: null }]) {
      const again = await partner.order('twice', world.sku('APPLE-2'), fields, { metadata: { try: 2 } })
      expect(again.status).toBe(200)
      expect(again.text).toBe(first.text)
    }
    expect((await partner.get('/balance')).text).toBe(before)
  })

  test.each([
    ['another quantity', 'APPLE-2', { quantity: 2 }],
    ['another SKU', 'APPLE-3', { quantity: 1 }],
    ['another field', 'APPLE-2', { quantity: 1, phone: '+254700000001' }],
    ['another SKU that is not there', 'none', { quantity: 1 }],
    ['a quantity that cannot be', 'APPLE-2', { quantity: 1_000 }],
  ])('with %s is a conflict', async (_, code, fields) => {
    await partner.order('taken', world.sku('APPLE-2'))
    const answer = await partner.order(
      'taken',
      code === 'none' ? '019bc0dd-8562-7173-afd9-a5cc534fafb7' : world.sku(code),
      fields,
    )
    expect([answer.status, at(answer, 'error'), at(answer, 'errors')]).toEqual([
      409,
      'external_id_conflict',
      undefined,
    ])
  })

  test('of another partner is another order', async () => {
    const other = await world.partner()
    const [mine, theirs] = [
      await partner.order('shared', world.sku('APPLE-2')),
      await other.order('shared', world.sku('APPLE-2')),
    ]
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect(at(mine, 'data.id')).not.toBe(at(theirs, 'data.id'))
  })

  test('sent sixty-four times at once buys once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => partner.order('at-once', world.sku('APPLE-2'))),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('answers after a restart of the server as before, even when the SKU has another price, limit or none', async () => {
    const first = await partner.order('remembered', world.sku('APPLE-2'), { quantity: 3 })
    const restarted = await startTestApp({ database, keyRing: world.app.services.keyRing })
    const client = clientAt(restarted.baseUrl, partner)
    expect(await statusAndText(client, 3)).toEqual([200, first.text])

    await database.inTransaction((tx) =>
      setPriceRule(tx, {
        partnerId: undefined,
        scope: { kind: 'sku', code: 'APPLE-2' },
        markupPercent: 50n * unit,
        markupFixed: 0n,
        fixedPrice: undefined,
      }),
    )
    await storeApple({ maxPerOrder: 2 })
    expect(await statusAndText(client, 3)).toEqual([200, first.text])
    await storeApple({ active: false })
    expect(await statusAndText(client, 3)).toEqual([200, first.text])
    expect(at(await client.order('remembered', world.sku('APPLE-2'), { quantity: 4 }), 'error')).toBe(
      'external_id_conflict',
    )
    expect(at(await client.order('never seen', world.sku('APPLE-2')), 'error')).toBe('sku_not_found')
    await storeApple({})

    async function storeApple(changes: { maxPerOrder?: number; active?: boolean }): Promise<void> {
      const names = { en: '$2 Apple Gift Card' }
      await world.store({
        skus: [
          {
            code: 'APPLE-2',
            product: 'APPLE',
            names,
            currency: 'USD',
            denomination: { kind: 'fixed', value: 2n * unit },
            ...changes,
          },
        ],
      })
      await restarted.services.catalogue.refresh()
    }
    async function statusAndText(at: GiftapiClient, quantity: number): Promise<unknown[]> {
      const { status, text } = await at.order('remembered', world.sku('APPLE-2'), { quantity })
      return [status, text]
    }
  })
})

describe('an order that cannot be', () => {
  test('for want of funds is 402 and takes nothing', async () => {
    const poor = await world.partner({ funds: 2_199_999n })
    const answer = await poor.order('dear', world.sku('APPLE-2'))
    expect([answer.status, at(answer, 'error')]).toEqual([402, 'insufficient_balance'])
    expect((await poor.get('/balance')).json).toMatchObject({ data: { balance: 2.199999 } })
    expect(at(await poor.get('/orders'), 'data')).toEqual([])
  })

  test('for want of stock is 409; a part of what was ordered is delivered and charged for', async () => {
    await world.store({
      skus: [
        {
          code: 'RARE',
          product: 'GAME',
          names: { en: 'Rare' },
          currency: 'USD',
          denomination: { kind: 'fixed', value: unit },
        },
      ],
    })
    await world.stock('RARE', 2)
    const answer = await partner.order('rare-3', world.sku('RARE'), { quantity: 3 })
    expect([
      answer.status,
      at(answer, 'data.status'),
      at(answer, 'data.items.0.delivery_data.length'),
    ]).toEqual([201, 'partially_completed', 2])
    expect(at(answer, 'data.total_amount')).toBe(2 * Number(at(answer, 'data.items.0.price')))
    expect(at(await partner.order('rare-1', world.sku('RARE')), 'error')).toBe('out_of_stock')
  })

  test('because nothing fills recharges and custom denominations yet is 409 once all its fields are right', async () => {
    const recharge = await partner.order('recharge', world.sku('TOPUP-5'), { phone: '+254700000001' })
    expect([recharge.status, at(recharge, 'error')]).toEqual([409, 'out_of_stock'])
    const custom = await partner.order('custom', world.sku('OPEN-AED'), { amount: 100.25 })
    expect([custom.status, at(custom, 'error')]).toEqual([409, 'out_of_stock'])
  })

  test.each(['019bc0dd-8562-7173-afd9-a5cc534fafb7', 'apple', '00000000-0000-0000-0000-000000000000'])(
    'for an unknown SKU (%s) is 404',
    async (skuId) => {
      const answer = await partner.order('unknown', skuId)
      expect([answer.status, at(answer, 'error')]).toEqual([404, 'sku_not_found'])
    },
  )

  test('because the SKU has no price in the partner’s currency is 409', async () => {
    const answer = await partner.order('unpriced', world.sku('KENYA-100'))
    expect([answer.status, at(answer, 'error')]).toEqual([409, 'price_unavailable'])
  })

  test.each([
    ['APPLE-2', { quantity: 11 }, 'item.fields.quantity'],
    ['APPLE-2', { quantity: 0 }, 'item.fields.quantity'],
    ['APPLE-2', { quantity: '1' }, 'item.fields.quantity'],
    ['APPLE-2', [], 'item.fields'],
    ['APPLE-2', 'quantity=1', 'item.fields'],
    ['OPEN-AED', {}, 'item.fields.amount'],
    ['OPEN-AED', { amount: 4.99 }, 'item.fields.amount'],
    ['OPEN-AED', { amount: 5.0000001 }, 'item.fields.amount'],
    ['OPEN-AED', { amount: -5 }, 'item.fields.amount'],
    ['OPEN-AED', { amount: 1e300 }, 'item.fields.amount'],
    ['TOPUP-5', {}, 'item.fields.phone'],
    ['TOPUP-5', { phone: '+1 555' }, 'item.fields.phone'],
    ['TOPUP-5', { phone: '+255700000001' }, 'item.fields.phone'],
    ['TOPUP-5', { phone: '+254700000001', quantity: 2 }, 'item.fields.quantity'],
  ])('%s with %j names %s', async (code, fields, field) => {
    const answer = await partner.order('fields', world.sku(code), fields)
    expect(answer.json).toMatchObject({
      success: false,
      error: 'validation_failed',
      errors: { [field]: [expect.any(String)] },
    })
    expect(answer.status).toBe(422)
  })

  test.each([
    ['an external id over 64 characters', { external_id: 'x'.repeat(65) }, 'external_id'],
    ['an empty external id', { external_id: '' }, 'external_id'],
    ['metadata that are a list', { external_id: 'm', metadata: [] }, 'metadata'],
    ['metadata that are a number', { external_id: 'm', metadata: 12345678901234567890n }, 'metadata'],
    [
      'metadata over 16 KiB',
      { external_id: 'm', metadata: { text: `é${'x'.repeat(16 * 1024 - '{"text":"é"}'.length)}` } },
      'metadata',
    ],
  ])('%s is named', async (_, parts, field) => {
    const skuId = world.sku('APPLE-2')
    const body = JSON.stringify({ item: { sku_id: skuId }, ...parts }, (_key, value: unknown) =>
      typeof value === 'bigint' ? exactNumber(String(value)) : value,
    )
    const answer = await partner.send({ externalId: parts.external_id, skuId }, body)
    expect([answer.status, at(answer, 'error')]).toEqual([422, 'validation_failed'])
    expect(Object.keys(at(answer, 'errors') ?? {})).toEqual([field])
  })

  test('an external id of 64 characters is the longest, and metadata of 16 KiB the largest', async () => {
    const externalId = 'é'.repeat(64)
    const metadata = { text: 'x'.repeat(16 * 1024 - '{"text":""}'.length) }
    expect((await partner.order(externalId, world.sku('APPLE-2'), {}, { metadata })).status).toBe(201)
    expect(
      at(await partner.get(`/orders?external_id=${encodeURIComponent(externalId)}`), 'data.0.metadata'),
    ).toEqual(metadata)
  })
})

test('no code reaches the API log, whichever call told it', async () => {
  const bought = await partner.order(
    'logged',
    world.sku('APPLE-2'),
    { quantity: 1 },
    { metadata: { note: 'kept in the log' } },
  )
  const [pin] = pins(bought)
  for (const path of [`/orders/${String(at(bought, 'data.id'))}`, '/orders?external_id=logged'])
    expect((await partner.get(path)).text).toContain(String(pin))
  await world.app.callLog.flush()
  const calls = await database.query<{ response: string; request: string | null }>(
    sql`select request, response from api_calls where response like '%"logged"%'`,
  )
  expect(calls).toHaveLength(3)
  expect(calls.some(({ request }) => request?.includes('kept in the log') === true)).toBe(true)
  for (const { response } of calls) {
    expect(response).toContain('"pin":"***"')
    expect(response).not.toContain(String(pin))
  }
})

function pins(answer: Answer): unknown[] {
  const delivered = at(answer, 'data.items.0.delivery_data')
  return Array.isArray(delivered) ? [...new Set(delivered.map((one: { pin: unknown }) => one.pin))] : []
}
