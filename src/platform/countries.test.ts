import { expect, test } from 'vitest'
import { listCountries, listCurrencies } from './countries.ts'

test('the 249 countries of ISO 3166-1 are there once each, and no user-assigned code', () => {
  const codes = listCountries().map(({ code }) => code)
  expect(codes).toHaveLength(249)
  expect(new Set(codes).size).toBe(249)
  expect(new Set(listCountries().map(({ code3 }) => code3)).size).toBe(249)
  expect(codes).not.toContain('XK')
})

test('a country has both names, its currency and its dial code', () => {
  expect(listCountries().find(({ code }) => code === 'NG')).toEqual({
    code: 'NG',
    code3: 'NGA',
    names: { en: 'Nigeria', ru: 'Нигерия' },
    currency: 'NGN',
    dialCode: '234',
  })
  expect(listCountries().filter(({ names }) => !/[а-яё]/i.test(names.ru ?? ''))).toEqual([])
  expect(listCountries().filter(({ dialCode }) => !/^[1-9]\d{0,6}$/.test(dialCode))).toEqual([])
})

test('only where nobody lives there is no currency', () => {
  expect(
    listCountries()
      .filter(({ currency }) => currency === undefined)
      .map(({ code }) => code),
  ).toEqual(['AQ'])
})

test('currencies have the figures of ISO 4217', () => {
  const figures = new Map(
    listCurrencies().map(({ code, numericCode, decimals }) => [String(code), [numericCode, decimals]]),
  )
  expect(figures.get('USD')).toEqual([840, 2])
  expect(figures.get('JPY')).toEqual([392, 0])
  expect(figures.get('KWD')).toEqual([414, 3])
  expect(figures.get('NGN')).toEqual([566, 2])
  // Unicode's data rounds these as shops do; the standard does not.
  expect(figures.get('IDR')).toEqual([360, 2])
})

test('every currency that a country has is in the list, once, with both names', () => {
  const listed = listCurrencies().map(({ code }) => code)
  const used = new Set(listCountries().flatMap(({ currency }) => currency ?? []))
  expect(new Set(listed)).toEqual(used)
  expect(listed).toHaveLength(used.size)
  expect(new Set(listCurrencies().map(({ numericCode }) => numericCode)).size).toBe(used.size)
  expect(listCurrencies().filter(({ names }) => !/^[А-ЯЁ]/.test(names.ru ?? ''))).toEqual([])
})
