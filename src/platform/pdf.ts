import PdfDocument from 'pdfkit'

/** A table on paper: what stands above it, and its columns from left to right. */
export type PdfTable = {
  readonly title: string
  /** Names and their values, below the title. */
  readonly facts: readonly (readonly [string, string])[]
  readonly columns: readonly {
    readonly heading: string
    /** Its share of the page's width. */
    readonly share: number
    readonly align: 'left' | 'right'
  }[]
}

/**
 * A table as a PDF of A4 pages, written while its rows come: a page of them is in memory at a time, and some bytes for each page that is done. The
 * headings stand on every page, and its number. What does not fit into a cell goes on in its next line. Letters that the standard fonts lack
 * (all but those of western Europe) become question marks.
 */
export async function* writePdfTable(
  table: PdfTable,
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<Uint8Array> {
  const document = new PdfDocument({ size: 'A4', layout: 'landscape', margin, info: { Title: table.title } })
  const page = openPage(document, table)
  page.head()
  for await (const row of rows) {
    if (page.add(row.map(printable))) yield* written(document)
  }
  document.end()
  for await (const chunk of document) yield chunk as Buffer // A stream of bytes, as its types say of the chunks it is given.
}

type Document = InstanceType<typeof PdfDocument>

function openPage(document: Document, { title, facts, columns }: PdfTable) {
  const width = document.page.width - 2 * margin
  const bottom = document.page.height - margin - lineHeight
  const shares = columns.reduce((sum, { share }) => sum + share, 0)
  const widths = columns.map(({ share }) => (width * share) / shares)
  let number = 0
  let y = margin

  function line(cells: readonly string[], font: string): void {
    document.font(font).fontSize(fontSize)
    let x = margin
    for (const [place, column] of columns.entries()) {
      const cell = { width: (widths[place] ?? 0) - gap, align: column.align }
      document.text(cells[place] ?? '', x, y, cell)
      x += widths[place] ?? 0
    }
  }

  function heightOf(cells: readonly string[]): number {
    document.font(plain).fontSize(fontSize)
    const heights = cells.map((cell, place) =>
      document.heightOfString(cell, { width: (widths[place] ?? 0) - gap }),
    )
    return Math.max(lineHeight, ...heights) + gap / 2
  }

  function headings(): void {
    number += 1
    const at = { width, align: 'right', lineBreak: false } as const
    document.font(plain).fontSize(fontSize).text(`Page ${number}`, margin, bottom, at)
    line(
      columns.map(({ heading }) => heading),
      bold,
    )
    y += lineHeight + gap / 2
    document
      .moveTo(margin, y - gap / 2)
      .lineTo(margin + width, y - gap / 2)
      .lineWidth(0.5)
      .stroke()
  }

  return {
    head(): void {
      document.font(bold).fontSize(titleSize).text(printable(title), margin, y, { width })
      y = document.y + gap
      for (const [name, value] of facts) {
        document
          .font(plain)
          .fontSize(fontSize)
          .text(printable(`${name}: ${value}`), margin, y, { width })
        y = document.y
      }
      y += lineHeight
      headings()
    },
    /** True: a page was done before the row. */
    add(cells: readonly string[]): boolean {
      const height = heightOf(cells)
      const isFull = y + height > bottom
      if (isFull) {
        document.addPage()
        y = margin
        headings()
      }
      line(cells, plain)
      y += height
      return isFull
    },
  }
}

/** What of a document is done. */
function* written(document: Document): Generator<Uint8Array> {
  for (;;) {
    const chunk: unknown = document.read()
    if (!(chunk instanceof Uint8Array)) return
    yield chunk
  }
}

/** A text in the letters of the standard fonts, on one line. */
function printable(text: string): string {
  return text.normalize('NFC').replaceAll(/[^\x20-\x7E\xA0-\xFF€‚„…‘’“”•–—ŠšŽžŒœŸ]/gu, '?')
}

const margin = 40
const gap = 6
const fontSize = 8
const lineHeight = 11
const titleSize = 14
const plain = 'Helvetica'
const bold = 'Helvetica-Bold'
