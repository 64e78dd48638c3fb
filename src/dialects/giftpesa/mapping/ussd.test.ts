import { expect, test } from 'vitest'
import { menuTexts } from '../pages/menu.ts'
import { readTypedAmount, readUssd } from './ussd.ts'
import type { Till } from '../../../core/merchants/merchant.ts'

test.each([
  ['', { step: 'start' }],
  ['1', { step: 'balance' }],
  ['2', { step: 'ask_till' }],
  ['2*123456', { step: 'ask_amount', till: '123456' }],
  ['2*123456*70.5', { step: 'confirm', till: '123456', amount: 70_500_000n }],
  ['2*123456*70*1', { step: 'send_code', till: '123456', amount: 70_000_000n }],
  ['2*123456*70*2', { step: 'declined' }],
  ['2*123456*70*1*482913', { step: 'pay', code: '482913' }],
  ['3', { step: 'ask_code' }],
  ['3*482913', { step: 'pay', code: '482913' }],
  ['2*123456*0', { step: 'bad_amount' }],
  ['2*123456*-5', { step: 'bad_amount' }],
  ['2*123456*70*3', { step: 'unknown' }],
  ['2*123456*70*1*482913*9', { step: 'unknown' }],
  ['3*482913*1', { step: 'unknown' }],
  ['1*1', { step: 'unknown' }],
  ['4', { step: 'unknown' }],
  ['*', { step: 'unknown' }],
] as const)('%j is a step', (text, step) => {
  expect(readUssd(text)).toEqual(step)
})

test.each(['70', '70.5', '70.50', '1,000', ' 1 000 '])('%j is an amount', (text) => {
  expect(readTypedAmount(text)).toBeGreaterThan(0n)
})

test.each(['', '0', '0.00', '-1', '1e3', '1.005', '.5', '70.', 'ten', '9999999999'])('%j is none', (text) => {
  expect(readTypedAmount(text)).toBeUndefined()
})

test.each(['en', 'ru'] as const)('every screen in %s fits a telephone with long names', (locale) => {
  const texts = menuTexts[locale]
  const long = 'x'.repeat(200)
  const till = { number: '1', name: long, merchant: { name: long } } as Till // Its names are all that is shown.
  const amount = 999_999_999_990_000n
  const paid = { receipt: 'PEKL98SX', transactionCode: 'T1234567', amount, merchantName: long }
  const screens = [
    texts.start,
    texts.balance(amount, 100, new Date('2030-12-31')),
    texts.balance(0n, 0, undefined),
    texts.askTill,
    texts.askAmount(till),
    texts.confirm(till, amount),
    texts.codeSent,
    texts.askCode,
    texts.paid(paid as Parameters<typeof texts.paid>[0]), // The same.
    texts.declined,
    texts.badAmount,
    texts.unknown,
    texts.foreign,
  ]
  for (const screen of screens) expect(`CON ${screen}`.length, screen).toBeLessThanOrEqual(182)
})
