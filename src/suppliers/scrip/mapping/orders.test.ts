import { describe, expect, test } from 'vitest'
import { currency } from '../../../../test/world.ts'
import type { Purchase, SupplierAnswer } from '../../../core/fulfilment/supplier.ts'
import { parseJson } from '../../../values/json.ts'
import type { Order } from '../wire.ts'
import { toAnswer, toOrderBody } from './orders.ts'

const usd = currency('USD')
const reference = '0199a1b2-0000-7000-8000-000000000001'

const purchase: Purchase = {
  reference,
  productCode: 'SKU-1',
  quantity: 2,
  faceValue: 2_500_000n,
  currency: currency('KES'),
  isOpenAmount: false,
  recipient: {},
  firstSentAtMs: 0,
  askedAtMs: 0,
  tries: 1,
}

const voucher = (pin: string, more: object = {}): object => ({
  pin,
  expiration: null,
  serialNumber: '',
  ...more,
})
const two = [voucher('ONE'), voucher('TWO')]

function answerTo(head: Partial<Order>, item: Partial<Order['items'][number]> = {}): SupplierAnswer {
  const order = {
    id: 'order-1',
    external_id: reference,
    status: 'completed',
    total_amount: 4.4,
    currency: 'USD',
    ...head,
    items: [{ sku_id: 'sku-1', quantity: 2, currency: 'USD', delivery_data: two, ...item }],
  }
  return toAnswer(order, purchase, usd)
}

test('an order that says it all is delivered, at its exact cost', () => {
  expect(answerTo({ total_amount: parseJson('123456789012.123456') })).toEqual({
    state: 'delivered',
    goods: ['ONE', 'TWO'].map((code) => ({ kind: 'code', code })),
    cost: { amount: 123_456_789_012_123_456n, currency: 'USD' },
    supplierReference: 'order-1',
  })
})

test.each([
  ['another order', { external_id: 'another' }, {}],
  ['another SKU', {}, { sku_id: 'SKU-2' }],
  ['another quantity', {}, { quantity: 3 }],
  ['another currency', { currency: 'EUR' }, {}],
  ['another currency of the item', {}, { currency: 'EUR' }],
  ['no readable amount', { total_amount: 'much' }, {}],
  ['an amount finer than money', { total_amount: 0.0000001 }, {}],
  ['a negative amount', { total_amount: -1 }, {}],
  ['no delivery', {}, { delivery_data: [] }],
  ['too few of a complete order', {}, { delivery_data: [voucher('ONE')] }],
  ['too many', {}, { delivery_data: [...two, voucher('THREE')] }],
  ['a repeated code', {}, { delivery_data: [voucher('ONE'), voucher('ONE')] }],
  ['an empty code', {}, { delivery_data: [voucher('ONE'), voucher('')] }],
  ['a blank code', {}, { delivery_data: [voucher('ONE'), voucher('  ')] }],
  ['no code', {}, { delivery_data: [voucher('ONE'), { expiration: null }] }],
  ['a wrong day', {}, { delivery_data: [voucher('ONE'), voucher('TWO', { expiration: 'soon' })] }],
  [
    'a part of a partial order that cannot be read',
    { status: 'partially_completed' },
    { delivery_data: [voucher('ONE'), voucher('')] },
  ],
  ['a partial order without a part', { status: 'partially_completed' }, { delivery_data: [] }],
  ['a status that is new to us', { status: 'refunding' }, {}],
])('with %s it is unknown what happened', (_name, head, item) => {
  expect(answerTo(head, item).state).toBe('unknown')
})

test('an order in work is pending, whatever it shows already', () => {
  for (const status of ['created', 'processing'])
    expect(answerTo({ status })).toMatchObject({ state: 'pending', supplierReference: 'order-1' })
})

test('an order that failed is refused; one that shows what it had delivered was taken back', () => {
  for (const status of ['failed', 'cancelled']) {
    expect(answerTo({ status }, { delivery_data: [] })).toMatchObject({
      state: 'refused',
      reason: 'rejected',
    })
    expect(answerTo({ status })).toMatchObject({ state: 'reversed' })
  }
  const reasonOf = (sentence: string) =>
    answerTo({ status: 'failed' }, { delivery_data: [], error_message: sentence })
  expect(reasonOf('The product is out of stock.')).toMatchObject({ reason: 'out_of_stock' })
  expect(reasonOf('The recipient is invalid.')).toMatchObject({ reason: 'invalid_recipient' })
  expect(reasonOf('The operator is not available.')).toMatchObject({ reason: 'operator_unavailable' })
})

describe('a voucher', () => {
  const goodsOf = (given: object) => {
    const answer = answerTo({}, { delivery_data: [voucher('OTHER'), given] })
    return answer.state === 'delivered' ? answer.goods[1] : answer
  }

  test('has its code in pin, with the rest beside it', () => {
    const more = { serialNumber: 'S1', url: 'https://example.com/r', expiration: '2027-01-15' }
    expect(goodsOf(voucher('ABCD-EFGH', more))).toEqual({
      kind: 'code',
      code: 'ABCD-EFGH',
      serial: 'S1',
      url: 'https://example.com/r',
      expiresOn: '2027-01-15',
    })
  })

  test('has a PIN where the code has a key of its own, or where the pin is too short to be one', () => {
    expect(goodsOf(voucher('1234', { code: 'ABCD', serialNumber: 'S1' }))).toEqual({
      kind: 'code',
      code: 'ABCD',
      pin: '1234',
      serial: 'S1',
    })
    expect(goodsOf(voucher('1234', { serialNumber: '6006491234567890' }))).toEqual({
      kind: 'code',
      code: '6006491234567890',
      pin: '1234',
    })
    expect(goodsOf(voucher('1234'))).toEqual({ kind: 'code', code: '1234' })
  })

  test('may share its PIN with another card', () => {
    const cards = ['1', '2'].map((last) => voucher('1234', { serialNumber: `600649123456789${last}` }))
    expect(answerTo({}, { delivery_data: cards }).state).toBe('delivered')
  })
})

test('the body of an order has the amount with all its digits, and our fields last', () => {
  const recipient = { phone: '+254700000100', quantity: '9' }
  const open = {
    ...purchase,
    quantity: 1,
    isOpenAmount: true,
    faceValue: 123_456_789_012_345_678n,
    recipient,
  }
  expect(JSON.stringify(toOrderBody(open))).toBe(
    `{"external_id":"${reference}","item":{"sku_id":"SKU-1","fields":{"phone":"+254700000100","quantity":1,"amount":123456789012.345678}}}`,
  )
  expect(JSON.stringify(toOrderBody(purchase))).not.toContain('amount')
})
