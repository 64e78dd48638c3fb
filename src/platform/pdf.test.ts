import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { writePdfTable } from './pdf.ts'
import type { PdfTable } from './pdf.ts'

const table: PdfTable = {
  title: 'Statement of Café Nº 1',
  facts: [['From', '2027-01-01']],
  columns: [
    { heading: 'Text', share: 3, align: 'left' },
    { heading: 'Amount', share: 1, align: 'right' },
  ],
}

async function* rowsOf(texts: Iterable<string>): AsyncGenerator<readonly string[]> {
  for (const text of texts) yield await Promise.resolve([text, '12.50'])
}

async function write(texts: Iterable<string>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of writePdfTable(table, rowsOf(texts))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What is drawn on each page, as far as it is text: the pieces of its strings put together. */
function textOfPages(file: Buffer): string[] {
  const pages: string[] = []
  for (let from = 0; ;) {
    const start = file.indexOf('stream\n', from)
    if (start < 0) return pages
    const end = file.indexOf('endstream', start)
    const drawn = inflateSync(file.subarray(start + 7, end)).toString('latin1')
    const lines = [...drawn.matchAll(/\[(.*)\] TJ/g)].map(([, pieces = '']) =>
      [...pieces.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
        .join(''),
    )
    pages.push(lines.join('\n'))
    from = end + 9
  }
}

test('a table is a PDF with its title, facts, headings and rows', async () => {
  const file = await write(['Receipt A1'])
  expect(file.subarray(0, 5).toString()).toBe('%PDF-')
  expect(file.subarray(-6).toString()).toContain('%%EOF')
  const [page = ''] = textOfPages(file)
  for (const text of [
    'Statement of Café Nº 1',
    'From: 2027-01-01',
    'Text',
    'Amount',
    'Receipt A1',
    '12.50',
    'Page 1',
  ])
    expect(page).toContain(text)
})

test('every row is on one page, and every page has headings and its number', async () => {
  const count = 200
  const pages = textOfPages(await write(Array.from({ length: count }, (_, place) => `row ${place}.`)))
  expect(pages.length).toBeGreaterThan(3)
  expect(pages.length).toBeLessThan(10)
  for (const [place, page] of pages.entries()) {
    expect(page).toContain(`Page ${place + 1}`)
    expect(page).toContain('Amount')
  }
  for (let place = 0; place < count; place += 1)
    expect(pages.filter((page) => page.includes(`row ${place}.`))).toHaveLength(1)
})

test('a long text goes on in its next line, and a letter that is not there becomes a question mark', async () => {
  const long = 'word '.repeat(100).trim()
  const [page = ''] = textOfPages(await write([long, 'Ærø\n日本']))
  expect(page.split(/[^a-z]+/).filter((word) => word === 'word')).toHaveLength(100)
  expect(page).toContain('Ærø???')
})

test('pages are written while rows come', async () => {
  let given = 0
  function* endless(): Generator<string> {
    for (;;) {
      given += 1
      yield `row ${given}`
    }
  }
  let bytes = 0
  for await (const chunk of writePdfTable(table, rowsOf(endless()))) {
    bytes += chunk.length
    if (bytes > 20_000) break
  }
  expect(given).toBeLessThan(5_000)
})
