import fc from 'fast-check'
import { brokenTokens, nastyTexts, nastyValues, Raw } from './nasty.ts'
import type { Operation, Schema } from './operation.ts'

/** A request before it is signed. */
export type Attempt = {
  readonly operation: Operation
  /** Path and query below the API's address, ready for the request line. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** What was done to it; nothing: it is as the schema wants it. */
  readonly twists: readonly string[]
}

/** Values that answers have held, by the names of their fields: a request with a known id goes further in than one without. */
export type Words = {
  /** @param path of the call where a parameter of its path is looked for */
  known(name: string, path?: string): readonly unknown[]
}

/** In a sample body: a text that is another one each time. */
export const fresh = '\u2042fresh'

/** Requests for one operation: as its schema wants them, or, unless `twisted` is false, with one to three things wrong. */
export function attemptsOf(
  operation: Operation,
  words: Words,
  {
    twisted = true,
    samples = [],
  }: { readonly twisted?: boolean; readonly samples?: readonly unknown[] } = {},
): fc.Arbitrary<Attempt> {
  const parameters = operation.parameters.map(
    ({ name, in: place, required = place === 'path', schema = {} }) =>
      fc.record({
        name: fc.constant(name),
        place: fc.constant(place),
        value: required
          ? valueOf(schema, name, words, place === 'path' ? operation.path : undefined)
          : fc.oneof(
              { weight: 4, arbitrary: fc.constant(undefined) },
              { weight: 1, arbitrary: valueOf(schema, name, words) },
            ),
      }),
  )
  return fc
    .record({
      parameters: fc.tuple(...parameters),
      body: bodyOf(operation, words, samples),
      twists: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        ...(twisted
          ? [
              {
                weight: 3,
                arbitrary: fc.array(twistOf(operation.body !== undefined), { minLength: 1, maxLength: 3 }),
              },
            ]
          : []),
      ),
    })
    .map(({ parameters: given, body, twists }) => assemble(operation, given, body, twists))
}

/**
 * Where there are bodies that are known to be good: one of them, or, as often, one with another field as its schema allows it, or one that the
 * schema allows as a whole. What is wrong with one field is only seen where all others are right.
 */
function bodyOf(operation: Operation, words: Words, samples: readonly unknown[]): fc.Arbitrary<unknown> {
  if (operation.body === undefined) return fc.constant(undefined)
  const byShape = valueOf(operation.body, 'body', words)
  if (samples.length === 0) return byShape
  const sample = fc
    .tuple(fc.constantFrom(...samples), fc.uuid())
    .map(([body, id]) => JSON.parse(JSON.stringify(body).replaceAll(fresh, id)) as unknown)
  const amended = fc
    .tuple(sample, fieldOf(operation.body, words))
    .map(([body, field]) => (isObject(body) ? { ...body, ...field } : body))
  return fc.oneof(
    { weight: 2, arbitrary: sample },
    { weight: 2, arbitrary: amended },
    { weight: 1, arbitrary: byShape },
  )
}

/** One of an object's fields, with a value that its schema allows or with a text that looks like one. */
function fieldOf({ properties = {} }: Schema, words: Words): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const fields = Object.entries(properties).map(([name, schema]) =>
    fc
      .oneof(
        { weight: 2, arbitrary: valueOf(schema, name, words) },
        { weight: 1, arbitrary: fc.constantFrom(...nastyTexts) },
      )
      .map((value) => ({ [name]: value })),
  )
  return fields.length === 0 ? fc.constant({}) : fc.oneof(...fields)
}

type Given = { readonly name: string; readonly place: string; readonly value: unknown }

/** Something that is done to a request; `at` chooses where, modulo how many places there are. */
type Twist = {
  readonly kind: (typeof kinds)[number]
  readonly at: number
  readonly text: string
  readonly value: unknown
}

const bodyKinds = ['text', 'value', 'token', 'remove', 'unknown', 'twice', 'list', 'bytes', 'type'] as const
const otherKinds = ['path', 'query', 'header'] as const
const kinds = [...bodyKinds, ...otherKinds]

function twistOf(hasBody: boolean): fc.Arbitrary<Twist> {
  return fc.record({
    kind: hasBody
      ? fc.constantFrom(...bodyKinds, ...bodyKinds, ...otherKinds)
      : fc.constantFrom(...otherKinds),
    at: fc.nat(),
    text: fc.constantFrom(...nastyTexts),
    value: fc.constantFrom(...nastyValues),
  })
}

function valueOf(schema: Schema, name: string, words: Words, path?: string): fc.Arbitrary<unknown> {
  const known = words.known(name, path)
  const own = ownValueOf(schema, name, words)
  return known.length === 0
    ? own
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: own })
}

function ownValueOf(schema: Schema, name: string, words: Words): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined && schema.enum.length > 0) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined && choices.length > 0)
    return fc.oneof(...choices.map((choice) => valueOf(choice, name, words)))
  if (schema.allOf !== undefined)
    return fc
      .tuple(...schema.allOf.map((part) => valueOf(part, name, words)))
      .map((parts) => Object.assign({}, ...parts) as unknown)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  const plain = plainValueOf(schema, type as string | undefined, name, words)
  const { examples = [] } = schema
  return examples.length === 0
    ? plain
    : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...examples) }, { weight: 1, arbitrary: plain })
}

function plainValueOf(
  schema: Schema,
  type: string | undefined,
  name: string,
  words: Words,
): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 100_000, minLength = 0, maxLength = 40, pattern } = schema
  switch (type) {
    case 'string':
      if (schema.format === 'uuid') return fc.uuid()
      if (schema.format === 'date-time')
        return fc.oneof(
          { weight: 2, arbitrary: anyInstant },
          { weight: 1, arbitrary: fc.constantFrom(...oddInstants) },
        )
      if (pattern?.includes(String.raw`\d{4}-\d\d-\d\d`) === true)
        return fc.oneof(
          { weight: 2, arbitrary: dayNearNow },
          { weight: 1, arbitrary: fc.constantFrom(...noDays) },
          { weight: 1, arbitrary: fc.stringMatching(new RegExp(pattern)) },
        )
      return pattern === undefined
        ? fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)), unit: 'binary' })
        : fc.stringMatching(new RegExp(pattern))
    case 'integer':
      return fc.integer({
        min: Math.ceil(minimum),
        max: Math.max(Math.ceil(minimum), Math.floor(Math.min(maximum, 2 ** 31))),
      })
    case 'number':
      return fc
        .integer({ min: Math.ceil(minimum * 100), max: Math.max(Math.ceil(minimum * 100), 100_000) })
        .map((cents) => cents / 100)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, name, words), {
        minLength: Math.min(schema.minItems ?? 0, 5),
        maxLength: Math.min(schema.maxItems ?? 3, 5),
      })
    case 'object':
      return objectOf(schema, words)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

const anyInstant = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString())

/** Instants by the standard of most schemas, which many programs cannot hold. */
const oddInstants = [
  '2026-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59-23:59',
  '2026-11-27t10:00:00z',
]

/** They look like days of a calendar, and are none that a database keeps. */
const noDays = ['2027-02-30', '2027-13-01', '2027-00-10', '2027-01-00', '0000-01-01', '2028-02-31']

const dayNearNow = fc
  .integer({ min: -40, max: 400 })
  .map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10))

function objectOf({ properties = {}, required = [] }: Schema, words: Words): fc.Arbitrary<unknown> {
  const entries = Object.entries(properties).map(
    ([name, schema]) => [name, valueOf(schema, name, words)] as const,
  )
  return fc.record(Object.fromEntries(entries), {
    requiredKeys: required.filter((name) => name in properties),
  })
}

function assemble(
  operation: Operation,
  given: readonly Given[],
  wanted: unknown,
  twists: readonly Twist[],
): Attempt {
  const draft: Draft = {
    path: new Map(
      given
        .filter(({ place }) => place === 'path')
        .map(({ name, value }) => [name, encode(plainText(value))]),
    ),
    query: given
      .filter(({ place, value }) => place === 'query' && value !== undefined)
      .map(({ name, value }) => [name, encode(plainText(value))]),
    headers: {},
    body: wanted,
    bytes: undefined,
  }
  if (operation.body !== undefined) draft.headers['content-type'] = 'application/json'
  for (const twist of twists) apply[twist.kind](draft, twist)
  const path = operation.path.replaceAll(
    /\{([^}]+)\}/g,
    (_whole, name: string) => draft.path.get(name) ?? 'x',
  )
  const query = draft.query.map(([name, value]) => `${name}=${value}`).join('&')
  const text = operation.body === undefined ? undefined : Buffer.from(writeJson(draft.body))
  return {
    operation,
    target: query === '' ? path : `${path}?${query}`,
    headers: draft.headers,
    body: draft.bytes === undefined || text === undefined ? text : draft.bytes(text),
    twists: twists.map(({ kind }) => kind),
  }
}

type Draft = {
  readonly path: Map<string, string>
  query: [string, string][]
  readonly headers: Record<string, string>
  body: unknown
  bytes: ((text: Buffer) => Buffer) | undefined
}

const apply: Readonly<Record<Twist['kind'], (draft: Draft, twist: Twist) => void>> = {
  text: (draft, { at, text }) => changeAt(draft, at, () => text),
  value: (draft, { at, value }) => changeAt(draft, at, () => value),
  token: (draft, { at }) => changeAt(draft, at, () => pick(brokenTokens, at)),
  remove: (draft, { at }) => changeAt(draft, at, () => undefined),
  list: (draft, { at }) => changeAt(draft, at, (before) => [before, before]),
  unknown: (draft, { text, value }) => {
    if (isObject(draft.body)) draft.body = { ...draft.body, [text]: value }
  },
  twice: (draft, { at, value }) => {
    if (!isObject(draft.body)) return
    const entries = Object.entries(draft.body)
    const chosen = pick(entries, at)
    if (chosen === undefined) return
    const members = [...entries, [chosen[0], value] as const].map(
      ([name, one]) => `${JSON.stringify(name)}:${writeJson(one)}`,
    )
    draft.body = new Raw(`{${members.join(',')}}`)
  },
  bytes: (draft, { at }) => {
    draft.bytes = pick(byteChanges, at)
  },
  type: (draft, { at }) => {
    const type = pick(contentTypes, at)
    if (type === '') delete draft.headers['content-type']
    else if (type !== undefined) draft.headers['content-type'] = type
    const encoding = pick(['', '', '', 'gzip', 'br', 'identity', 'nothing'], at >> 4)
    if (encoding !== undefined && encoding !== '') draft.headers['content-encoding'] = encoding
  },
  path: (draft, { at, text }) => {
    const name = pick([...draft.path.keys()], at)
    if (name !== undefined) draft.path.set(name, at % 3 === 0 ? printable(text) : encode(text))
  },
  query: (draft, { at, text }) => {
    const name =
      pick(
        [...draft.query.map(([one]) => one), 'page', 'limit', 'cursor', '__proto__', 'a[b]', 'x'.repeat(300)],
        at,
      ) ?? 'x'
    draft.query = [...draft.query, [name, at % 3 === 0 ? printable(text) : encode(text)]]
  },
  header: (draft, { at, text }) => {
    const name = pick(headerNames, at) ?? 'x-request-id'
    draft.headers[name] = text.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '').slice(0, 4_000)
  },
}

const contentTypes = [
  '',
  'text/plain',
  'text/xml',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json; charset=nothing',
  'application/json;;;',
  'application/problem+json',
  'APPLICATION/JSON',
  'application/json, text/plain',
  'application/jsonx',
  '/',
]

const headerNames = [
  'x-request-id',
  'idempotency-key',
  'x-idempotency-key',
  'accept',
  'accept-language',
  'accept-encoding',
  'if-none-match',
  'if-match',
  'range',
  'origin',
  'cookie',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-http-method-override',
  'x-wallet-id',
  'x-currency-code',
  'traceparent',
]

const byteChanges: readonly ((text: Buffer) => Buffer)[] = [
  (text) => text.subarray(0, Math.floor(text.length / 2)),
  (text) => text.subarray(0, -1),
  (text) => Buffer.concat([text, Buffer.from('}')]),
  (text) => Buffer.concat([text, Buffer.from(' {}')]),
  (text) => Buffer.concat([text, Buffer.of(0)]),
  (text) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), text]),
  (text) =>
    Buffer.concat([
      text.subarray(0, text.length / 2),
      Buffer.of(0xff, 0xfe, 0xc0, 0xaf),
      text.subarray(text.length / 2),
    ]),
  (text) => Buffer.from(text.toString('utf8'), 'utf16le'),
  () => Buffer.alloc(0),
  () => Buffer.from('   '),
  () => Buffer.from('null'),
  () => Buffer.from('[]'),
  () => Buffer.from('"a"'),
  () => Buffer.from('['.repeat(100_000)),
  () => Buffer.from(`{"a":"${'\\u0061'.repeat(100_000)}"}`),
  () => Buffer.from(`{${Array.from({ length: 20_000 }, (_, place) => `"k${place}":1`).join(',')}}`),
]

/** Changes one value of the body's tree, or the whole body. */
function changeAt(draft: Draft, at: number, change: (before: unknown) => unknown): void {
  const places = placesOf(draft.body)
  const place = pick(places, at) ?? []
  draft.body = changed(draft.body, place, change)
}

type Place = readonly (string | number)[]

function placesOf(value: unknown, above: Place = []): Place[] {
  if (above.length > 6) return [above]
  if (Array.isArray(value))
    return [above, ...value.slice(0, 5).flatMap((one, place) => placesOf(one, [...above, place]))]
  if (isObject(value))
    return [above, ...Object.entries(value).flatMap(([name, one]) => placesOf(one, [...above, name]))]
  return [above]
}

function changed(value: unknown, [next, ...rest]: Place, change: (before: unknown) => unknown): unknown {
  if (next === undefined) return change(value)
  if (Array.isArray(value))
    return value.map((one: unknown, place) => (place === next ? changed(one, rest, change) : one))
  if (isObject(value)) return { ...value, [next]: changed(value[next], rest, change) }
  return value
}

/** JSON with what JSON.stringify cannot write; undefined members are left out, and an undefined body is empty. */
function writeJson(value: unknown): string {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value))
    return `[${value.map((one) => (one === undefined ? 'null' : writeJson(one))).join(',')}]`
  if (isObject(value)) {
    const members = Object.entries(value).filter(([, one]) => one !== undefined)
    return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${writeJson(one)}`).join(',')}}`
  }
  return value === undefined ? '' : JSON.stringify(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Raw)
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value)
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** As it stands, but for what would end the request line. */
function printable(text: string): string {
  return text
    .replaceAll(/[^\x21-\x7e]/g, '')
    .replaceAll(/[?#]/g, '')
    .slice(0, 4_000)
}

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(1, list.length)]
}
