import { isDay } from '../../values/day.ts'
import type { CodeId, DataKeyId, ImportId, SkuId } from '../../values/ids.ts'
import type { CodeText } from '../orders/order.ts'

/** A code as it comes in, in clear. Never logged, never stored. */
export type NewCode = {
  readonly code: string
  readonly pin?: string | undefined
  readonly serial?: string | undefined
  readonly url?: string | undefined
  /** The first day on which it is not sold any more, "2027-01-15"; undefined: it does not expire. */
  readonly expiresOn?: string | undefined
}

/** A code as the stock keeps it: under AES, with the fingerprint by which it is recognised when it comes again. */
export type SealedStockCode = {
  readonly id: CodeId
  readonly fingerprint: string
  /** "2027-01-15" or "infinity". */
  readonly expiresOn: string
  readonly dataKeyId: DataKeyId
  readonly ciphertext: Buffer
}

/** A SKU as the stock sees it. */
export type StockSku = {
  readonly id: SkuId
  readonly code: string
  readonly brandId: number
  readonly kind: 'fixed' | 'range'
}

/** A line of a file that was not taken. The detail never holds the code. */
export type ImportProblem = {
  readonly line: bigint
  readonly problem: 'duplicate_in_file' | 'duplicate_in_stock' | 'invalid'
  readonly detail: string
}

export type ImportState = 'staging' | 'published' | 'refused' | 'abandoned'

export type StockImport = {
  readonly id: ImportId
  readonly skuId: SkuId
  readonly skuCode: string
  /** Empty: the codes did not come from a file. */
  readonly fileName: string
  readonly state: ImportState
  /** Codes that stood in the file, taken or not. */
  readonly lines: bigint
  readonly published: bigint
  readonly duplicates: bigint
  readonly invalid: bigint
  readonly actor: string
  readonly createdAt: Date
  readonly endedAt: Date | undefined
}

/** `hashing` and `staging` count bytes of the file, `checking` and `publishing` its lines; `waiting` is for other imports. */
export type ImportProgressReport = {
  readonly phase: 'hashing' | 'waiting' | 'staging' | 'checking' | 'publishing'
  readonly done: number
  readonly total: number
}

export type StockLevel = {
  readonly skuId: SkuId
  readonly skuNumber: bigint
  readonly skuCode: string
  readonly name: string
  /** Codes in stock. */
  readonly count: bigint
  /** When the first of them expires; undefined: never, or there is none. */
  readonly nextExpiry: string | undefined
}

/** Where the columns stand in a file's rows; undefined: the file does not have it. */
export type ColumnPlaces = { readonly count: number; readonly code: number } & {
  readonly [C in 'pin' | 'serial' | 'url' | 'expires_on']: number | undefined
}

/** Finds the columns by their names (lower case), or says in a sentence why a file with this header cannot be imported. */
export function findColumns(names: readonly string[]): ColumnPlaces | string {
  const twice = knownColumns.find((known) => names.indexOf(known) !== names.lastIndexOf(known))
  if (twice !== undefined) return `The header names the column "${twice}" twice.`
  const place = (name: string): number | undefined => (names.includes(name) ? names.indexOf(name) : undefined)
  const code = place('code')
  if (code === undefined)
    return 'The header must name a column "code" (and may name pin, serial, url, expires_on).'
  return {
    count: names.length,
    code,
    pin: place('pin'),
    serial: place('serial'),
    url: place('url'),
    expires_on: place('expires_on'),
  }
}

/** The code that a row of a file holds, or a sentence about what is wrong with it, which does not repeat the row. */
export function parseCodeRow(
  fields: readonly string[],
  places: ColumnPlaces,
  today: string,
): NewCode | string {
  if (fields.length !== places.count) {
    return `The line has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where the header has ${places.count}.`
  }
  const field = (place: number | undefined): string | undefined =>
    place === undefined ? undefined : fields[place]
  return checkCode(
    {
      code: fields[places.code] ?? '',
      pin: field(places.pin),
      serial: field(places.serial),
      url: field(places.url),
      expiresOn: field(places.expires_on),
    },
    today,
  )
}

/**
 * A code with its texts trimmed and empty ones left out, or a sentence about what is wrong with it.
 *
 * @param today the calendar day, by the database's clock: a code that expires today or earlier cannot be sold
 */
export function checkCode(given: NewCode, today: string): NewCode | string {
  const code = given.code.trim()
  if (code === '') return 'The code is missing.'
  const trimmed = {
    code,
    pin: text(given.pin),
    serial: text(given.serial),
    url: text(given.url),
    expiresOn: text(given.expiresOn),
  }
  return findProblem(trimmed, today) ?? trimmed
}

/** What goes under AES: only the fields that are there. */
export function toCodeText(code: NewCode): CodeText {
  return {
    c: code.code,
    ...(code.pin === undefined ? {} : { p: code.pin }),
    ...(code.serial === undefined ? {} : { s: code.serial }),
    ...(code.url === undefined ? {} : { u: code.url }),
  }
}

const knownColumns = ['code', 'pin', 'serial', 'url', 'expires_on']
const textLongest = 512
const urlLongest = 2_048

function text(given: string | undefined): string | undefined {
  const trimmed = given?.trim()
  return trimmed === '' ? undefined : trimmed
}

function findProblem(code: NewCode, today: string): string | undefined {
  return (
    textProblem('code', code.code, textLongest) ??
    textProblem('pin', code.pin, textLongest) ??
    textProblem('serial', code.serial, textLongest) ??
    textProblem('url', code.url, urlLongest) ??
    urlProblem(code.url) ??
    dayProblem(code.expiresOn, today)
  )
}

function textProblem(name: string, value: string | undefined, longest: number): string | undefined {
  if (value === undefined) return undefined
  if (value.length > longest && Array.from(value).length > longest)
    return `The ${name} is longer than ${longest} characters.`
  return unprintable.test(value) ? `The ${name} holds a control character.` : undefined
}

function urlProblem(url: string | undefined): string | undefined {
  if (url === undefined || (/^https?:\/\/\S+$/i.test(url) && URL.canParse(url))) return undefined
  return 'The url is not an address that begins with http:// or https://.'
}

function dayProblem(day: string | undefined, today: string): string | undefined {
  if (day === undefined) return undefined
  if (!isDay(day)) return 'The expiry is not a calendar day such as 2027-01-31.'
  return day <= today ? 'The code has expired, or expires today.' : undefined
}

/** Control characters, and halves of characters, which no encoding can hold. */
const unprintable = /[\p{Cc}\p{Cs}]/u
