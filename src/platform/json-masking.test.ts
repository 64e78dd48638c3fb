import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exactNumber, parseJson } from '../values/json.ts'
import { maskFields, maskQuery, maskSecret } from './json-masking.ts'

const maskText = maskFields(['pin', 'deliveryCodes'])
const mask = (value: unknown): string => maskText(JSON.stringify(value))

test('secret fields are masked at any depth, in any case, whatever they hold', () => {
  const value = {
    a: [{ PIN: '1234', pins: 'kept' }, { pin: 12 }],
    deliverycodes: ['AAAA', { x: 'BBBB' }],
    b: { pin: { deep: 'CCCC' } },
    c: 'pin',
  }
  expect(mask(value)).toBe(
    '{"a":[{"PIN":"***","pins":"kept"},{"pin":"***"}],"deliverycodes":"***","b":{"pin":"***"},"c":"pin"}',
  )
})

test('what holds a secret in every API is masked without being named', () => {
  const secrets = [
    'password',
    'secret',
    'token',
    'access_token',
    'apiKey',
    'api_key',
    'privateKey',
    'Authorization',
    'signature',
  ]
  const text = mask(Object.fromEntries(secrets.map((name) => [name, 'clear'])))
  expect(text).not.toContain('clear')
})

test('a secret that is not there is seen not to be there', () => {
  expect(mask({ pin: null, token: null })).toBe('{"pin":null,"token":null}')
})

test('numbers keep their digits, read and written', () => {
  expect(mask({ amount: exactNumber('1.10'), read: parseJson('{"n":12345678901234567890.12}') })).toBe(
    '{"amount":1.10,"read":{"n":12345678901234567890.12}}',
  )
})

test('nothing that looks like a secret field inside a text is taken for one, and no text ends a secret early', () => {
  const value = { note: '"pin":"1234"', pin: 'a"b\\",{}[]:', list: ['pin', ':'], 'the "pin': 1, last: true }
  expect(JSON.parse(mask(value))).toEqual({ ...value, pin: '***' })
})

test('whatever a secret holds, the text stays JSON and the rest of it stays', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (secret, other) => {
      const kept = JSON.stringify({ other, after: 1 })
      fc.pre(!/pin|deliverycodes|token|secret|key|password|signature|authorization/i.test(kept))
      const expected = { pin: secret === null ? null : '***', ...(JSON.parse(kept) as object) }
      expect(JSON.parse(mask({ pin: secret, other, after: 1 }))).toEqual(expected)
    }),
  )
})

test('many names that a client invents do not grow the memory of names', () => {
  const address = maskQuery(['pin'])
  for (let count = 0; count < 5_000; count += 1) address(`/a?name-${count}=1`)
  expect(address('/a?pin=x&name-9999=1')).toBe('/a?pin=***&name-9999=1')
})

test('secret parameters of an address are masked, however they are written', () => {
  const address = maskQuery(['pin'])
  expect(address('/a/b')).toBe('/a/b')
  expect(address('/a?x=1&Token=abc&p%69n=1&pin&=2&pin=a=b')).toBe('/a?x=1&Token=***&p%69n=***&pin&=2&pin=***')
  expect(address('/a?%zz=1&pin=%zz')).toBe('/a?%zz=1&pin=***')
})

describe('a secret that stands where it does not belong', () => {
  test('is taken out, wherever it stands', () => {
    expect(maskSecret('a sk_live_1234 and sk_live_1234', 'sk_live_1234')).toBe('a *** and ***')
    expect(maskSecret(undefined, 'sk_live_1234')).toBeUndefined()
    expect(maskSecret('nothing of it', 'sk_live_1234')).toBe('nothing of it')
    // Short ones stand in many a text by chance.
    expect(maskSecret('an abc', 'abc')).toBe('an abc')
    expect(maskSecret('an abc', undefined)).toBe('an abc')
  })

  test('is taken out of an address as a key, too', () => {
    expect(maskQuery([])('/a?key=sk_live_1234&b=1')).toBe('/a?key=***&b=1')
  })
})
