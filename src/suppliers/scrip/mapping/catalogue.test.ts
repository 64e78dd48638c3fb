import { expect, test } from 'vitest'
import { currency } from '../../../../test/world.ts'
import { toProduct } from './catalogue.ts'

const usd = currency('USD')
const row = { sku_id: 'sku', denomination_type: 'fixed', price: 2.2, currency: 'USD', stock: 100 }
const custom = { ...row, denomination_type: 'custom', currency: 'AED', rate: 0.272, markup_percent: -2 }

test('a fixed product has a cost, and a stock where somebody counts', () => {
  expect(toProduct(row, 'A name', usd)).toEqual({
    productCode: 'sku',
    name: 'A name',
    cost: 2_200_000n,
    costRate: undefined,
    currency: 'USD',
    stock: 100,
  })
  expect(toProduct({ ...row, stock: 9_999 }, 'A name', usd).stock).toBeUndefined()
})

test('a price in a currency that our wallet has not is no cost', () => {
  expect(toProduct({ ...row, currency: 'EUR' }, 'A name', usd).cost).toBeUndefined()
})

test('an open amount has an exact rate, unless a fixed part makes it depend on the amount', () => {
  expect(toProduct(custom, 'A name', usd)).toMatchObject({
    cost: undefined,
    costRate: '0.26656',
    currency: 'USD',
  })
  expect(toProduct({ ...custom, markup_fixed: 0 }, 'A name', usd).costRate).toBe('0.26656')
  expect(toProduct({ ...custom, markup_fixed: 0.1 }, 'A name', usd).costRate).toBeUndefined()
  expect(toProduct({ ...custom, rate: undefined }, 'A name', usd).costRate).toBeUndefined()
})
