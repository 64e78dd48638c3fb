import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../values/failure.ts'
import { openCsv } from './csv.ts'
import type { CsvPosition, CsvRow } from './csv.ts'

let dir: string
let files = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'scrip-csv-'))
})

afterAll(() => rm(dir, { recursive: true }))

describe('a CSV file', () => {
  it.each([
    ['comma', 'Code,PIN\nA,1\n'],
    ['semicolon', 'Code;PIN\nA;1\n'],
    ['tab', 'Code\tPIN\nA\t1\n'],
    ['a byte order mark', '\ufeffCode,PIN\nA,1\n'],
    ['CRLF', 'Code,PIN\r\nA,1\r\n'],
    ['no newline at its end', 'Code,PIN\nA,1'],
    ['quotes', '"Code" , PIN\n"A","1"\n'.replace(' , ', ',')],
    ['blank lines', 'Code,PIN\n\n\r\n,\nA,1\n\n'],
  ])('is read with %s', async (_, text) => {
    const { columns, rows } = await readAll(text)
    expect(columns).toEqual(['code', 'pin'])
    expect(rows.map((row) => row.fields)).toEqual([['A', '1']])
  })

  it('counts lines as an editor does, where fields hold newlines and lines are blank', async () => {
    const { rows } = await readAll(
      'code,note\r\nA,"two\r\nlines"\r\n\r\nB,"three\nmore\nlines"\nC,"say ""so"""\n',
    )
    expect(rows).toEqual([
      { line: 2, fields: ['A', 'two\r\nlines'] },
      { line: 5, fields: ['B', 'three\nmore\nlines'] },
      { line: 8, fields: ['C', 'say "so"'] },
    ])
  })

  it('comes back as it was written, from every place where reading may go on', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '\n', '\r\n', ',', ';', '\t', ' ') })
    const record = fc.tuple(field, field).map(([a, b]) => [`x${a}`, b])
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        async (records, separator, newline) => {
          const quoted = (fields: readonly string[]): string =>
            fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(separator)
          const path = await write([['code', 'note'], ...records].map(quoted).join(newline))
          const file = await openCsv(path)
          const places: CsvPosition[] = [file.start]
          for await (const block of file.blocks(file.start, 1)) places.push(block.next)
          for (const [index, place] of places.entries()) {
            const rows = await collect(file.blocks(place, 5))
            expect(rows.map((row) => row.fields)).toEqual(records.slice(index))
          }
          await file.close()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is read across the buffers that it comes in', async () => {
    const line = (n: number): string => `CODE-${n},"é😀 ""${n}""\r\n${'x'.repeat(n % 97)}"\r\n`
    const count = 30_000
    const { rows } = await readAll(
      `code,note\r\n${Array.from({ length: count }, (_, n) => line(n)).join('')}`,
    )
    expect(rows.length).toBe(count)
    expect(
      rows.every(
        (row, n) => row.line === 2 + 2 * n && row.fields[1] === `é😀 "${n}"\r\n${'x'.repeat(n % 97)}`,
      ),
    ).toBe(true)
  })

  it.each([
    ['is empty', '', /first line/],
    ['begins with a blank line', '\ncode\nA\n', /first line/],
    ['is UTF-16', Buffer.from('\ufeffcode\nSECRET', 'utf16le'), /^Line 1 is not UTF-8/],
    [
      'holds a byte that is no UTF-8',
      Buffer.concat([Buffer.from('code\nA\nB\nSECRET'), Buffer.of(0xff), Buffer.from('\nD\n')]),
      /^Line 4 is not UTF-8/,
    ],
    [
      'ends inside a character',
      Buffer.concat([Buffer.from('code\nSECRET'), Buffer.of(0xc3)]),
      /^Line 2 is not UTF-8/,
    ],
    ['has a quote inside a bare field', 'code\nA\nSECRET"1\nC\n', /^Line 3 has a quote in the wrong place/],
    [
      'has text behind a quoted field',
      'code\nA\nB\n"SECRET"1\nC\n',
      /^Line 4 has a quote in the wrong place/,
    ],
    ['has a quote that is not closed', 'code\nA\n"SECRET\nC\n', /^Line 3 has a quote in the wrong place/],
    [
      'has a quote that is not closed for a megabyte',
      `code\nA\n"SECRET${'\nB'.repeat(1_200_000)}`,
      /^Line 3 is longer than/,
    ],
  ])('that %s is refused by a sentence with the line and without the text', async (_, text, sentence) => {
    const error: unknown = await readAll(text).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    expect(error).toMatchObject({ code: 'invalid_file', sentence: expect.stringMatching(sentence) })
    expect(everythingIn(error)).not.toContain('SECRET')
  })

  it('that is missing, or a folder, is refused', async () => {
    await expect(openCsv(join(dir, 'gone.csv'))).rejects.toMatchObject({
      code: 'invalid_file',
      sentence: expect.stringContaining('ENOENT'),
    })
    await expect(openCsv(dir)).rejects.toMatchObject({ code: 'invalid_file' })
  })

  it('that changes while it is read is refused at its end', async () => {
    const path = await write('code\nA\nB\n')
    const file = await openCsv(path)
    const read = (async () => {
      for await (const _ of file.blocks(file.start, 1)) await appendFile(path, 'C\n')
    })()
    await expect(read).rejects.toMatchObject({
      code: 'invalid_file',
      sentence: expect.stringContaining('changed'),
    })
    await file.close()
  })

  it('has the hash of its bytes, whatever its name', async () => {
    const hashOf = async (text: string): Promise<string> => {
      const file = await openCsv(await write(text))
      await file.close()
      return file.hash.toString('hex')
    }
    expect(await hashOf('code\nA\n')).toBe(await hashOf('code\nA\n'))
    expect(await hashOf('code\nA\n')).not.toBe(await hashOf('code\nB\n'))
  })
})

async function readAll(text: string | Buffer): Promise<{ columns: readonly string[]; rows: CsvRow[] }> {
  const file = await openCsv(await write(text))
  try {
    return { columns: file.columns, rows: await collect(file.blocks(file.start, 1_000)) }
  } finally {
    await file.close()
  }
}

async function collect(blocks: AsyncGenerator<{ readonly rows: readonly CsvRow[] }>): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  for await (const block of blocks) rows.push(...block.rows)
  return rows
}

async function write(text: string | Buffer): Promise<string> {
  files += 1
  const path = join(dir, `${files}.csv`)
  await writeFile(path, text)
  return path
}

/** All that a log could print of an error. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error)
  return [
    error.message,
    error.stack,
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    everythingIn(error.cause ?? ''),
  ].join('\n')
}
