import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Failure } from '../values/failure.ts'
import { ExactNumber } from '../values/json.ts'
import { compileValidator } from './http-validation.ts'

function sentences(schema: TSchema, value: unknown, part = 'body'): Record<string, string> {
  const result = compileValidator(schema, part)(value)
  if (result === true || !('error' in result)) return {}
  expect(result.error).toBeInstanceOf(Failure)
  const { fields } = result.error as Failure // As expected above.
  return Object.fromEntries(fields.map(({ field, sentence }) => [field, sentence]))
}

describe('a body', () => {
  const one = (property: TSchema) => Type.Object({ f: property })

  test.each<[TSchema, unknown, string]>([
    [Type.String(), 1, 'The f field must be a string.'],
    [Type.Integer(), 1.5, 'The f field must be a whole number.'],
    [
      Type.Integer(),
      new ExactNumber('123456789012345678901234567890'),
      'The f field must be a whole number.',
    ],
    [Type.Number(), '1', 'The f field must be a number.'],
    [Type.Boolean(), 'true', 'The f field must be true or false.'],
    [Type.Object({}), [], 'The f field must be an object.'],
    [Type.Array(Type.String()), {}, 'The f field must be a list.'],
    [Type.String({ minLength: 1 }), '', 'The f field must not be empty.'],
    [Type.String({ minLength: 3 }), 'ab', 'The f field must have at least 3 characters.'],
    [Type.String({ maxLength: 3 }), 'abcd', 'The f field must have at most 3 characters.'],
    [Type.String({ pattern: '^secret$' }), 'x', 'The f field has an invalid format.'],
    [Type.String({ format: 'uuid' }), 'x', 'The f field must be a valid uuid.'],
    [Type.Number({ minimum: 1 }), 0, 'The f field must be at least 1.'],
    [Type.Number({ exclusiveMinimum: 0 }), 0, 'The f field must be greater than 0.'],
    [Type.Number({ maximum: 1 }), 2, 'The f field must be at most 1.'],
    [Type.Array(Type.String(), { minItems: 1 }), [], 'The f field must have at least 1 items.'],
    [Type.Literal('a'), 'b', 'The f field must be a.'],
    [Type.Enum(['x', 'y']), 'z', 'The f field must be one of x, y.'],
    [Type.Union([Type.Literal('x'), Type.Literal('y')]), 'z', 'The f field must be one of x, y.'],
    [Type.Union([Type.Null(), Type.Object({})]), 3, 'The f field must be null or an object.'],
    [
      Type.Union([Type.String({ maxLength: 2 }), Type.Null()]),
      'abc',
      'The f field must have at most 2 characters.',
    ],
  ])('%j refuses %j', (property, value, sentence) => {
    expect(sentences(one(property), { f: value })['f']).toBe(sentence)
  })

  test('names fields as the caller wrote them, each once', () => {
    const schema = Type.Object({
      item: Type.Object({
        'a/b~c': Type.String(),
        more: Type.Array(Type.Object({ id: Type.Integer({ minimum: 1, multipleOf: 2 }) })),
      }),
    })
    expect(sentences(schema, { item: { 'a/b~c': 1, more: [{ id: 2 }, {}, { id: 'x' }] } })).toEqual({
      'item.a/b~c': 'The item.a/b~c field must be a string.',
      'item.more.1.id': 'The item.more.1.id field is required.',
      'item.more.2.id': 'The item.more.2.id field must be a whole number.',
    })
  })

  test('of which a branch of a union lacks something is told what', () => {
    const schema = Type.Object({
      payer: Type.Union([Type.Null(), Type.Object({ name: Type.Object({ last: Type.String() }) })]),
    })
    expect(sentences(schema, { payer: { name: { last: 1 } } })).toEqual({
      'payer.name.last': 'The payer.name.last field must be a string.',
    })
    expect(sentences(schema, { payer: {} })).toEqual({ 'payer.name': 'The payer.name field is required.' })
    expect(sentences(schema, { payer: 'x' })).toEqual({ payer: 'The payer field must be null or an object.' })
  })

  test('with much that is wrong is told a bounded number of things', () => {
    const schema = Type.Array(Type.String())
    expect(
      Object.keys(
        sentences(
          schema,
          Array.from({ length: 100_000 }, () => 1),
        ),
      ).length,
    ).toBe(20)
  })

  test('keeps unknown fields and its exact numbers, and is not copied', () => {
    const value = { f: 'x', more: new ExactNumber('1e999') }
    expect(compileValidator(one(Type.String()), 'body')(value)).toBe(true)
  })

  test('that is missing is an empty object where one is expected', () => {
    expect(sentences(Type.Object({ f: Type.String() }), null)).toEqual({ f: 'The f field is required.' })
    expect(compileValidator(Type.Object({ f: Type.Optional(Type.String()) }), 'body')(null)).toEqual({
      value: {},
    })
    expect(sentences(Type.Array(Type.String()), null)).toEqual({ body: 'The body field must be a list.' })
  })
})

describe('a query', () => {
  const schema = Type.Object({
    n: Type.Optional(Type.Integer()),
    x: Type.Optional(Type.Number()),
    b: Type.Optional(Type.Boolean()),
    s: Type.Optional(Type.String()),
    either: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
    list: Type.Optional(Type.Array(Type.String())),
    d: Type.Integer({ default: 7 }),
  })

  test('is read by the types of its schema, and what it lacks is filled in', () => {
    const read = (query: Record<string, unknown>) => compileValidator(schema, 'querystring')(query)
    expect(read({ n: '-12', x: '1.50', b: '0', s: '12', either: '12', list: 'a' })).toEqual({
      value: { n: -12, x: 1.5, b: false, s: '12', either: '12', list: ['a'], d: 7 },
    })
    expect(read({ b: 'true', d: '1' })).toEqual({ value: { b: true, d: 1 } })
  })

  test.each([
    ['n', '1.0'],
    ['n', ' 1'],
    ['n', '0x10'],
    ['n', '9'.repeat(16)],
    ['x', 'NaN'],
    ['x', 'Infinity'],
    ['x', '1e5'],
    ['b', 'TRUE'],
    ['b', '2'],
  ])('does not take %s=%s', (name, text) => {
    expect(Object.keys(sentences(schema, { [name]: text, d: '1' }, 'querystring'))).toEqual([name])
  })
})
