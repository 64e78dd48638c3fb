import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExactNumber, isStorableJson, parseJson } from './json.ts'

test('numbers that a float would change keep their digits, wherever they stand', () => {
  for (const number of ['12345678901234567890', '0.1234567890123456789', '-1e400', '1E-400', '123.4e3999'])
    for (const text of [number, `[${number}]`, `{"a":${number}}`, `{"a": \n\t${number}}`, `[1,${number}]`])
      expect(JSON.stringify(parseJson(text))).toBe(text.replaceAll(/\s/g, ''))
  expect(parseJson('1e400')).toBeInstanceOf(ExactNumber)
})

test('parsing is what JSON.parse does, but for what a float cannot hold', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual(withoutProto(JSON.parse(text)))
    }),
  )
})

test('keys that could reach a prototype are dropped, however they are written', () => {
  expect(Object.keys(parseJson('{"__proto__":1,"\\u005f_proto__":2,"a":{"__proto__":3}}') as object)).toEqual(
    ['a'],
  )
})

test('what PostgreSQL cannot hold is found in keys, values and lists, and so is what is too deep', () => {
  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
  for (const bad of ['\u0000', '\ud800'])
    for (const value of [bad, [bad], { a: bad }, { [bad]: 1 }, [{ a: [bad] }]])
      expect(isStorableJson(value)).toBe(false)
  expect(isStorableJson({ a: ['\u{1F600}', 1, null, true, new ExactNumber('1e400')] })).toBe(true)
  expect([isStorableJson(nested(32)), isStorableJson(nested(33))]).toEqual([true, false])
})

/** A key of this name is data to JSON.parse, and not to us. */
function withoutProto(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key: string, inner: unknown) =>
    key === '__proto__' ? undefined : inner,
  )
}
