import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { codeOf } from './error-code.ts'
import { Failure } from '../values/failure.ts'

/** A place between two records: the line on which the next one begins (the file's first is 1) and its byte. */
export type CsvPosition = { readonly line: number; readonly offset: number }

/** One record; `line` is where it begins. Lines without any text are no records. */
export type CsvRow = { readonly line: number; readonly fields: readonly string[] }

/** Some records in the order of the file, and where the next ones begin. */
export type CsvBlock = { readonly rows: readonly CsvRow[]; readonly next: CsvPosition }

export type CsvFile = {
  readonly name: string
  readonly bytes: number
  /** SHA-256 of the whole file. */
  readonly hash: Buffer
  /** Trimmed, in lower case. */
  readonly columns: readonly string[]
  /** Where the records after the header begin. */
  readonly start: CsvPosition
  /**
   * Reads on from a place that `start` or a block of the same file gave, in blocks of at most `rowsMost` rows; needs the memory of
   * one block. Throws Failure invalid_file, with the line, for what is no UTF-8 or no CSV, and if the file changed meanwhile.
   */
  blocks(from: CsvPosition, rowsMost: number): AsyncGenerator<CsvBlock>
  close(): Promise<void>
}

/**
 * Opens a CSV file with a header: UTF-8 with or without a byte order mark, separated by comma, semicolon or tab (whichever the
 * header has most of), quoted as in RFC 4180, lines ending in LF or CRLF. Reads it once for its hash. Throws Failure invalid_file.
 * No failure repeats what the file says: it may be secret.
 *
 * @param onHashed told of the bytes hashed so far
 */
export async function openCsv(
  path: string,
  onHashed: (bytes: number) => void = () => undefined,
): Promise<CsvFile> {
  const name = basename(path)
  const handle = await open(path, 'r').catch((error: unknown) =>
    refuse(`The file ${name} cannot be opened (${codeOf(error) || 'unknown error'}).`),
  )
  try {
    const opened = await handle.stat({ bigint: true })
    if (!opened.isFile()) refuse(`${name} is not a regular file.`)
    const hash = await hashOf(handle, onHashed)
    const header = await readHeader(handle)
    return {
      name,
      bytes: Number(opened.size),
      hash,
      columns: header.columns,
      start: header.next,
      async *blocks(from, rowsMost) {
        yield* readBlocks(handle, from, header.separator, rowsMost)
        const now = await handle.stat({ bigint: true })
        if (now.size !== opened.size || now.mtimeNs !== opened.mtimeNs)
          refuse(`The file ${name} was changed while it was read.`)
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function hashOf(handle: FileHandle, onHashed: (bytes: number) => void): Promise<Buffer> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of readChunks(handle, 0)) {
    hash.update(chunk)
    bytes += chunk.length
    onHashed(bytes)
  }
  return hash.digest()
}

type Header = { readonly columns: readonly string[]; readonly separator: string; readonly next: CsvPosition }

async function readHeader(handle: FileHandle): Promise<Header> {
  const first = Buffer.alloc(recordLargest)
  const { bytesRead } = await handle.read(first, 0, recordLargest, 0)
  const begin = first.subarray(0, bytesRead)
  const offset = begin.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0
  const record = endOfRecord(begin, offset) ?? { end: bytesRead, newlines: 1 }
  const text = begin.subarray(offset, record.end)
  const separator = separatorOf(text)
  const [row] = parseBlock(text, [{ line: 1, start: 0, end: text.length }], separator)
  if (row === undefined) refuse('The first line of the file must name its columns.')
  return {
    columns: row.fields.map((field) => field.trim().toLowerCase()),
    separator,
    next: { line: 1 + record.newlines, offset: record.end },
  }
}

function separatorOf(header: Buffer): string {
  const outsideQuotes = header.toString('utf8').replaceAll(/"[^"]*"/g, '')
  const count = (separator: string): number => outsideQuotes.split(separator).length
  return separators.reduce((best, separator) => (count(separator) > count(best) ? separator : best))
}

/** A record's place in a buffer, its newline included. */
type Span = { readonly line: number; readonly start: number; readonly end: number }

async function* readBlocks(
  handle: FileHandle,
  from: CsvPosition,
  separator: string,
  rowsMost: number,
): AsyncGenerator<CsvBlock> {
  let next = from
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of withLast(readChunks(handle, from.offset))) {
    const buffer = rest.length === 0 ? chunk.bytes : Buffer.concat([rest, chunk.bytes])
    const spans = findRecords(buffer, next.line, chunk.isLast)
    let used = 0
    for (let place = 0; place < spans.length; place += rowsMost) {
      const group = spans.slice(place, place + rowsMost)
      const end = group.at(-1)?.end ?? used
      const line = spans[place + rowsMost]?.line ?? spans.lineAfter
      next = { line, offset: next.offset + end - used }
      yield { rows: parseBlock(buffer, group, separator), next }
      used = end
    }
    rest = buffer.subarray(used)
    if (rest.length > recordLargest)
      refuse(`Line ${next.line} is longer than ${recordLargest} bytes; is a quote not closed?`)
  }
}

type Spans = Span[] & { lineAfter: number }

/** The complete records of a buffer; at the end of the file what is left counts as one. */
function findRecords(buffer: Buffer, firstLine: number, atEnd: boolean): Spans {
  const spans: Spans = Object.assign([], { lineAfter: firstLine })
  let start = 0
  while (start < buffer.length) {
    const record = endOfRecord(buffer, start) ?? (atEnd ? { end: buffer.length, newlines: 1 } : undefined)
    if (record === undefined) break
    spans.push({ line: spans.lineAfter, start, end: record.end })
    spans.lineAfter += record.newlines
    start = record.end
  }
  return spans
}

/** Where the record that begins at `from` ends, past its newline: newlines between quotes are part of a field. */
function endOfRecord(
  buffer: Buffer,
  from: number,
): { readonly end: number; readonly newlines: number } | undefined {
  let quoted = false
  let newlines = 0
  for (let place = from; place < buffer.length; place += 1) {
    const byte = buffer[place]
    if (byte === quote) quoted = !quoted
    else if (byte === newline) {
      newlines += 1
      if (!quoted) return { end: place + 1, newlines }
    }
  }
  return undefined
}

/** The records of spans that follow each other without a gap. */
function parseBlock(buffer: Buffer, spans: readonly Span[], separator: string): CsvRow[] {
  const filled = spans.filter((span) => !isEmpty(buffer, span))
  const text = buffer.subarray(spans[0]?.start, spans.at(-1)?.end)
  if (!isUtf8(text)) throw invalidText(buffer, spans)
  const records = parseText(text, separator) ?? filled.map((span) => parseRecord(buffer, span, separator))
  if (records.length !== filled.length)
    throw new Error('The CSV parser and the scanner disagree about where records end.')
  return records.flatMap((fields, place) => {
    const line = filled[place]?.line ?? 0
    return fields.every((field) => field.trim() === '') ? [] : [{ line, fields }]
  })
}

/** Undefined where the text is no CSV. */
function parseText(text: Buffer, separator: string): string[][] | undefined {
  try {
    return parse(text, {
      delimiter: separator,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    // The parser's error holds the field that it stumbled over, which may be a code: nobody may log it.
    if (error instanceof CsvError) return undefined
    throw error
  }
}

function parseRecord(buffer: Buffer, span: Span, separator: string): string[] {
  const records = parseText(buffer.subarray(span.start, span.end), separator)
  if (records?.length !== 1 || records[0] === undefined)
    refuse(`Line ${span.line} has a quote in the wrong place, or one that is not closed.`)
  return records[0]
}

function isEmpty(buffer: Buffer, span: Span): boolean {
  const length = span.end - span.start
  if (length === 0) return true
  if (buffer[span.start] === newline) return length === 1
  return buffer[span.start] === carriageReturn && buffer[span.start + 1] === newline
}

function invalidText(buffer: Buffer, spans: readonly Span[]): Failure {
  const broken = spans.find((span) => !isUtf8(buffer.subarray(span.start, span.end)))
  return new Failure('invalid_file', {
    sentence: `Line ${broken?.line ?? spans[0]?.line ?? 1} is not UTF-8 text.`,
  })
}

async function* readChunks(handle: FileHandle, from: number): AsyncGenerator<Buffer> {
  for (let position = from; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Tells of each chunk whether it is the last; there always is one. */
async function* withLast(
  chunks: AsyncGenerator<Buffer>,
): AsyncGenerator<{ readonly bytes: Buffer; readonly isLast: boolean }> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (held.length > 0) yield { bytes: held, isLast: false }
    held = chunk
  }
  yield { bytes: held, isLast: true }
}

function refuse(sentence: string): never {
  throw new Failure('invalid_file', { sentence })
}

const separators = [',', ';', '\t']
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf)
const newline = 0x0a
const carriageReturn = 0x0d
const quote = 0x22
const chunkBytes = 1 << 20
const recordLargest = 1 << 20
