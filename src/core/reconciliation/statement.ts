import type { OrderId, StatementId, SupplierId } from '../../values/ids.ts'
import { parseAmount, parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { parseReference, referenceOf } from '../fulfilment/fulfilment.ts'
import { isDay } from '../../values/day.ts'

/** What a line of a supplier's statement says. */
export type StatementLine = {
  /** In the file; its first is 1. */
  readonly line: number
  /** Ours where it is one of ours, in our spelling. */
  readonly reference: string
  readonly supplierReference: string | undefined
  /** Whose it would be; undefined: it is no reference of ours. */
  readonly orderId: OrderId | undefined
  readonly item: number | undefined
  /** Micro-units, not below 0; the status says which way. */
  readonly amount: Micros
  readonly currency: Currency
  readonly status: 'charged' | 'refunded'
  readonly at: Date
}

/**
 * What came of a line.
 *
 * matched          what the supplier says in all is what is booked as its due
 * repeated         another statement has the very same line; it counts once
 * open, parked     our item has not ended, so there is nothing to compare yet
 * missing_here     charged, and nothing is booked: it failed, was filled by another, or is not ours at all
 * amount_mismatch  charged, but not what is booked
 * reversal         given back, and our order is still completed
 */
export const matches = [
  'matched',
  'repeated',
  'open',
  'parked',
  'missing_here',
  'amount_mismatch',
  'reversal',
] as const

export type Match = (typeof matches)[number]

/** A statement that was imported. Counts are lines, `missingThere` apart: purchases of its time that it does not have. */
export type Statement = {
  readonly id: StatementId
  readonly supplierId: SupplierId
  readonly supplierCode: string
  readonly fileName: string
  readonly periodFrom: Date
  /** Outside of the period. */
  readonly periodTo: Date
  readonly lines: bigint
  readonly matched: bigint
  readonly repeated: bigint
  /** `open` and `parked`. */
  readonly waiting: bigint
  readonly missingHere: bigint
  readonly amountMismatch: bigint
  readonly reversal: bigint
  readonly missingThere: bigint
  readonly actor: string
  readonly createdAt: Date
}

const required = ['reference', 'amount', 'currency', 'status', 'date'] as const
const optional = ['supplier_reference'] as const

/** What each column of a statement is for. */
export type StatementField = (typeof required)[number] | (typeof optional)[number]

export const statementFields: readonly StatementField[] = [...required, ...optional]

/** How the columns are called, where not as their fields. */
export type ColumnNames = Readonly<Partial<Record<StatementField, string>>>

export type StatementPlaces = { readonly count: number } & {
  readonly [F in (typeof required)[number]]: number
} & { readonly supplier_reference: number | undefined }

/** Finds the columns by their names (lower case), or says in a sentence why a file with this header cannot be imported. */
export function findStatementColumns(
  columns: readonly string[],
  names: ColumnNames,
): StatementPlaces | string {
  const nameOf = (field: StatementField): string => (names[field] ?? field).trim().toLowerCase()
  const place = (field: StatementField): number => columns.indexOf(nameOf(field))
  const missing = required.find((field) => place(field) < 0)
  if (missing !== undefined) return `The header names no column "${nameOf(missing)}".`
  const twice = statementFields.find(
    (field) => columns.indexOf(nameOf(field)) !== columns.lastIndexOf(nameOf(field)),
  )
  if (twice !== undefined) return `The header names the column "${nameOf(twice)}" twice.`
  const [reference, amount, currency, status, date] = required.map(place)
  const other = place('supplier_reference')
  return {
    count: columns.length,
    reference: reference ?? -1,
    amount: amount ?? -1,
    currency: currency ?? -1,
    status: status ?? -1,
    date: date ?? -1,
    supplier_reference: other < 0 ? undefined : other,
  }
}

/** The line that a row of a file holds, or a sentence about what is wrong with it. */
export function parseStatementRow(
  line: number,
  fields: readonly string[],
  places: StatementPlaces,
): StatementLine | string {
  if (fields.length !== places.count)
    return `The line has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where the header has ${places.count}.`
  const field = (place: number | undefined): string =>
    place === undefined ? '' : (fields[place] ?? '').trim()
  const given = field(places.reference)
  const supplierReference = field(places.supplier_reference)
  if (!isName(given)) return 'The reference must be 1 to 200 characters of text.'
  if (supplierReference !== '' && !isName(supplierReference))
    return "The supplier's reference must be at most 200 characters of text."
  const amount = parseAmount(field(places.amount))
  if (amount === undefined || amount < 0n)
    return 'The amount must be a decimal such as 12.50, not below zero, with at most 6 fraction digits.'
  const currency = parseCurrency(field(places.currency).toUpperCase())
  if (currency === undefined) return 'The currency must be a code such as USD.'
  const status = field(places.status).toLowerCase()
  if (status !== 'charged' && status !== 'refunded') return 'The status must be charged or refunded.'
  const at = parseInstant(field(places.date))
  if (at === undefined)
    return 'The date must be a day or an instant such as 2027-01-31 or 2027-01-31T12:00:00Z.'
  const ours = parseReference(given.toLowerCase())
  return {
    line,
    reference: ours === undefined ? given : referenceOf(ours),
    supplierReference: supplierReference === '' ? undefined : supplierReference,
    orderId: ours?.orderId,
    item: ours?.item,
    amount,
    currency,
    status,
    at,
  }
}

function isName(text: string): boolean {
  return text !== '' && text.length <= 200 && text.isWellFormed() && !/\p{Cc}/u.test(text)
}

/** A day, or a day and a time; without an offset it is in UTC. */
function parseInstant(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
    text,
  )
  if (match === null) return undefined
  const [, day = '', time = '00:00', offset = 'Z'] = match
  if (!isDay(day)) return undefined
  const zone = /^[+-]\d{4}$/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase()
  const at = new Date(`${day}T${time}${zone}`)
  return Number.isNaN(at.getTime()) ? undefined : at
}
