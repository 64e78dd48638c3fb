import { stringify } from 'csv-stringify'
import { writeXlsxStream } from 'hucre/xlsx'
import { Readable } from 'node:stream'
import { printAmount } from '../values/money.ts'
import type { Micros } from '../values/money.ts'

export type TableFormat = 'csv' | 'xlsx'

/** What a browser is told of a file. */
export const mediaTypes = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Record<TableFormat, string>

/**
 * A table as a file, written while its rows come: few of them are in memory at a time, however many there are. Every cell is a text. No cell is a
 * formula, whatever it begins with: in CSV (RFC 4180) one that a spreadsheet would take for one gets an apostrophe in front, numbers aside; in a workbook
 * (Office Open XML) texts are marked as such. A workbook's further rows go on in another sheet where one is full.
 */
export function writeTable(
  format: TableFormat,
  rows: AsyncIterable<readonly string[]>,
): AsyncIterable<Uint8Array> {
  return format === 'csv' ? toCsv(rows) : writeXlsxStream(toWellFormed(rows), { name: 'Report' })
}

/**
 * A table in CSV, as `writeTable` writes it, whose cells may be amounts as well: micro-units, which are printed in units. An amount is a number to
 * a spreadsheet, below zero, too.
 */
export async function* writeAmountsCsv(
  rows: AsyncIterable<readonly (string | Micros)[]>,
): AsyncGenerator<Uint8Array> {
  yield* toCsv(rows)
}

async function* toCsv(rows: AsyncIterable<readonly (string | Micros)[]>): AsyncGenerator<Uint8Array> {
  const written = Readable.from(withoutFormulas(rows)).compose(
    stringify({ record_delimiter: 'windows', quoted_match: /[\r\n]/ }),
  )
  for await (const chunk of written) yield Buffer.from(chunk as Buffer | string) // As its stream is documented.
}

/** What a spreadsheet would take for a formula, full-width signs included, gets an apostrophe in front; a negative number is none. */
async function* withoutFormulas(rows: AsyncIterable<readonly (string | Micros)[]>): AsyncGenerator<string[]> {
  for await (const row of rows)
    yield row.map((cell) => (typeof cell === 'bigint' ? printAmount(cell) : withoutFormula(cell)))
}

function withoutFormula(cell: string): string {
  return /^[=+\-@\t\r＝＋－＠]/.test(cell) && !/^-\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell
}

/** XML has no place for half a character. */
async function* toWellFormed(rows: AsyncIterable<readonly string[]>): AsyncGenerator<string[]> {
  for await (const row of rows) yield row.map((cell) => cell.toWellFormed())
}
