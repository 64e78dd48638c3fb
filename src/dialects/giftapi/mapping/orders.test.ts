import { describe, expect, test } from 'vitest'
import type { DeliveredCode, Order } from '../../../core/orders/order.ts'
import { parseJson } from '../../../values/json.ts'
import { toOrder, toOrderInFull } from './orders.ts'

const plain = {
  code: 'AB CD&1',
  pin: undefined,
  serial: undefined,
  url: undefined,
  lpa: undefined,
  expiresOn: undefined,
}

describe('a delivered code', () => {
  test.each([
    ['alone is the pin', {}, { pin: 'AB CD&1', expiration: null, serialNumber: '' }],
    [
      'with a serial number keeps both',
      { serial: 'S1' },
      { pin: 'AB CD&1', expiration: null, serialNumber: 'S1' },
    ],
    [
      'with a PIN is a card, whose number it is',
      { pin: '1234' },
      { pin: '1234', expiration: null, serialNumber: 'AB CD&1' },
    ],
    [
      'with a PIN and a serial number is told beside them',
      { pin: '1234', serial: 'S1' },
      { pin: '1234', expiration: null, serialNumber: 'S1', code: 'AB CD&1' },
    ],
    [
      'that expires says on which day',
      { expiresOn: '2027-01-15' },
      { pin: 'AB CD&1', expiration: '2027-01-15', serialNumber: '' },
    ],
    [
      'with a link of its own has that',
      { url: 'https://example.com/r' },
      { pin: 'AB CD&1', expiration: null, serialNumber: '', url: 'https://example.com/r' },
    ],
  ])('%s', (_, changes, delivery) => {
    expect(toOrder(orderOf({ ...plain, ...changes }), () => undefined).items[0]?.delivery_data).toEqual([
      delivery,
    ])
  })

  test('of a brand that redeems by link has the code in the link, escaped', () => {
    const [item] = toOrder(orderOf(plain), () => 'https://example.com/redeem?code={code}').items
    expect(item?.delivery_data[0]).toMatchObject({ url: 'https://example.com/redeem?code=AB%20CD%261' })
  })
})

test('amounts are written digit by digit, and metadata as they came', () => {
  const text = JSON.stringify(
    toOrder(
      {
        ...orderOf(plain),
        totalAmount: 123_456_789_012_345_678n,
        metadata: parseJson('{"id":12345678901234567890,"x":0.10}'),
      },
      () => undefined,
    ),
  )
  expect(text).toContain('"total_amount":123456789012.345678,')
  expect(text).toContain('"metadata":{"id":12345678901234567890,"x":0.1}')
  expect(text).toContain('"price":29.09,')
})

test('an item tells why it failed in a sentence, whatever the word for it was', () => {
  const failed = (errorCode: string): Order => ({
    ...orderOf(plain),
    items: orderOf(plain).items.map((item) => ({ ...item, errorCode })),
  })
  expect(toOrder(failed('out_of_stock'), () => undefined).items[0]?.error_message).toBe(
    'The product is out of stock.',
  )
  expect(toOrder(failed('constructor'), () => undefined).items[0]?.error_message).toBe(
    'The item could not be delivered.',
  )
})

test('items are numbered only where an order is told in full', () => {
  expect(toOrder(orderOf(plain), () => undefined).items[0]).not.toHaveProperty('id')
  expect(toOrderInFull(orderOf(plain), () => undefined).items[0]).toMatchObject({ id: 1 })
})

function orderOf(code: Omit<DeliveredCode, 'id'>): Order {
  const item = {
    item: 1,
    skuId: '019bc0dd-8562-7173-afd9-a5cc534fafb7',
    skuName: '$30 Apple Gift Card',
    quantity: 1,
    delivered: 1,
    unitPrice: 29_090_000n,
    status: 'completed',
    customerData: undefined,
    errorCode: undefined,
    receipts: [],
    codes: [{ id: 'c', ...code }],
  }
  const order = {
    id: '12161770-8560-4377-9795-e8a70aaceb07',
    externalId: 'ORD-12345',
    status: 'completed',
    currency: 'USD',
    totalAmount: 29_090_000n,
    metadata: undefined,
    createdAt: new Date('2026-01-15T11:54:29.999Z'),
    items: [item],
  }
  return order as unknown as Order // The ids are plain text here, and what the reply does not show is left out.
}
