import { parseDecimal } from '../values/decimal.ts'
import { parseId } from '../values/ids.ts'
import { parseAmount, parseCurrency } from '../values/money.ts'
import type { Currency, Micros } from '../values/money.ts'

/** One argument or option of a command: how it is written, what it is for, and how its text becomes a value. */
export type Param<Value> = {
  readonly kind: 'argument' | 'option'
  /** As commander spells it: "<file>", "[file]", "--name <text>", "--all". */
  readonly flags: string
  readonly description: string
  readonly isRequired: boolean
  /** May stand several times. */
  readonly isList: boolean
  /** Throws BadUsage. An option that was not given is undefined, a flag is a boolean, a list an array. */
  read(given: unknown): Value
}

/** Turns a text of the command line into a value; throws BadUsage with what it must be. */
export type Reader<Value> = (text: string) => Value

/** The command line does not say what the command needs; the exit code is 2. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage'
}

/** An argument that must be there: argument('<file>', …). */
export function argument<Value>(flags: string, description: string, reader: Reader<Value>): Param<Value> {
  return param('argument', flags, description, true, (given) => readText(flags, reader, given))
}

/** An argument that may be left out: optionalArgument('[file]', …). */
export function optionalArgument<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
): Param<Value | undefined> {
  return param('argument', flags, description, false, (given) =>
    given === undefined ? undefined : readText(flags, reader, given),
  )
}

/** An option that may be left out; with a `fallback` it always has a value. */
export function option<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
): Param<Value | undefined>
export function option<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
  fallback: Value,
): Param<Value>
export function option<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
  fallback?: Value,
): Param<Value | undefined> {
  return param('option', flags, description, false, (given) =>
    given === undefined ? fallback : readText(flags, reader, given),
  )
}

export function requiredOption<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
): Param<Value> {
  return param('option', flags, description, true, (given) => readText(flags, reader, given))
}

/** An option that may be given several times. */
export function options<Value>(
  flags: string,
  description: string,
  reader: Reader<Value>,
): Param<readonly Value[]> {
  const read = (given: unknown): Value[] =>
    Array.isArray(given) ? given.map((one) => readText(flags, reader, one)) : []
  return { kind: 'option', flags, description, isRequired: false, isList: true, read }
}

/** An option without a value: flag('--all', …). */
export function flag(flags: string, description: string): Param<boolean> {
  return param('option', flags, description, false, (given) => given === true)
}

function param<Value>(
  kind: Param<Value>['kind'],
  flags: string,
  description: string,
  isRequired: boolean,
  read: (given: unknown) => Value,
): Param<Value> {
  return { kind, flags, description, isRequired, isList: false, read }
}

function readText<Value>(flags: string, reader: Reader<Value>, given: unknown): Value {
  try {
    return reader(String(given))
  } catch (error) {
    if (!(error instanceof BadUsage)) throw error
    throw new BadUsage(`${nameIn(flags)} ${error.message}, not "${String(given)}".`)
  }
}

/** "-n, --name <text>" → "--name"; "<file>" → "<file>". */
function nameIn(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}

/** Any text but an empty one. */
export const text: Reader<string> = (given) => {
  if (given.trim() === '') throw new BadUsage('must not be empty')
  return given
}

export function wholeNumber(least: number, most: number): Reader<number> {
  return (given) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
    if (!(value >= least && value <= most))
      throw new BadUsage(`must be a whole number from ${least} to ${most}`)
    return value
  }
}

export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  return (given) => {
    const choice = choices.find((one) => one === given)
    if (choice === undefined) throw new BadUsage(`must be one of ${choices.join(', ')}`)
    return choice
  }
}

/** A decimal of major units above zero, in micro-units. */
export const amount: Reader<Micros> = (given) => {
  const micros = parseAmount(given)
  if (micros === undefined || micros <= 0n)
    throw new BadUsage('must be an amount above zero with at most 6 fraction digits, such as 12.50')
  return micros
}

/** As `amount`, zero included. */
export const amountOrNothing: Reader<Micros> = (given) => {
  const micros = parseAmount(given)
  if (micros === undefined || micros < 0n)
    throw new BadUsage('must be an amount with at most 6 fraction digits, such as 12.50 or 0')
  return micros
}

export const currency: Reader<Currency> = (given) => {
  const code = parseCurrency(given.toUpperCase())
  if (code === undefined) throw new BadUsage('must be a currency code such as USD')
  return code
}

/** An instant in ISO 8601 with its offset, or a day, which begins at midnight UTC. */
export const instant: Reader<Date> = (given) => {
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(given)
  const date = new Date(given)
  const isThatDay =
    isInstant && !Number.isNaN(date.getTime()) && (given.length > 10 || date.toISOString().startsWith(given))
  if (!isThatDay) throw new BadUsage('must be a day or an instant such as 2027-01-31 or 2027-01-31T12:00:00Z')
  return date
}

/** A UUID; the caller names the kind: uuid<CredentialId>. */
export function uuid<T extends NonNullable<ReturnType<typeof parseId>>>(given: string): T {
  const id = parseId<T>(given)
  if (id === undefined) throw new BadUsage('must be an id (a UUID)')
  return id
}

/** A length of time such as 90s, 30m, 24h, 7d, or 0; in seconds. */
export const seconds: Reader<number> = (given) => {
  const [, digits = '', unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(given) ?? []
  if (digits === '') throw new BadUsage('must be a length of time such as 90s, 30m, 24h, 7d or 0')
  return Number(digits) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit] ?? 1)
}

/** A decimal in its own scale: percent(6) reads "2.5" as 2500000n. */
export function decimal(scale: number, sentence: string): Reader<bigint> {
  return (given) => {
    const value = parseDecimal(given, scale)
    if (value === undefined) throw new BadUsage(sentence)
    return value
  }
}
