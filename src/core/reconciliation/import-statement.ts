import { openCsv } from '../../platform/csv.ts'
import type { CsvFile } from '../../platform/csv.ts'
import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { StatementId, SupplierId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { lockStatements, matchStatement } from './match-statement.ts'
import { findStatementColumns, parseStatementRow } from './statement.ts'
import type { ColumnNames, Statement, StatementLine, StatementPlaces } from './statement.ts'
import {
  insertLines,
  insertStatement,
  expectManyLines,
  markRepeatedLines,
  selectStatementOfFile,
  selectWaiting,
} from './statements.sql.ts'

export type ImportStatement = {
  readonly supplierId: SupplierId
  readonly path: string
  /** The time that the statement is about; by default the days of its first and its last line, in UTC. */
  readonly from?: Date | undefined
  /** Outside of it. */
  readonly to?: Date | undefined
  /** How the columns are called, where not reference, amount, currency, status, date, supplier_reference. */
  readonly columns?: ColumnNames | undefined
  readonly actor: string
  /** Told of the bytes read so far, of those that are read in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

type StatementProblem = { readonly line: number; readonly sentence: string }

export type StatementImport =
  | {
      readonly state: 'imported'
      readonly statement: Statement
      /** The very file was imported before, and nothing was done. */
      readonly repeated: boolean
      readonly newBreaks: number
    }
  /** Lines are wrong, and nothing was imported: how many, and the first 20 of them. */
  | { readonly state: 'refused'; readonly bad: number; readonly problems: readonly StatementProblem[] }

/**
 * Imports a supplier's statement and compares it with the books, all in one transaction: nobody ever sees a part of it. The file is
 * read twice, first to see that every line is right. Needs the memory of one block of lines, whatever the file's length.
 * Throws Failure invalid_file, validation_failed, and unavailable while another statement of the supplier is imported.
 */
export async function importStatement(database: Database, order: ImportStatement): Promise<StatementImport> {
  const { supplierId, onProgress = () => undefined } = order
  const file = await openCsv(order.path)
  try {
    const before = await selectStatementOfFile(database, supplierId, file.hash)
    if (before !== undefined) return { state: 'imported', statement: before, repeated: true, newBreaks: 0 }
    const places = columnsOf(file, order.columns ?? {})
    const read = await readThrough(file, places, (done) => onProgress(done, file.bytes * 2))
    if (read.bad > 0) return { state: 'refused', bad: read.bad, problems: read.problems }
    const period = periodOf(order, read)
    return await database.inTransaction((tx) => store(tx, order, { file, places, period }))
  } finally {
    await file.close()
  }
}

function columnsOf(file: CsvFile, names: ColumnNames): StatementPlaces {
  const places = findStatementColumns(file.columns, names)
  if (typeof places === 'string') throw new Failure('invalid_file', { sentence: places })
  return places
}

type Read = {
  readonly bad: number
  readonly problems: readonly StatementProblem[]
  readonly first: Date | undefined
  readonly last: Date | undefined
}

async function readThrough(
  file: CsvFile,
  places: StatementPlaces,
  onRead: (bytes: number) => void,
): Promise<Read> {
  const problems: StatementProblem[] = []
  let [bad, first, last]: [number, Date | undefined, Date | undefined] = [0, undefined, undefined]
  for await (const block of file.blocks(file.start, blockRows)) {
    for (const { line, fields } of block.rows) {
      const one = parseStatementRow(line, fields, places)
      if (typeof one === 'string') {
        bad += 1
        if (problems.length < problemsShown) problems.push({ line, sentence: one })
      } else {
        if (first === undefined || one.at < first) first = one.at
        if (last === undefined || one.at > last) last = one.at
      }
    }
    onRead(block.next.offset)
  }
  return { bad, problems, first, last }
}

function periodOf(order: ImportStatement, { first, last }: Read): { from: Date; to: Date } {
  const from = order.from ?? (first === undefined ? undefined : new Date(dayOf(first)))
  const to = order.to ?? (last === undefined ? undefined : new Date(dayOf(last) + dayMs))
  if (from === undefined || to === undefined)
    throw new Failure('invalid_file', {
      sentence: 'The file has no lines; say with its period which time it is about.',
    })
  if (from < to) return { from, to }
  const sentence = 'The period must end after it begins.'
  throw new Failure('validation_failed', { fields: [{ field: 'to', sentence }] })
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / dayMs) * dayMs
}

type Parts = {
  readonly file: CsvFile
  readonly places: StatementPlaces
  readonly period: { readonly from: Date; readonly to: Date }
}

async function store(
  tx: Tx,
  order: ImportStatement,
  { file, places, period }: Parts,
): Promise<StatementImport> {
  const { supplierId, actor } = order
  await lockStatements(tx, supplierId)
  const id = newId<StatementId>()
  const { from: periodFrom, to: periodTo } = period
  const row = { id, supplierId, fileName: file.name, fileHash: file.hash, periodFrom, periodTo, actor }
  if (!(await insertStatement(tx, row))) {
    const statement = await selectStatementOfFile(tx, supplierId, file.hash)
    if (statement !== undefined) return { state: 'imported', statement, repeated: true, newBreaks: 0 }
  }
  await storeLines(tx, order, { file, places }, id)
  await expectManyLines(tx)
  await markRepeatedLines(tx, id)
  const { statement, newBreaks: first } = await matchStatement(tx, id)
  const newBreaks = first + (await matchWaiting(tx, supplierId, id))
  await recordAudit(tx, {
    actor,
    action: 'statement.imported',
    subject: id,
    details: { supplierId, fileName: file.name, lines: statement.lines, newBreaks },
  })
  return { state: 'imported', statement, repeated: false, newBreaks }
}

async function storeLines(
  tx: Tx,
  { supplierId, onProgress = () => undefined }: ImportStatement,
  { file, places }: Omit<Parts, 'period'>,
  id: StatementId,
): Promise<void> {
  for await (const block of file.blocks(file.start, blockRows)) {
    const lines = block.rows.map(({ line, fields }): StatementLine => {
      const one = parseStatementRow(line, fields, places)
      if (typeof one !== 'string') return one
      throw new Failure('invalid_file', { sentence: `The file ${file.name} was changed while it was read.` })
    })
    if (lines.length > 0) await insertLines(tx, id, supplierId, lines)
    onProgress(file.bytes + block.next.offset, file.bytes * 2)
  }
}

/** What earlier statements say about items that had not ended is looked at again. */
async function matchWaiting(tx: Tx, supplierId: SupplierId, except: StatementId): Promise<number> {
  let newBreaks = 0
  for (const id of await selectWaiting(tx, supplierId, waitingMost))
    if (id !== except) newBreaks += (await matchStatement(tx, id)).newBreaks
  return newBreaks
}

const blockRows = 5_000
const problemsShown = 20
const waitingMost = 20
const dayMs = 86_400_000
