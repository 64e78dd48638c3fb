import { createHmac } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { at, createGiftapiWorld } from '../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../test/giftapi-world.ts'
import { setPartnerStatus } from '../../core/partners/set-partner-status.ts'

let world: GiftapiWorld
let partner: GiftapiClient

beforeAll(async () => {
  world = await createGiftapiWorld()
  partner = await world.partner()
  await world.stock('APPLE-2', 20)
})

afterEach(() => {
  vi.useRealTimers()
})

const routes = [
  'GET /me',
  'GET /balance',
  'GET /balance/history',
  'GET /catalog/products',
  'GET /catalog/products/x',
  'GET /catalog/pricelist',
  'GET /catalog/categories',
  'GET /orders',
  'GET /orders/x',
  'POST /orders',
]

describe('without a valid token', () => {
  test.each(routes)('%s answers 401 and nothing else', async (route) => {
    const [method = '', path = ''] = route.split(' ')
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer wrong',
      `Basic ${partner.token}`,
      partner.token,
      `Bearer ${partner.token}x`,
      `Bearer ${partner.secret}`,
    ]) {
      const answer = await partner.call(method, path, { authorization })
      expect([authorization, answer.status, answer.text]).toEqual([
        authorization,
        401,
        '{"success":false,"message":"The credentials are missing or invalid.","error":"unauthenticated"}',
      ])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('even a body that is no JSON is not looked at', async () => {
    expect(
      await codeOf(
        partner.call(
          'POST',
          '/orders',
          { authorization: 'Bearer wrong', 'content-type': 'application/json' },
          '{',
        ),
      ),
    ).toBe('401 unauthenticated')
  })
})

test('the word Bearer may be written in any case', async () => {
  for (const scheme of ['bearer', 'BEARER'])
    expect((await partner.get('/me', { authorization: `${scheme} ${partner.token}` })).status).toBe(200)
})

test('a suspended partner is told so', async () => {
  const suspended = await world.partner()
  const { database } = world.app.services
  await database.inTransaction((tx) =>
    setPartnerStatus(tx, { partnerId: suspended.partnerId, status: 'suspended', actor: 'test' }),
  )
  await vi.waitFor(async () => expect(await codeOf(suspended.get('/me'))).toBe('403 partner_inactive'), {
    timeout: 10_000,
  })
})

describe('a signed call', () => {
  test('takes the signature in upper case', async () => {
    const body = order('upper')
    const headers = signed('upper')
    expect(
      await codeOf(send(body, { ...headers, 'X-Signature': headers['X-Signature'].toUpperCase() })),
    ).toBe('201')
  })

  test.each([-300, 300])('takes a timestamp %d s from now', async (offset) => {
    const now = freeze()
    expect(await codeOf(send(order(`near ${offset}`), signed(`near ${offset}`, now + offset)))).toBe('201')
  })

  test.each([-301, 301])('refuses a timestamp %d s from now, rightly signed', async (offset) => {
    const now = freeze()
    expect(await codeOf(send(order('far'), signed('far', now + offset)))).toBe('401 timestamp_expired')
  })

  test('refuses a timestamp that is no whole number of seconds', async () => {
    for (const timestamp of ['soon', `${Date.now()}`, '1768478058.5', '-1']) {
      expect([timestamp, await codeOf(send(order('odd'), signed('odd', timestamp)))]).toEqual([
        timestamp,
        '401 timestamp_expired',
      ])
    }
  })

  test('without one of the two headers has none', async () => {
    const { 'X-Timestamp': timestamp, 'X-Signature': signature } = signed('bare')
    expect(await codeOf(send(order('bare'), {}))).toBe('401 signature_missing')
    expect(await codeOf(send(order('bare'), { 'X-Timestamp': timestamp }))).toBe('401 signature_missing')
    expect(await codeOf(send(order('bare'), { 'X-Signature': signature }))).toBe('401 signature_missing')
    expect(await codeOf(send(order('bare'), { 'X-Timestamp': timestamp, 'X-Signature': '' }))).toBe(
      '401 signature_missing',
    )
  })

  test('is refused when anything that was signed is another, or the key', async () => {
    const now = Math.floor(Date.now() / 1000)
    const stranger = await world.partner()
    const good = signed('forged')
    const forgeries = {
      'another external id': signed('forged2'),
      'another SKU': signed('forged', now, world.sku('APPLE-3')),
      'another time': { ...signed('forged', now - 1), 'X-Timestamp': String(now) },
      'the token as key': signed('forged', now, world.sku('APPLE-2'), partner.token),
      'another partner’s secret': signed('forged', now, world.sku('APPLE-2'), stranger.secret),
      'a digit changed': {
        ...good,
        'X-Signature': good['X-Signature'].replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      },
      'no hex': { ...good, 'X-Signature': 'g'.repeat(64) },
      'half of it': { ...good, 'X-Signature': good['X-Signature'].slice(0, 32) },
    }
    for (const [name, headers] of Object.entries(forgeries)) {
      expect([name, await codeOf(send(order('forged'), headers))]).toEqual([name, '401 signature_invalid'])
    }
    expect(at(await partner.get('/orders?external_id=forged'), 'data')).toEqual([])
  })
})

describe('what is told first', () => {
  test('a bad token, then a missing signature, then its time, then the signature, then the fields', async () => {
    const now = Math.floor(Date.now() / 1000)
    const wrongFields = JSON.stringify({
      external_id: 'o',
      item: { sku_id: world.sku('APPLE-2'), fields: { quantity: 99 } },
      metadata: 5,
    })
    const forged = { 'X-Timestamp': String(now), 'X-Signature': '0'.repeat(64) }
    const late = { 'X-Timestamp': String(now - 1000), 'X-Signature': '0'.repeat(64) }
    expect(await codeOf(send(wrongFields, { ...late, authorization: 'Bearer wrong' }))).toBe(
      '401 unauthenticated',
    )
    expect(await codeOf(send(wrongFields, { 'X-Timestamp': late['X-Timestamp'] }))).toBe(
      '401 signature_missing',
    )
    expect(await codeOf(send(wrongFields, late))).toBe('401 timestamp_expired')
    expect(await codeOf(send(wrongFields, forged))).toBe('401 signature_invalid')
    expect(await codeOf(send(wrongFields, signed('o')))).toBe('422 validation_failed')
  })

  test('a forged signature learns nothing of SKUs, orders and funds', async () => {
    await partner.order('known', world.sku('APPLE-2'))
    const forged = { ...signed('known'), 'X-Signature': '0'.repeat(64) }
    const unknownSku = JSON.stringify({
      external_id: 'known',
      item: { sku_id: '019bc0dd-8562-7173-afd9-a5cc534fafb7' },
    })
    const answers = [
      await send(order('known'), forged),
      await send(order('new'), forged),
      await send(unknownSku, forged),
    ]
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  })

  test.each([
    ['{}', ['external_id', 'item.sku_id']],
    ['[]', ['external_id', 'item.sku_id']],
    ['{"external_id":"x"}', ['item.sku_id']],
    ['{"external_id":7,"item":{"sku_id":"x"}}', ['external_id']],
    ['{"external_id":"x","item":"sku"}', ['item.sku_id']],
    ['{"external_id":"x","item":null}', ['item.sku_id']],
    ['{"external_id":"x","item":{"sku_id":["x"]}}', ['item.sku_id']],
  ])('a body that cannot be signed (%s) is told what it lacks', async (body, fields) => {
    const answer = await send(body, signed(''))
    expect([answer.status, at(answer, 'error'), Object.keys(at(answer, 'errors') ?? {})]).toEqual([
      422,
      'validation_failed',
      fields,
    ])
  })

  test.each([
    ['{"external_id":', 400, 'malformed_body'],
    ['"text"', 422, 'validation_failed'],
    ['{"external_id":"\\ud800","item":{"sku_id":"x"}}', 400, 'malformed_body'],
    ['{"external_id":"\\u0000","item":{"sku_id":"x"}}', 400, 'malformed_body'],
  ])('a body that cannot be read (%s) is %d', async (body, status, code) => {
    const answer = await send(body, signed('x'))
    expect([answer.status, at(answer, 'error')]).toEqual([status, code])
  })
})

describe('the envelope', () => {
  test('is the same for what is no route, no method, no JSON and too large', async () => {
    const huge = JSON.stringify({
      external_id: 'x',
      item: { sku_id: 'x' },
      metadata: { text: 'x'.repeat(1_100_000) },
    })
    const answers: [Answer, string][] = [
      [await partner.get('/nothing'), '404 route_not_found'],
      [await partner.call('DELETE', '/orders'), '405 method_not_allowed'],
      [
        await partner.call('POST', '/orders', { ...signed('x'), 'content-type': 'text/plain' }, 'x'),
        '415 unsupported_media_type',
      ],
      [await send(huge, signed('x')), '413 body_too_large'],
    ]
    for (const [answer, wanted] of answers) {
      expect(await codeOf(Promise.resolve(answer))).toBe(wanted)
      expect(answer.json).toEqual({
        success: false,
        message: expect.stringMatching(/\.$/),
        error: expect.any(String),
      })
      expect(answer.headers.get('x-request-id')).toBeTruthy()
    }
  })
})

function freeze(): number {
  const now = Math.floor(Date.now() / 1000)
  vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 + 500 })
  return now
}

function order(externalId: string): string {
  return JSON.stringify({
    external_id: externalId,
    item: { sku_id: world.sku('APPLE-2'), fields: { quantity: 1 } },
  })
}

function signed(
  externalId: string,
  timestamp: number | string = Math.floor(Date.now() / 1000),
  skuId: string = world.sku('APPLE-2'),
  secret = partner.secret,
) {
  const signature = createHmac('sha256', secret).update(`${timestamp}${skuId}${externalId}`).digest('hex')
  return { 'X-Timestamp': String(timestamp), 'X-Signature': signature }
}

function send(body: string, headers: Record<string, string>): Promise<Answer> {
  return partner.call('POST', '/orders', { 'Content-Type': 'application/json', ...headers }, body)
}

async function codeOf(answer: Promise<Answer>): Promise<string> {
  const given = await answer
  const error = at(given, 'error')
  return typeof error === 'string' ? `${given.status} ${error}` : String(given.status)
}
