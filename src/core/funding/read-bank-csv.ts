import { openCsv } from '../../platform/csv.ts'
import { Failure } from '../../values/failure.ts'
import { parseAmount, parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { bankReferenceOf } from './bank.ts'
import type { ParsedLine } from './bank.ts'
import { bareNumber } from './funding.ts'
import { isDay } from '../../values/day.ts'

/** What a column of a bank's CSV file is for. */
export const bankFields = [
  'date',
  'amount',
  'credit',
  'debit',
  'currency',
  'reference',
  'remittance',
  'payer',
  'account',
] as const

export type BankField = (typeof bankFields)[number]

export type BankColumns = {
  /** Our account that the file is about, where no column says so. */
  readonly account: string | undefined
  /** Of its amounts, where no column says so. */
  readonly currency: Currency | undefined
  /** How the columns are called, where not as their fields. */
  readonly names: Readonly<Partial<Record<BankField, string>>>
}

/**
 * The lines of a bank's CSV file, whose header names date, amount (negative went out) or credit and debit, and if wished currency, reference (the
 * bank's own), remittance, payer, account. Days are 2027-01-31 or 31.01.2027 or 31/01/2027; amounts 1234.50, 1,234.50, 1.234,50 or 1234,50.
 * Throws Failure invalid_file, with the line.
 *
 * @param fileHash of the file as it was looked at before; one that has changed since is refused
 */
export async function readBankCsv(
  path: string,
  columns: BankColumns | undefined,
  fileHash?: Buffer,
): Promise<ParsedLine[]> {
  const file = await openCsv(path)
  try {
    if (fileHash !== undefined && !file.hash.equals(fileHash))
      throw refuse(`The file ${file.name} was changed while it was read.`)
    const places = placesOf(file.columns, columns?.names ?? {})
    const lines: ParsedLine[] = []
    for await (const { rows } of file.blocks(file.start, 2_000))
      for (const { line, fields } of rows) {
        const one = parseRow(fields, places, columns)
        if (typeof one === 'string') throw refuse(`Line ${line}: ${one}`)
        lines.push({ ...one, line })
        if (lines.length > linesMost) throw refuse(`The file has more than ${linesMost} lines.`)
      }
    return lines
  } finally {
    await file.close()
  }
}

type Places = Readonly<Record<BankField, number>>

function placesOf(header: readonly string[], names: BankColumns['names']): Places {
  const nameOf = (field: BankField): string => (names[field] ?? field).trim().toLowerCase()
  const twice = bankFields.find(
    (field) => header.indexOf(nameOf(field)) !== header.lastIndexOf(nameOf(field)),
  )
  if (twice !== undefined) throw refuse(`The header names the column "${nameOf(twice)}" twice.`)
  const lost = bankFields.find((field) => names[field] !== undefined && !header.includes(nameOf(field)))
  if (lost !== undefined) throw refuse(`The header names no column "${nameOf(lost)}".`)
  const places = Object.fromEntries(
    bankFields.map((field) => [field, header.indexOf(nameOf(field))]),
  ) as Places // Every field has its place.
  if (places.date < 0) throw refuse(`The header names no column "${nameOf('date')}".`)
  if (places.amount < 0 && (places.credit < 0 || places.debit < 0))
    throw refuse('The header names no column "amount", nor both "credit" and "debit".')
  return places
}

function parseRow(
  fields: readonly string[],
  places: Places,
  columns: BankColumns | undefined,
): Omit<ParsedLine, 'line'> | string {
  const field = (name: BankField): string => (fields[places[name]] ?? '').trim()
  const bookedOn = dayOf(field('date'))
  if (bookedOn === undefined) return 'The date must be a day such as 2027-01-31.'
  const amount =
    places.amount < 0 ? creditOrDebit(field('credit'), field('debit')) : amountOf(field('amount'))
  if (amount === undefined || amount === 0n)
    return 'The amount must be a decimal such as 1234.50, and not zero.'
  const currency =
    field('currency') === '' ? columns?.currency : parseCurrency(field('currency').toUpperCase())
  if (currency === undefined)
    return 'The currency must be a code such as USD; or say which one all amounts are in.'
  const account = bareNumber(field('account') === '' ? (columns?.account ?? '') : field('account'))
  if (account === '') return 'No column says which account of ours it is about; say so beside the file.'
  const texts = [field('remittance'), field('payer'), field('reference')]
  if (texts.some((text) => !text.isWellFormed() || text.includes('\0'))) return 'A text cannot be stored.'
  return {
    account,
    bookedOn,
    amount,
    currency,
    bankReference: bankReferenceOf(field('reference').slice(0, 200)),
    remittance: field('remittance').slice(0, 1_000),
    payer: field('payer').slice(0, 200),
  }
}

function creditOrDebit(credit: string, debit: string): Micros | undefined {
  const [into, out] = [credit === '' ? 0n : amountOf(credit), debit === '' ? 0n : amountOf(debit)]
  if (into === undefined || out === undefined || (into !== 0n && out !== 0n)) return undefined
  return into !== 0n ? into : out < 0n ? out : -out
}

/** The last of comma and point is the decimal mark if digits that are no group of three follow it, or if the other one stands before it. */
function amountOf(text: string): Micros | undefined {
  const bare = text.replaceAll(/[\s'’]/g, '').replace(/^\+/, '')
  if (!/^-?[\d.,]+$/.test(bare)) return undefined
  const mark = Math.max(bare.lastIndexOf(','), bare.lastIndexOf('.'))
  if (mark < 0) return parseAmount(bare)
  const sign = bare[mark] ?? ''
  const other = sign === ',' ? '.' : ','
  const [whole, fraction] = [bare.slice(0, mark), bare.slice(mark + 1)]
  const groups = /^-?\d{1,3}(?:[.,]\d{3})*$/
  if (whole.includes(sign))
    return groups.test(whole) && /^\d{3}$/.test(fraction) && !whole.includes(other)
      ? parseAmount((whole + fraction).replaceAll(/[.,]/g, ''))
      : undefined
  if (whole.includes(other))
    return groups.test(whole) ? parseAmount(`${whole.replaceAll(other, '')}.${fraction}`) : undefined
  // "1,234" alone could be either: a comma before exactly three digits groups, a point never does.
  if (sign === ',' && /^\d{3}$/.test(fraction)) return undefined
  return parseAmount(`${whole}.${fraction}`)
}

function dayOf(text: string): string | undefined {
  const local = /^(\d\d)[./](\d\d)[./](\d{4})$/.exec(text)
  const day = local === null ? text.slice(0, 10) : `${local[3]}-${local[2]}-${local[1]}`
  return isDay(day) ? day : undefined
}

function refuse(sentence: string): Failure {
  return new Failure('invalid_file', { sentence })
}

const linesMost = 100_000
