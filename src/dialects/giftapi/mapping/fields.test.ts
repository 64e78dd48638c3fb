import { describe, expect, test } from 'vitest'
import type { Product, ProductField, Sku } from '../../../core/catalogue/catalogue.ts'
import { parseJson } from '../../../values/json.ts'
import { readFields, toFields, toRequestKey } from './fields.ts'
import type { Fields } from './fields.ts'

const skuId = '019bc0dd-8562-7173-afd9-a5cc534fafb7'

describe('the quantity', () => {
  test('is 1 if absent or null, and then no customer data is kept', () => {
    expect(read('{}')).toEqual({ quantity: 1, amount: undefined, customerData: undefined, problems: [] })
    expect(read('{"quantity":null}')).toMatchObject({ quantity: 1, problems: [] })
    expect(read('{"quantity":3}')).toMatchObject({ quantity: 3, customerData: undefined })
  })

  test.each(['0', '-1', '1.5', '11', '"2"', 'true', '[1]', '{}', '12345678901234567890', '1e400'])(
    '%s is refused',
    (quantity) => {
      const { problems } = read(`{"quantity":${quantity}}`)
      expect(problems).toEqual([
        { field: 'item.fields.quantity', sentence: 'The quantity must be a whole number from 1 to 10.' },
      ])
    },
  )

  test('of a recharge is 1', () => {
    const recharge = { type: 'recharge_fixed' } as const
    expect(read('{"quantity":1}', recharge).problems).toEqual([])
    expect(read('{"quantity":2}', recharge).problems).toHaveLength(1)
  })
})

describe('the amount of a custom denomination', () => {
  const custom = {
    type: 'voucher_open_range',
    denomination: { kind: 'range', least: 5_000_000n, most: 10n ** 18n },
  } as const

  test.each([
    ['5', 5_000_000n],
    ['"5.50"', 5_500_000n],
    ['0.5e1', 5_000_000n],
    ['999999999999.999999', 999_999_999_999_999_999n],
    ['123456789012.345678', 123_456_789_012_345_678n],
  ])('%s is taken digit by digit', (amount, micros) => {
    expect(read(`{"amount":${amount}}`, custom)).toMatchObject({ amount: micros, problems: [] })
  })

  test('is echoed with all its digits beside the quantity', () => {
    expect(JSON.stringify(read('{"amount":123456789012.345678}', custom).customerData)).toBe(
      '{"amount":123456789012.345678,"quantity":1}',
    )
  })

  test.each([
    '4.999999',
    '1000000000000.000001',
    '0',
    '-5',
    '5.0000001',
    '"five"',
    '"NaN"',
    '1e400',
    'true',
    '""',
  ])('%s is refused', (amount) => {
    expect(read(`{"amount":${amount}}`, custom).problems.map(({ field }) => field)).toEqual([
      'item.fields.amount',
    ])
  })

  test('is required there, and ignored where the denomination is fixed', () => {
    expect(read('{}', custom).problems).toEqual([
      { field: 'item.fields.amount', sentence: 'The amount field is required.' },
    ])
    expect(read('{"amount":"what"}')).toMatchObject({
      amount: undefined,
      customerData: undefined,
      problems: [],
    })
  })
})

describe('the fields of a product', () => {
  const phone: ProductField = {
    code: 'phone',
    name: 'Phone',
    type: 'phone',
    required: true,
    pattern: '\\+?254\\d{9}',
  }
  const account: ProductField = {
    code: 'account',
    name: 'Account',
    type: 'text',
    required: true,
    min: 4,
    max: 6,
  }
  const email: ProductField = { code: 'email', name: 'Email', type: 'email', required: false }
  const meters: ProductField = {
    code: 'meters',
    name: 'Meters',
    type: 'number',
    required: false,
    min: 0.5,
    max: 10,
  }
  const server: ProductField = {
    code: 'server',
    name: 'Server',
    type: 'select',
    required: true,
    options: ['eu', 'us'],
  }

  test.each([
    [phone, '"+254700000001"'],
    [phone, '"254700000001"'],
    [account, '"1234"'],
    [email, '"a.b@example.com"'],
    [meters, '0.5'],
    [meters, '"10"'],
    [server, '"eu"'],
  ])('%o takes %s, and the order keeps it', (field, value) => {
    const { problems, customerData } = read(`{"${field.code}":${value}}`, { fields: [field] })
    expect(problems).toEqual([])
    expect(JSON.stringify(customerData)).toBe(`{"${field.code}":${value},"quantity":1}`)
  })

  test.each([
    [phone, '"0700000001"'],
    [phone, '"+255700000001"'],
    [phone, '"+254 700 000 001"'],
    [phone, '254700000001'],
    [phone, '"+2547000000012"'],
    [phone, '"+2547000000012345678"'],
    [account, '"123"'],
    [account, '"1234567"'],
    [account, `"${'9'.repeat(300)}"`],
    [email, '"example.com"'],
    [email, '"a@b"'],
    [meters, '0.4'],
    [meters, '10.000001'],
    [meters, '"many"'],
    [server, '"asia"'],
    [server, '["eu"]'],
    [phone, '{}'],
  ])('%o refuses %s', (field, value) => {
    const { problems } = read(`{"${field.code}":${value}}`, { fields: [field] })
    expect(problems.map((problem) => problem.field)).toEqual([`item.fields.${field.code}`])
  })

  test('that are required and missing, null or empty are each named', () => {
    const all = { fields: [phone, account, email, server] }
    const wanted = ['item.fields.phone', 'item.fields.account', 'item.fields.server']
    expect(read('{"phone":null,"account":""}', all).problems.map(({ field }) => field)).toEqual(wanted)
  })

  test('that the product does not know are neither checked nor kept', () => {
    expect(read('{"phone":"+254700000001","colour":{"deep":[1]}}', { fields: [phone] }).customerData).toEqual(
      { phone: '+254700000001', quantity: 1 },
    )
  })
})

describe('the request key', () => {
  const key = (json: string, sku = skuId): string => toRequestKey(sku, fieldsOf(json))

  test.each([
    ['{}', '{"quantity":1}'],
    ['{"phone":"+1","account":"x"}', '{"account":"x","phone":"+1"}'],
    ['{"phone":null}', '{}'],
    ['{"amount":5}', '{"amount":"5.00"}'],
    ['{"amount":5}', '{"amount":5.0}'],
    ['{"x":{"a":1,"b":2}}', '{"x":{"b":2,"a":1}}'],
  ])('of %s and %s is one', (a, b) => {
    expect(key(a)).toBe(key(b))
  })

  test.each([
    ['{}', '{"quantity":2}'],
    ['{"amount":5}', '{"amount":5.000001}'],
    ['{"amount":123456789012.345678}', '{"amount":123456789012.345679}'],
    ['{"phone":"+1"}', '{"phone":"+2"}'],
    ['{"phone":"+1"}', '{"account":"+1"}'],
    ['{"x":"1"}', '{"x":1}'],
    ['{"x":[1,2]}', '{"x":[12]}'],
  ])('of %s and %s differs', (a, b) => {
    expect(key(a)).not.toBe(key(b))
  })

  test('names the SKU in any case', () => {
    expect(key('{}', skuId.toUpperCase())).toBe(key('{}'))
    expect(key('{}', '019bc0dd-8562-7173-afd9-a5cc534fafb8')).not.toBe(key('{}'))
  })
})

test.each(['[]', '"x"', '5', '12345678901234567890', 'true'])('fields that are %s are no fields', (json) => {
  expect(toFields(parseJson(json))).toBeUndefined()
})

function fieldsOf(json: string): Fields {
  const fields = toFields(parseJson(json))
  if (fields === undefined) throw new Error(`${json} is no object.`)
  return fields
}

function read(
  json: string,
  {
    type = 'voucher',
    fields = [],
    denomination = { kind: 'fixed', value: 1_000_000n },
  }: Partial<Pick<Product, 'type' | 'fields'> & Pick<Sku, 'denomination'>> = {},
) {
  const sku = { denomination, maxPerOrder: 10, currency: 'AED' } as Sku // All that is looked at.
  return readFields({ type, fields } as Product, sku, fieldsOf(json)) // Likewise.
}
