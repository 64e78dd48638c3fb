import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { toCsvLine, toWorkbook } from './spreadsheets.ts'

test('a line of CSV quotes what it must, and lets no cell be a formula', () => {
  expect(toCsvLine(['a', 'b,c', 'd "e"', 'f\ng', ''])).toBe('a,"b,c","d ""e""","f\ng",\r\n')
  expect(toCsvLine(['=1+1', '+44', '-1', '@x'])).toBe("'=1+1,'+44,'-1,'@x\r\n")
})

test('a workbook holds its cells, escaped, in a file that is deflated', () => {
  const book = toWorkbook([
    ['Name', 'Value'],
    ['<b> & "c"', 'bell\u0007\ud800'],
  ])
  const name = Buffer.from('xl/worksheets/sheet1.xml')
  const at = book.indexOf(name)
  const packed = book.readUInt32LE(at - 12)
  const sheet = inflateRawSync(book.subarray(at + name.length, at + name.length + packed)).toString()
  expect(sheet).toContain('<row><c t="inlineStr"><is><t xml:space="preserve">Name</t></is></c>')
  expect(sheet).toContain('&lt;b&gt; &amp; "c"')
  expect(sheet).toContain('>bell\ufffd<')
})

test('a workbook is an archive that others can read', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-sheet-'))
  try {
    const file = join(folder, 'book.xlsx')
    writeFileSync(file, toWorkbook([['a', 'b']]))
    const script =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))'
    let names: string
    try {
      names = execFileSync('python3', ['-c', script, file], { encoding: 'utf8' }).trim()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return context.skip('there is no Python to read it with')
      throw error
    }
    expect(names).toBe('5')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
