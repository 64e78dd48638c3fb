import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { streamXlsxRows } from 'hucre/xlsx'
import { expect, test } from 'vitest'
import { writeAmountsCsv, writeTable } from './spreadsheets.ts'
import type { TableFormat } from './spreadsheets.ts'

async function write(format: TableFormat, rows: Iterable<readonly string[]>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of writeTable(format, Readable.from(rows))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('CSV quotes what it must, and lets no cell be a formula', async () => {
  const rows = [
    ['a', 'b,c', 'd "e"', 'f\ng', ''],
    ['=cmd|calc', '+44', '-1', '@x', '\tx', '-1+cmd', '＝1'],
  ]
  const [first, second] = ['a,"b,c","d ""e""","f\ng",', "'=cmd|calc,'+44,-1,'@x,'\tx,'-1+cmd,'＝1"]
  expect((await write('csv', rows)).toString()).toBe(`${first}\r\n${second}\r\n`)
})

test('CSV has amounts as numbers, below zero, too', async () => {
  const chunks: Uint8Array[] = []
  const rows = [['-1', -1_500_000n, 0n, 29_090_000n]]
  for await (const chunk of writeAmountsCsv(Readable.from(rows))) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('-1,-1.5,0,29.09\r\n')
})

test('a workbook holds its cells as texts, whatever they begin with', async () => {
  const book = await write('xlsx', [
    ['Name', '=cmd|calc'],
    ['<b> & "c"', '+44\ud800'],
  ])
  const sheet = await readWorkbook(book)
  expect(sheet).toEqual([
    ['Name', '=cmd|calc'],
    ['<b> & "c"', '+44\ufffd'],
  ])
})

test('rows are written while they come: a table needs no memory for all of them', async () => {
  let given = 0
  async function* endless(): AsyncGenerator<string[]> {
    for (;;) {
      given += 1
      yield await Promise.resolve([randomBytes(50).toString('hex')])
    }
  }
  for (const format of ['csv', 'xlsx'] as const) {
    given = 0
    let bytes = 0
    for await (const chunk of writeTable(format, endless())) {
      bytes += chunk.length
      if (bytes > 500_000) break
    }
    expect(given).toBeLessThan(100_000)
  }
})

/** Cells of the first sheet; a formula would be no text. */
async function readWorkbook(book: Buffer): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const { values } of streamXlsxRows(book)) rows.push(values)
  return rows
}

test('a workbook is an archive that others can read', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-sheet-'))
  try {
    const file = join(folder, 'book.xlsx')
    writeFileSync(file, await write('xlsx', [['a', 'b']]))
    const script =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist()[0])'
    let names: string
    try {
      names = execFileSync('python3', ['-c', script, file], { encoding: 'utf8' }).trim()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return context.skip('there is no Python to read it with')
      throw error
    }
    expect(names).toBe('xl/worksheets/sheet1.xml')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
