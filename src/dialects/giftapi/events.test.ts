import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../../../test/eventually.ts'
import { at, createGiftapiWorld } from '../../../test/giftapi-world.ts'
import { startReceiver } from '../../../test/receiver.ts'
import type { Order } from '../../core/orders/order.ts'
import { createEndpoint } from '../../core/webhooks/create-endpoint.ts'
import { deliverWebhooks } from '../../core/webhooks/deliver-webhooks.ts'
import type { EventFacts } from '../../core/webhooks/writer.ts'
import { openHttpClient } from '../../platform/http.ts'
import { newId } from '../../platform/ids.ts'
import { openLog } from '../../platform/log.ts'
import { parseId } from '../../values/ids.ts'
import type { EventId, OrderId, PartnerId, SkuId, WalletId } from '../../values/ids.ts'
import { currency } from '../../../test/world.ts'
import { events } from './events.ts'

function id<T extends NonNullable<ReturnType<typeof parseId>>>(text: string): T {
  const parsed = parseId<T>(text)
  if (parsed === undefined) throw new Error(`${text} is no id.`)
  return parsed
}

const happenedAt = new Date('2026-01-15T12:58:23Z')
const partnerId = newId<PartnerId>()

/** The order of the vendor's example. */
const order: Order = {
  partnerId,
  id: id<OrderId>('12161770-8560-4377-9795-e8a70aaceb07'),
  externalId: 'ORD-12345',
  dialect: 'giftapi',
  walletId: newId<WalletId>(),
  status: 'completed',
  currency: currency('USD'),
  totalAmount: 29_090_000n,
  metadata: undefined,
  createdAt: happenedAt,
  completedAt: happenedAt,
  items: [
    {
      item: 1,
      skuId: id<SkuId>('019bc0dd-8562-7173-afd9-a5cc534fafb7'),
      skuName: '$30 Apple Gift Card',
      quantity: 1,
      delivered: 1,
      unitPrice: 29_090_000n,
      status: 'completed',
      customerData: undefined,
      errorCode: undefined,
      receipts: [],
      codes: [
        {
          id: newId(),
          code: 'ABCD-EFGH-IJKL-MNOP',
          pin: undefined,
          serial: 'VOUCHER123456',
          url: undefined,
          lpa: undefined,
          expiresOn: '2027-01-15',
        },
      ],
    },
  ],
}

const facts: EventFacts = {
  id: id<EventId>('550e8400-e29b-41d4-a716-446655440000'),
  type: 'order.completed',
  happenedAt,
  partnerId,
  details: {},
  order,
}

describe('the body', () => {
  test("is the vendor's example, key by key and digit by digit", () => {
    const path = join(import.meta.dirname, 'examples/event-order-status-changed.json')
    const example: unknown = JSON.parse(readFileSync(path, 'utf8'))
    expect(events.write(facts).body).toBe(JSON.stringify(example))
  })

  test('is the same on each try, whatever became of the order meanwhile', () => {
    const later = { ...facts, order: { ...order, status: 'failed' as const } }
    expect(events.write(later).body).toBe(events.write(facts).body)
  })

  test.each([
    ['order.completed', 'completed'],
    ['order.partially_completed', 'partially_completed'],
    ['order.failed', 'failed'],
  ])('of %s has the status %s', (type, status) => {
    expect(JSON.parse(events.write({ ...facts, type }).body)).toMatchObject({ data: { order: { status } } })
  })

  test('of a test event has no order', () => {
    const { body } = events.write({ ...facts, type: 'test', order: undefined })
    expect(JSON.parse(body)).toEqual({
      event: 'test',
      timestamp: '2026-01-15T12:58:23+00:00',
      idempotency_key: facts.id,
      data: {},
    })
  })
})

describe('the signature', () => {
  const sign = (secret: string, seconds: number): string =>
    createHmac('sha256', secret).update(`${seconds}order.status_changed${facts.id}`).digest('hex')

  test('is the lowercase hex HMAC-SHA256 of timestamp, event and key, made for each try', () => {
    const { headers } = events.write(facts)
    const secrets = { credentialSecret: 'partner-secret', endpointSecret: 'whsec_' }
    for (const nowMs of [1_768_478_058_000, 1_768_478_068_999]) {
      const seconds = Math.floor(nowMs / 1_000)
      expect(headers(secrets, nowMs)).toEqual({
        'X-Timestamp': String(seconds),
        'X-Signature': sign('partner-secret', seconds),
      })
    }
  })

  test('is left out where the partner has no secret', () => {
    const secrets = { credentialSecret: undefined, endpointSecret: 'whsec_' }
    expect(events.write(facts).headers(secrets, 1_000)).toEqual({ 'X-Timestamp': '1' })
  })
})

test('three tries: at once, after 10 s, after 100 s more; ten seconds for an answer', () => {
  expect([events.scheduleSeconds, events.timeoutMs]).toEqual([[0, 10, 100], 10_000])
})

test('a purchase is told with its codes, signed under the secret of the API key', async () => {
  const world = await createGiftapiWorld()
  const { database, keyRing } = world.app.services
  const partner = await world.partner()
  await world.stock('APPLE-2', [{ code: 'CODE-1', serial: 'SERIAL-1', expiresOn: '2027-01-15' }])
  const receiver = await startReceiver()
  const rules = { eventTypesOf: () => events.eventTypes, requireHttps: false, allowLoopback: true }
  const command = { partnerId: partner.partnerId, dialect: 'giftapi', url: receiver.url, actor: 'test' }
  await database.inTransaction((tx) => createEndpoint(tx, keyRing, command, rules))
  const bought = await partner.order('WEBHOOK-1', world.sku('APPLE-2'))
  expect(bought.status).toBe(201)
  const http = openHttpClient({ allowLoopback: true })
  const writers = new Map([['giftapi', events]])
  const notify = async (): Promise<void> => undefined
  const delivery = deliverWebhooks({ database, keyRing, http, log: openLog('silent'), writers, notify })
  afterAll(async () => {
    await delivery.stop()
    await http.close()
  })
  await eventually(() => receiver.received.length).toBe(1)
  const [got] = receiver.received
  const eventId = got?.headers['webhook-id'] ?? ''
  expect(JSON.parse(got?.body ?? '')).toMatchObject({
    event: 'order.status_changed',
    idempotency_key: eventId,
    data: {
      order: {
        id: at(bought, 'data.id'),
        external_id: 'WEBHOOK-1',
        status: 'completed',
        items: [
          {
            delivery_data: [{ pin: 'CODE-1', serial_number: 'SERIAL-1', expiration_date: '2027-01-15' }],
          },
        ],
      },
    },
  })
  const seconds = got?.headers['x-timestamp'] ?? ''
  expect(Math.abs(Number(seconds) - Date.now() / 1_000)).toBeLessThan(5)
  expect(got?.headers).toMatchObject({
    'x-signature': createHmac('sha256', partner.secret)
      .update(`${seconds}order.status_changed${eventId}`)
      .digest('hex'),
    'webhook-timestamp': seconds,
  })
})
