import { expect, test } from 'vitest'
import { canBeNumberOf, findCarrier, parsePhoneNumber } from './phone-numbers.ts'

test.each([
  ['+2348031234567', 'NG', 'MTN'],
  ['254722123456', 'KE', 'Safaricom'],
  ['+8613812345678', 'CN', 'China Mobile'],
])('%s is a number of %s, in a range of %s', async (text, country, carrier) => {
  expect(parsePhoneNumber(text)).toEqual({ e164: `+${text.replace('+', '')}`, country })
  expect(await findCarrier(text)).toBe(carrier)
})

test.each(['', '08031234567', '+0803123456', 'phone', '+234', '+99912345678', '+234803123456789012'])(
  '"%s" is nobody’s number',
  async (text) => {
    expect(parsePhoneNumber(text)).toBeUndefined()
    expect(await findCarrier(text)).toBeUndefined()
    expect(canBeNumberOf('NG', text)).toBe(false)
  },
)

test('a range that nobody publishes names nobody', async () => {
  expect(await findCarrier('+12125550100')).toBeUndefined()
})

test.each([
  ['NG', '+2348031234567', true],
  ['KE', '+2348031234567', false],
  ['MF', '+590690123456', true],
  ['CX', '+61412345678', true],
  ['US', '+18765550000', false],
  ['JM', '+18765550000', true],
  ['RU', '+77011234567', false],
  ['KZ', '+77011234567', true],
  // Antarctica's stations have numbers of other countries.
  ['AQ', '+61412345678', true],
])('whether a number can be one of %s: %s, %s', (country, text, can) => {
  expect(canBeNumberOf(country, text)).toBe(can)
})
