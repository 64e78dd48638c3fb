import { expect, test } from 'vitest'
import { spellPath } from './paths.ts'

test.each([
  ['/api/v1/product/categories', '/api/v1/Product/Categories'],
  ['/API/V1/PRODUCT/SUBCATEGORY/GiftCard/', '/api/v1/Product/SubCategory/GiftCard'],
  ['/api/v1/report/reseller/transactionhistory', '/api/v1/Report/Reseller/TransactionHistory'],
  [
    '/api/v1/voucher/details/250311224805113784:S:LGBYB',
    '/api/v1/Voucher/Details/250311224805113784:S:LGBYB',
  ],
  ['/api/v1/product/8746', '/api/v1/Product/8746'],
  ['/api/v1/nothing/here', '/api/v1/nothing/here'],
  ['/', '/'],
  ['', ''],
])('the path %s is %s', (given, spelled) => {
  expect(spellPath(given)).toBe(spelled)
})
