import { expect, test } from 'vitest'
import { openHttpClient } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import { readScripSettings } from './settings.ts'
import { scrip } from './supplier.ts'

const good = {
  baseUrl: 'https://scrip.example/giftapi/v1/partner/',
  token: 'a-token',
  partnerSecret: 'a-secret',
  currency: 'USD',
}

function fieldsOf(given: unknown): string[] {
  try {
    readScripSettings(given)
    return []
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return failure.fields.map(({ field }) => field)
  }
}

test('settings are read without the slash at the end of the address', () => {
  expect(readScripSettings({ ...good, note: 'left out' })).toEqual({
    ...good,
    baseUrl: 'https://scrip.example/giftapi/v1/partner',
  })
})

test.each([
  [
    'baseUrl',
    [
      '',
      'scrip.example',
      'ftp://scrip.example',
      'https://a:b@scrip.example',
      'https://10.0.0.1',
      'https://a.example/?q',
    ],
  ],
  ['token', ['', 'with a space', 'with\r\na: header', 5, null]],
  ['partnerSecret', ['', 'ünicode', 'x'.repeat(513)]],
  ['currency', ['', 'usd', 'DOLLAR', 840]],
])('a wrong %s is named', (field, values) => {
  for (const value of values) expect(fieldsOf({ ...good, [field]: value }), String(value)).toEqual([field])
})

test('a live account is not spoken to in the clear, nor on this machine', () => {
  const http = openHttpClient({ allowLoopback: false })
  const open = (baseUrl: string, environment: 'live' | 'sandbox') =>
    scrip.open({ ...good, baseUrl }, { http, environment, sandboxDelayMs: 0 })
  expect(() => open('http://scrip.example', 'live')).toThrow(Failure)
  expect(() => open('https://127.0.0.1:8080', 'live')).toThrow(Failure)
  expect(() => open('https://scrip.example', 'live')).not.toThrow()
  expect(() => open('http://127.0.0.1:8080', 'sandbox')).not.toThrow()
})
