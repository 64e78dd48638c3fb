import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import type { TSchema } from 'typebox'
import { Failure } from '../values/failure.ts'
import type { FieldProblem } from '../values/failure.ts'

/** What fastify wants of a validator: true, the value to use instead, or the error to answer with. */
export type ValidationResult = true | { value: unknown } | { error: Error }

/** One finding of TypeBox, as far as it is used here. */
type Finding = {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
}

// The library keeps at most this many findings of a value, so that a hostile body costs no more than an honest one.
Settings.Set({ maxErrors: 100 })

/**
 * Compiles a TypeBox schema into a validator of one part of a request, as fastify names them. Bodies are taken as they are; in queries, paths and headers, where everything is
 * text, whole numbers, numbers and booleans (true, false, 1, 0) are read, and defaults filled in. The validator's error is a
 * Failure validation_failed whose fields are named as the caller wrote them.
 */
export function compileValidator(schema: TSchema, part: string): (value: unknown) => ValidationResult {
  const validator = Compile(schema)
  const read = part === 'body' ? bodyReader(schema) : textReader(schema, part)
  return (given) => {
    const value = read(given)
    if (!validator.Check(value))
      return {
        error: new Failure('validation_failed', { fields: toProblems(validator.Errors(value), part) }),
      }
    return value === given ? true : { value }
  }
}

/** A missing body is an empty object where one is expected: the caller learns which fields it lacks. */
function bodyReader(schema: TSchema): (given: unknown) => unknown {
  const isObject = 'type' in schema && schema.type === 'object'
  return (given) => (isObject && (given === null || given === undefined) ? {} : given)
}

type TextKind = 'integer' | 'number' | 'boolean' | 'array'

/** Reads the properties that are no texts; leaves what does not look like its type to the validator, which says so. */
function textReader(schema: TSchema, part: string): (given: unknown) => unknown {
  const properties = Object.entries(
    'properties' in schema ? (schema.properties as Record<string, TSchema>) : {},
  ) // An object schema's own shape.
  const kinds = properties.flatMap(([name, property]) =>
    kindOf(property).map((kind) => [name, kind] as const),
  )
  const defaults = properties.flatMap(([name, property]) =>
    'default' in property ? [[name, property.default] as const] : [],
  )
  if (kinds.length === 0 && defaults.length === 0) return (given) => given
  // Headers keep those that the schema does not name: fastify lays the value over what was sent.
  const names = properties.map(([name]) => name)
  const copy = part === 'headers' ? picker(names) : (given: Texts): Record<string, unknown> => ({ ...given })
  return (given) => {
    const value = copy(given as Texts) // Fastify gives an object for these parts.
    for (const [name, kind] of kinds) {
      const text = value[name]
      if (typeof text === 'string') value[name] = readText(text, kind)
    }
    for (const [name, fallback] of defaults) value[name] ??= fallback
    return value
  }
}

type Texts = Readonly<Record<string, unknown>>

function picker(names: readonly string[]): (given: Texts) => Record<string, unknown> {
  return (given) => {
    const value: Record<string, unknown> = {}
    for (const name of names) if (given[name] !== undefined) value[name] = given[name]
    return value
  }
}

function kindOf(schema: TSchema): TextKind[] {
  const variants = 'anyOf' in schema && Array.isArray(schema.anyOf) ? schema.anyOf : [schema]
  const types = new Set(variants.map((variant: { type?: unknown }) => variant.type))
  if (types.has('array')) return ['array']
  if (types.has('string')) return []
  if (types.has('integer')) return ['integer']
  if (types.has('number')) return ['number']
  return types.has('boolean') ? ['boolean'] : []
}

function readText(text: string, kind: TextKind): unknown {
  switch (kind) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text
    case 'array':
      return [text]
  }
}

/** At most this many fields are named; whoever has more wrong has the wrong manual. */
const problemsMost = 20

function toProblems(findings: readonly Finding[], part: string): FieldProblem[] {
  const problems = new Map<string, string>()
  for (const finding of withoutBranches(findings)) {
    for (const [field, complaint] of complaintsOf(finding)) {
      const name = field === '' ? part : field
      if (problems.size < problemsMost && !problems.has(name))
        problems.set(name, `The ${name} field ${complaint}.`)
    }
  }
  return [...problems].map(([field, sentence]) => ({ field, sentence }))
}

/**
 * Of a union, TypeBox reports each branch and then the union. What lies deeper than the union, or is missing there, is what the
 * caller got wrong in the branch that was meant; otherwise one sentence names the choices.
 */
function withoutBranches(findings: readonly Finding[]): readonly Finding[] {
  const unions = new Set(findings.filter(isUnion).map((finding) => finding.instancePath))
  if (unions.size === 0) return findings
  return findings.flatMap((finding) => {
    const path = finding.instancePath
    if (!unions.has(path)) return [finding]
    const branches = findings.filter((other) => other.instancePath === path && !isUnion(other))
    const isMeant =
      findings.some((other) => other.instancePath.startsWith(`${path}/`)) || branches.some(isMissing)
    if (isMeant) return isMissing(finding) ? [finding] : []
    return isUnion(finding) ? [{ ...finding, params: { branches } }] : []
  })
}

function isUnion({ keyword }: Finding): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf'
}

function isMissing({ keyword }: Finding): boolean {
  return keyword === 'required'
}

function complaintsOf(finding: Finding): [field: string, complaint: string][] {
  const field = toField(finding.instancePath)
  const { keyword, params } = finding
  if (keyword === 'required') {
    const missing = Array.isArray(params['requiredProperties'])
      ? params['requiredProperties'].map(String)
      : []
    return missing.map((name) => [field === '' ? name : `${field}.${name}`, 'is required'])
  }
  return [[field, complaintOf(finding)]]
}

function complaintOf({ keyword, params }: Finding): string {
  const limit = String(params['limit'])
  switch (keyword) {
    case 'type':
      return `must be ${typeNames(params['type'])}`
    case 'enum':
      return `must be one of ${list(params['allowedValues'])}`
    case 'const':
      return `must be ${list([params['allowedValue']])}`
    case 'anyOf':
    case 'oneOf':
      return unionComplaint(params['branches'])
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`
    case 'maxLength':
      return `must have at most ${limit} characters`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'exclusiveMinimum':
      return `must be greater than ${limit}`
    case 'exclusiveMaximum':
      return `must be less than ${limit}`
    case 'minItems':
      return `must have at least ${limit} items`
    case 'maxItems':
      return `must have at most ${limit} items`
    case 'format':
      return `must be a valid ${String(params['format'])}`
    default:
      return 'has an invalid format'
  }
}

function unionComplaint(branches: unknown): string {
  const findings: readonly Finding[] = Array.isArray(branches) ? branches : []
  // A branch whose type was right says best what is wrong.
  const nearest = findings.find(({ keyword }) => !['type', 'const', 'enum'].includes(keyword))
  if (nearest !== undefined) return complaintOf(nearest)
  const values = findings.flatMap(({ keyword, params }) =>
    keyword === 'const'
      ? [params['allowedValue']]
      : keyword === 'enum' && Array.isArray(params['allowedValues'])
        ? params['allowedValues']
        : [],
  )
  if (values.length > 0) return `must be one of ${list(values)}`
  const types = [
    ...new Set(findings.flatMap(({ keyword, params }) => (keyword === 'type' ? [params['type']] : []))),
  ]
  return types.length > 0 ? `must be ${types.map(typeNames).join(' or ')}` : 'is not valid'
}

function list(values: unknown): string {
  return (Array.isArray(values) ? values : []).map(String).join(', ')
}

function typeNames(type: unknown): string {
  return (Array.isArray(type) ? type : [type])
    .map((one) => words.get(String(one)) ?? String(one))
    .join(' or ')
}

const words: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['object', 'an object'],
  ['array', 'a list'],
])

/** "/item/sku_id" → "item.sku_id" (RFC 6901 escapes undone). */
function toField(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
}
