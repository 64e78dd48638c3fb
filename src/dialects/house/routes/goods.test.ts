import { beforeAll, describe, expect, test } from 'vitest'
import { createIwocapayWorld } from '../../../../test/iwocapay-world.ts'
import { callHouse, inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { HouseAnswer, Person } from '../../../../test/people-world.ts'
import { createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyWorld } from '../../../../test/vendify-world.ts'
import { createVoucherWorld } from '../../../../test/voucher-world.ts'
import type { VoucherWorld } from '../../../../test/voucher-world.ts'
import { unit } from '../../../../test/world.ts'
import { sql } from '../../../platform/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { PartnerId } from '../../../values/ids.ts'

let world: VendifyWorld
let vouchers: VoucherWorld
let owner: Person
let viewer: Person
let stranger: Person
let partnerId: PartnerId

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  await world.supply('ESIM-1GB', 'esim-sandbox')
  await world.stock('AMZ-US-10', 20)
  await world.app.services.catalogue.refresh()
  vouchers = await createVoucherWorld(world.app.services.database, world.app.services.keyRing)
  const client = await world.reseller({ currencies: ['USD'], funds: 1_000n * unit })
  partnerId = client.partnerId
  owner = await makePerson(world.app, { partnerId, role: 'owner' })
  viewer = await makePerson(world.app, { partnerId, role: 'viewer' })
  const other = await world.reseller({ currencies: ['USD'], funds: 1_000n * unit })
  stranger = await makePerson(world.app, { partnerId: other.partnerId, role: 'owner' })
})

async function skuId(code: string): Promise<string> {
  const [row] = await world.app.services.database.query<{ id: string }>(
    sql`select id from skus where code = ${code}`,
  )
  return row?.id ?? ''
}

async function buy(code: string): Promise<string> {
  const answer = await owner.call('POST', '/orders', { sku_id: await skuId(code), wallet: 'USD-1' })
  const id = String(inAnswer(answer, 'id'))
  await expect
    .poll(async () => inAnswer(await owner.call('GET', `/orders/${id}`), 'status'))
    .toBe('completed')
  return id
}

function rowsOf(answer: HouseAnswer): number {
  expect(answer.status).toBe(200)
  return Number(inAnswer(answer, 'data.length'))
}

describe('eSIMs', () => {
  test('are listed page by page, and each tells how it is doing and which order brought it', async () => {
    const orders = [await buy('ESIM-1GB'), await buy('ESIM-1GB'), await buy('ESIM-1GB')]
    const first = await owner.call('GET', '/esims?limit=2')
    expect([0, 1].map((place) => inAnswer(first, `data.${place}.order_id`))).toEqual([orders[2], orders[1]])
    const next = await owner.call('GET', `/esims?limit=2&cursor=${String(inAnswer(first, 'next_cursor'))}`)
    expect([inAnswer(next, 'data.0.order_id'), inAnswer(next, 'next_cursor')]).toEqual([orders[0], null])
    const back = await owner.call('GET', `/esims?limit=2&cursor=${String(inAnswer(next, 'previous_cursor'))}`)
    expect(inAnswer(back, 'data')).toEqual(inAnswer(first, 'data'))
    const iccid = String(inAnswer(first, 'data.0.iccid'))
    expect((await owner.call('GET', `/esims/${iccid}`)).json).toMatchObject({
      iccid,
      order_id: orders[2],
      packages: [{ total_bytes: '1000000000' }],
    })
    expect(rowsOf(await stranger.call('GET', '/esims'))).toBe(0)
    expect(problemOf(await stranger.call('GET', `/esims/${iccid}`))).toEqual([404, 'esim_not_found'])
    expect(problemOf(await owner.call('GET', '/esims/nothing'))).toEqual([422, 'validation_failed'])
    const cursor = String(inAnswer(first, 'next_cursor'))
    expect(problemOf(await stranger.call('GET', `/esims?limit=2&cursor=${cursor}`))).toEqual([
      422,
      'validation_failed',
    ])
  })
})

describe('vouchers', () => {
  test('are listed with what is left of each, without their codes, and found by their telephone', async () => {
    const issuer = await vouchers.company(10_000n)
    const issuing = await makePerson(world.app, { partnerId: issuer.partnerId, role: 'owner' })
    const { id } = await vouchers.voucher(issuer, 100n, { phone: '+254712000111' })
    await vouchers.voucher(issuer, 50n, { phone: '+254712000112', merchants: ['naivas'] })
    const all = await issuing.call('GET', '/vouchers')
    expect(all.json).toMatchObject({
      data: [
        { phone: '+254712000112', amount: '50', balance: '50', state: 'live', merchants: ['naivas'] },
        { id, phone: '+254712000111', amount: '100', currency: 'KES' },
      ],
    })
    expect(JSON.stringify(all.json)).not.toContain('"code"')
    expect(rowsOf(await issuing.call('GET', '/vouchers?phone=%2B254712000111'))).toBe(1)
    expect(rowsOf(await owner.call('GET', '/vouchers'))).toBe(0)

    const messages = async () =>
      world.app.services.database.query(sql`select id from messages where recipient = '+254712000111'`)
    const before = (await messages()).length
    expect((await issuing.call('POST', `/vouchers/${id}/send`)).status).toBe(204)
    expect(await messages()).toHaveLength(before + 1)
    const frozen = await issuing.call('POST', `/vouchers/${id}/freeze`, { is_frozen: true, note: 'stolen' })
    expect(inAnswer(frozen, 'state')).toBe('frozen')
    const released = await issuing.call('POST', `/vouchers/${id}/freeze`, { is_frozen: false })
    expect(inAnswer(released, 'state')).toBe('live')
    for (const [path, body] of [
      ['send', undefined],
      ['freeze', { is_frozen: true }],
    ] as const) {
      const tried = await owner.call('POST', `/vouchers/${id}/${path}`, body)
      expect(problemOf(tried)).toEqual([404, 'voucher_not_found'])
    }
    expect(inAnswer(await issuing.call('GET', '/vouchers?phone=%2B254712000111'), 'data.0.state')).toBe(
      'live',
    )
    expect(problemOf(await issuing.call('POST', `/vouchers/${id}/freeze`, {}))).toEqual([
      422,
      'validation_failed',
    ])
  })
})

test('what was delivered is mailed to whom its buyer names, and the audit log has that', async () => {
  const id = await buy('AMZ-US-10')
  const { database } = world.app.services
  expect((await owner.call('POST', `/orders/${id}/send`, { to: 'friend@example.com' })).status).toBe(204)
  expect(
    await database.query(sql`select template, subject from messages where recipient = 'friend@example.com'`),
  ).toMatchObject([{ template: 'order_delivered' }])
  expect(
    await database.query(
      sql`select actor, details ->> 'to' as "to" from audit_log where action = 'order.resent' and subject = ${id}`,
    ),
  ).toEqual([{ actor: `user:${owner.user.id}`, to: 'friend@example.com' }])
  const to = { to: 'thief@example.com' }
  expect(problemOf(await stranger.call('POST', `/orders/${id}/send`, to))).toEqual([404, 'order_not_found'])
  expect((await viewer.call('POST', `/orders/${id}/send`, to)).status).toBe(403)
  expect(problemOf(await owner.call('POST', `/orders/${id}/send`, { to: 'nobody' }))).toEqual([
    422,
    'validation_failed',
  ])
  expect(
    await database.query(sql`select id from messages where recipient = 'thief@example.com'`),
  ).toHaveLength(0)
})

test('what was bought is summed by SKU, on screen and as a file, on days of one’s own', async () => {
  const [before, today] = [await sales(), new Date().toISOString().slice(0, 10)]
  await buy('AMZ-US-10')
  await buy('AMZ-US-10')
  const after = await sales()
  const row = (answer: HouseAnswer) => {
    const rows = inAnswer(answer, 'data')
    return Array.isArray(rows) ? rows.find(({ sku }) => sku === 'AMZ-US-10') : undefined
  }
  expect([row(after)?.units, row(after)?.orders]).toEqual([
    (row(before)?.units ?? 0) + 2,
    (row(before)?.orders ?? 0) + 2,
  ])
  expect(Number(row(after)?.paid)).toBe(Number(row(after)?.units) * 10)
  expect(rowsOf(await stranger.call('GET', `/reports/sales?from=${today}&to=${today}`))).toBe(0)
  const file = await fetch(`${world.app.baseUrl}/api/v1/files/sales?from=${today}&to=${today}&format=csv`, {
    headers: { cookie: owner.cookie, 'x-scrip-side': 'partner' },
  })
  expect(await file.text()).toMatch(/^sku,name,orders,units,paid,currency\r?\n/)
  for (const query of [
    '?from=2026-02-31&to=2026-03-01',
    '?from=2026-03-02&to=2026-03-01',
    '?from=2020-01-01&to=2026-01-01',
    '?from=yesterday&to=today',
    '',
  ])
    expect(problemOf(await owner.call('GET', `/reports/sales${query}`))).toEqual([422, 'validation_failed'])

  function sales(): Promise<HouseAnswer> {
    return owner.call('GET', `/reports/sales?from=2026-11-01&to=2027-11-01`)
  }
})

test('checkout orders are listed by state, and each tells what its buyer owes', async () => {
  const shops = await createIwocapayWorld()
  const shop = await shops.shop()
  const seller = await makePerson(shops.app, { partnerId: shop.seller.partnerId, role: 'viewer' })
  const { id } = await shop.order()
  expect((await seller.call('GET', '/checkouts?status=created')).json).toMatchObject({
    data: [{ id, status: 'created', amount: { amount: '4200', currency: 'GBP' }, buyer: null }],
  })
  expect(rowsOf(await seller.call('GET', '/checkouts?status=successful'))).toBe(0)
  expect((await seller.call('GET', `/checkouts/${id}`)).json).toMatchObject({ id, instalments: [] })
  const other = await shops.shop()
  const stranger = await makePerson(shops.app, { partnerId: other.seller.partnerId, role: 'owner' })
  expect(rowsOf(await stranger.call('GET', '/checkouts'))).toBe(0)
  for (const path of [`/checkouts/${id}`, `/checkouts/${newId()}`])
    expect(problemOf(await stranger.call('GET', path))).toEqual([404, 'order_not_found'])
  expect((await callHouse(shops.app.baseUrl, 'GET', `/checkouts/${id}`)).status).toBe(401)
})

test('operators see what a partner has bought, without codes, and end checkout orders', async () => {
  const support = await makePerson(world.app, { role: 'support' })
  const id = await buy('AMZ-US-10')
  const own = `/operator/partners/${partnerId}`
  const orders = await support.call('GET', `${own}/orders?limit=1`)
  expect(orders.json).toMatchObject({ data: [{ id, status: 'completed' }] })
  expect(JSON.stringify(orders.json)).not.toMatch(/"pin"|"codes"/)
  const externalId = String(inAnswer(orders, 'data.0.external_id'))
  expect(rowsOf(await support.call('GET', `${own}/orders?q=${externalId}`))).toBe(1)
  expect(rowsOf(await support.call('GET', `${own}/orders?q=nothing`))).toBe(0)

  const shops = await createIwocapayWorld({
    database: world.app.services.database,
    keyRing: world.app.services.keyRing,
  })
  const shop = await shops.shop()
  const { id: checkoutId } = await shop.order()
  const shopOwn = `/operator/partners/${shop.seller.partnerId}`
  expect((await support.call('GET', `${shopOwn}/checkouts`)).json).toMatchObject({
    data: [{ id: checkoutId }],
  })
  expect(
    (await support.call('POST', `/operator/checkouts/${checkoutId}/retry`)).status,
  ).toBeGreaterThanOrEqual(400)
  const ended = await support.call('POST', `/operator/checkouts/${checkoutId}/cancel`)
  expect(ended.json).toMatchObject({ status: 'unsuccessful', reason: 'cancelled' })
  expect(problemOf(await support.call('POST', `/operator/checkouts/${checkoutId}/cancel`))).toEqual([
    409,
    'order_ended',
  ])
  for (const verb of ['retry', 'cancel'])
    expect(problemOf(await support.call('POST', `/operator/checkouts/${newId()}/${verb}`))).toEqual([
      404,
      'order_not_found',
    ])
})
