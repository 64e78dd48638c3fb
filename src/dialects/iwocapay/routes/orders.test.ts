import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from '../../../../test/receiver.ts'
import { createIwocapayWorld } from '../../../../test/iwocapay-world.ts'
import type { IwocapayClient, IwocapayWorld } from '../../../../test/iwocapay-world.ts'
import { sql } from '../../../platform/database.ts'
import { openHttpClient } from '../../../platform/http.ts'
import { openLog } from '../../../platform/log.ts'
import { createCredential } from '../../../core/partners/create-credential.ts'
import { deliverWebhooks } from '../../../core/webhooks/deliver-webhooks.ts'
import { events } from '../events.ts'

let world: IwocapayWorld
let shop: IwocapayClient
let other: IwocapayClient

beforeAll(async () => {
  world = await createIwocapayWorld()
  ;[shop, other] = [await world.shop(), await world.shop()]
})

/** As a shop's plugin checks it, in a few lines of its own. */
function isGenuine(accessToken: string, body: string, header: string | null): boolean {
  return header === createHmac('sha256', accessToken).update(Buffer.from(body)).digest('base64')
}

const edge = (id: string) => `/api/lending/edge/ecommerce/order/${id}/`
const ofSeller = (id: string, { seller } = shop) => `/api/iwocapay/ecommerce/seller/${seller.id}/order/${id}/`
const pointers = (json: unknown) =>
  (json as { errors: { source?: { pointer?: string } }[] }).errors.map(({ source }) => source?.pointer) // As the contract says.

test('an order is created, and found under both paths with all that a shop needs', async () => {
  const created = await shop.create({ meta_data: { basket: [1, 2.5], note: 'é' }, source: 'woocommerce' })
  expect(created.status).toBe(201)
  expect(created.json).toMatchObject({
    data: {
      amount: 4_200,
      reference: '#order1',
      status: 'CREATED',
      allowed_payment_terms: ['PAY_NOW', 'PAY_LATER'],
    },
  })
  const { data } = created.json as { data: { id: string; order_url: string } } // As asserted.
  expect(data.order_url).toMatch(new RegExp(`^${world.app.baseUrl}/iwocapay/pay\\?order=${data.id}&key=`))
  for (const path of [
    edge(data.id),
    edge(data.id).slice(0, -1),
    ofSeller(data.id),
    ofSeller(data.id).slice(0, -1),
  ]) {
    const found = await shop.get(path)
    expect(found.status).toBe(200)
    expect(found.json).toMatchObject({
      data: {
        ...data,
        redirect_url: `https://shop.example/thanks?orderId=${data.id}`,
        pricing: { representative_interest: 0.03, promotions: [] },
        pay_link_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        seller_name: 'Bright Tools',
        meta_data: { basket: [1, 2.5], note: 'é' },
      },
    })
    expect(isGenuine(shop.accessToken, found.text, found.headers.get('x-iwocapay-hmac-sha256'))).toBe(true)
  }
})

test('an order comes as a form, too', async () => {
  const form = new URLSearchParams([
    ['data[amount]', '4200.50'],
    ['data[reference]', '#order1'],
    ['data[allowed_payment_terms][]', 'PAY_LATER'],
    ['data[meta_data][basket][0][sku]', 'A'],
    ['data[meta_data][basket][0][count]', '2'],
  ]).toString()
  const created = await shop.create({}, { form })
  expect(created.status, created.text).toBe(201)
  expect(created.json).toMatchObject({ data: { amount: 4_200.5, allowed_payment_terms: ['PAY_LATER'] } })
  const { data } = created.json as { data: { id: string } } // As asserted.
  expect((await shop.get(edge(data.id))).json).toMatchObject({
    data: { meta_data: { basket: [{ sku: 'A', count: '2' }] } },
  })
})

test('an order below what can be paid later can be paid now, and its own redirect wins', async () => {
  const { id } = await shop.order({ amount: '20.00', redirect_url: 'https://shop.example/own?a=1' })
  expect((await shop.get(edge(id))).json).toMatchObject({
    data: { allowed_payment_terms: ['PAY_NOW'], redirect_url: `https://shop.example/own?a=1&orderId=${id}` },
  })
})

test('a create with an Idempotency-Key is repeated for ever with one order, and with another one refused', async () => {
  const headers = { 'idempotency-key': 'basket-17' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => shop.create({}, { headers })))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(answers.every(({ status }) => status === 201)).toBe(true)
  expect((await shop.create({ amount: 4_201 }, { headers })).status).toBe(409)
  expect((await other.create({}, { headers })).text).not.toBe(answers[0]?.text)
  const [first, second] = [await shop.create(), await shop.create()]
  expect(first.text).not.toBe(second.text)
})

describe('refuses', () => {
  test.each([
    ['no amount', { amount: undefined }, '/data/amount'],
    ['an amount of nothing', { amount: 0 }, '/data/amount'],
    ['less than nothing', { amount: -5 }, '/data/amount'],
    ['part of a penny', { amount: 200.001 }, '/data/amount'],
    ['words for an amount', { amount: 'much' }, '/data/amount'],
    ['more than can be paid later', { amount: 30_001, allowed_payment_terms: ['PAY_LATER'] }, '/data/amount'],
    ['less than can be paid later', { amount: 149.99, allowed_payment_terms: ['PAY_LATER'] }, '/data/amount'],
    ['no reference', { reference: undefined }, '/data/reference'],
    ['an empty reference', { reference: '' }, '/data/reference'],
    ['unknown terms', { allowed_payment_terms: ['PAY_NEVER'] }, '/data/allowed_payment_terms/0'],
    ['no terms', { allowed_payment_terms: [] }, '/data/allowed_payment_terms'],
    ['a redirect to a script', { redirect_url: 'javascript:alert(1)' }, '/data/redirect_url'],
    ['a webhook to a private address', { webhook_url: 'http://10.0.0.1/' }, '/data/webhook_url'],
  ])('%s', async (_name, changes, pointer) => {
    const answer = await shop.create(changes)
    expect(answer.status).toBe(400)
    expect(pointers(answer.json)[0]).toBe(pointer)
  })

  test('a body without data, one that is no JSON, and a form that contradicts itself', async () => {
    const path = `/api/lending/edge/ecommerce/seller/${shop.seller.id}/order`
    expect((await shop.call('POST', path, {})).status).toBe(400)
    expect((await shop.call('POST', path, '{"data":')).status).toBe(400)
    for (const form of [
      'data=1&data[amount]=2',
      'data[amount]=1&data[amount]=2',
      'data[[amount]=1',
      'a[__proto__][b]=1',
      '%ff=1',
    ])
      expect((await shop.create({}, { form })).status, form).toBe(400)
  })

  test('a token that is wrong or another shop’s', async () => {
    const path = `/api/lending/edge/ecommerce/seller/${shop.seller.id}/order/`
    const wrong = await shop.call('POST', path, {}, { headers: { authorization: 'Bearer scrip_wrong' } })
    expect(wrong.status).toBe(401)
    const body = { data: { amount: 4_200, reference: '#1' } }
    expect((await other.call('POST', path, body)).status).toBe(403)
    expect((await other.call('POST', path.replace(shop.seller.id, 'nobody'), body)).status).toBe(403)
  })

  test('another shop’s order as one that does not exist', async () => {
    const { id } = await shop.order()
    const nobody = '0199a1b2-0000-7000-8000-000000000000'
    for (const method of ['GET', 'DELETE']) {
      const [foreign, unknown, nonsense] = [
        await other.call(method, edge(id)),
        await other.call(method, edge(nobody)),
        await other.call(method, edge('nonsense')),
      ]
      expect([foreign.status, unknown.status, nonsense.status]).toEqual([404, 404, 404])
      expect([foreign.text, nonsense.text]).toEqual([unknown.text, unknown.text])
      expect((await other.call(method, ofSeller(id))).status).toBe(403)
      expect((await other.call(method, ofSeller(id, other))).status).toBe(404)
    }
    expect(await shop.status(id)).toBe('CREATED')
  })
})

test('an order is cancelled once, on both paths', async () => {
  for (const path of [edge, ofSeller]) {
    const { id } = await shop.order()
    const cancelled = await shop.call('DELETE', path(id))
    expect([cancelled.status, cancelled.json]).toMatchObject([200, { data: { status: 'UNSUCCESSFUL' } }])
    const again = await shop.call('DELETE', path(id))
    expect([again.status, again.json]).toEqual([
      400,
      { errors: [{ detail: "Can't cancel order of terminal state", code: 'order_ended' }] },
    ])
  }
})

test('every change of the status goes to the order’s own address, signed over its raw body, once each', async () => {
  const receiver = await startReceiver()
  const http = openHttpClient({ allowLoopback: true })
  const { database, keyRing } = world.app.services
  const writers = new Map([['iwocapay', events]])
  const parts = { database, keyRing, http, log: openLog('silent'), writers, notify: async () => undefined }
  const delivery = deliverWebhooks({ ...parts, pollMs: 25 })
  const deciding = world.startDeciding()
  const { id } = await shop.order({ webhook_url: receiver.url })
  await world.checkouts.agree(id)
  await expect.poll(() => receiver.received.length).toBe(3)
  const told = receiver.received.map(
    ({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data,
  ) // As the contract says.
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['PENDING', 'APPROVED', 'SUCCESSFUL']))
  for (const [place, { body, headers }] of receiver.received.entries()) {
    expect(isGenuine(shop.accessToken, body, headers['x-iwocapay-hmac-sha256'] ?? null)).toBe(true)
    expect(headers['webhook-signature']).toMatch(/^v1,/)
    expect(told[place]).toMatchObject({
      webhook_id: headers['webhook-id'],
      event_type: 'ORDER_STATUS_CHANGED',
      order_id: id,
      amount: 4_200,
      reference: '#order1',
    })
  }
  await delivery.stop()
  await deciding.stop()
  await http.close()
})

test('what is told of an order is signed with the token that the shop made it with, though another shop of the partner has a newer one', async () => {
  const receiver = await startReceiver()
  const http = openHttpClient({ allowLoopback: true })
  const { database, keyRing } = world.app.services
  const own = await world.shop()
  const { id } = await own.order({ webhook_url: receiver.url })
  const newer = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, {
      partnerId: own.seller.partnerId,
      dialect: 'iwocapay',
      label: 'another shop',
      withSecret: false,
      keepToken: true,
    }),
  )
  const writers = new Map([['iwocapay', events]])
  const parts = { database, keyRing, http, log: openLog('silent'), writers, notify: async () => undefined }
  const delivery = deliverWebhooks({ ...parts, pollMs: 25 })
  await own.call('DELETE', edge(id))
  await expect.poll(() => receiver.received.length).toBeGreaterThan(0)
  const [{ body, headers } = { body: '', headers: {} }] = receiver.received
  const signature = (headers as Record<string, string>)['x-iwocapay-hmac-sha256'] ?? null
  expect([isGenuine(own.accessToken, body, signature), isGenuine(newer.token, body, signature)]).toEqual([
    true,
    false,
  ])
  await delivery.stop()
  await http.close()
})

test('eight tries of a webhook go over 24 hours', () => {
  expect(events.scheduleSeconds).toHaveLength(8)
  expect(events.scheduleSeconds.reduce((sum, wait) => sum + wait, 0)).toBe(86_400)
})

test('a refusal to a known shop is signed as well, and one to a stranger is not', async () => {
  const refused = await shop.get(edge('nonsense'))
  expect(isGenuine(shop.accessToken, refused.text, refused.headers.get('x-iwocapay-hmac-sha256'))).toBe(true)
  const stranger = await shop.call('GET', edge('nonsense'), undefined, {
    headers: { authorization: 'Bearer x' },
  })
  expect([stranger.status, stranger.headers.get('x-iwocapay-hmac-sha256')]).toEqual([401, null])
})

test('the access token is kept sealed, and neither it nor a link to pay stands in the API log', async () => {
  const { url } = await shop.order()
  await fetch(url)
  await world.app.callLog.flush()
  const rows = await world.app.services.database.query(sql`
    select (select json_agg(c)::text from api_calls c) as calls, (select json_agg(c)::text from credentials c) as credentials`)
  const stored = JSON.stringify(rows)
  expect(stored).not.toContain(shop.accessToken)
  expect(stored).not.toContain(new URL(url).searchParams.get('key'))
})

describe('what a shop’s plugin asks', () => {
  const check = (id: string) => `/api/iwocapay/ecommerce/seller/${id}/connection_check/`
  const eventsOf = (id: string) => `/api/iwocapay/seller/integrations/${id}/events/`

  test('whether its settings are right', async () => {
    const good = await shop.get(check(shop.seller.id))
    expect([good.status, good.json]).toEqual([
      200,
      { data: { seller_name: 'Bright Tools', environment: 'sandbox' } },
    ])
    expect(isGenuine(shop.accessToken, good.text, good.headers.get('x-iwocapay-hmac-sha256'))).toBe(true)
    expect((await shop.get(check(other.seller.id))).status).toBe(403)
    expect((await shop.get(check('nobody'))).status).toBe(403)
  })

  test('that its events are taken, at most a hundred', async () => {
    const event = {
      event_type: 'installed',
      integration_name: 'woo',
      integration_version: '1.2',
      meta_data: {},
    }
    const send = (count: number, changes = {}) =>
      shop.call('POST', eventsOf(shop.seller.id), {
        events: Array.from({ length: count }, () => ({ ...event, ...changes })),
      })
    expect((await send(100)).status).toBe(202)
    expect((await send(101)).status).toBe(400)
    expect((await send(1, { event_type: '' })).status).toBe(400)
    expect((await other.call('POST', eventsOf(shop.seller.id), { events: [] })).status).toBe(403)
  })

  test('what a loan would cost, to the penny', async () => {
    const ask = (query: string) => shop.get(`/api/lending/edge/example_repayment_schedule/?${query}`)
    const good =
      'product=iwocapay&30_day_rate=0.0333&initial_principal=4200&loan_duration_months=3&promotions=%5B%5D'
    const { status, json } = await ask(good)
    expect(status).toBe(200)
    const { data } = json as { data: { date: string; principal: number; interest: number; total: number }[] } // As the contract says.
    expect(data).toHaveLength(3)
    expect(data.reduce((sum, one) => sum + Math.round(one.principal * 100), 0)).toBe(420_000)
    for (const one of data)
      expect(Math.round(one.total * 100)).toBe(
        Math.round(one.principal * 100) + Math.round(one.interest * 100),
      )
    for (const bad of [
      '30_day_rate=2',
      'initial_principal=0.001',
      'loan_duration_months=13',
      'product=other',
    ])
      expect((await ask(good.replace(new RegExp(`${bad.split('=')[0]}=[^&]*`), bad))).status, bad).toBe(400)
  })
})
