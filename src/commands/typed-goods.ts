import type { Goods } from '../core/fulfilment/supplier.ts'
import { findColumns, parseCodeRow } from '../core/stock/stock.ts'
import { openCsv } from '../platform/csv.ts'
import { Failure } from '../values/failure.ts'

/**
 * What a person has from a supplier by other ways, from a CSV file: a header with `code` (and pin, serial, url, expires_on), or with
 * `iccid` and `lpa`. Throws Failure invalid_file, which does not repeat what the file says.
 */
export async function readGoods(path: string): Promise<Goods[]> {
  const file = await openCsv(path)
  try {
    const read = readerOf(file.columns)
    const goods: Goods[] = []
    for await (const block of file.blocks(file.start, rowsMost)) {
      for (const { line, fields } of block.rows) {
        const one = read(fields)
        if (typeof one === 'string') throw refuse(`Line ${line}: ${one}`)
        goods.push(one)
      }
      if (goods.length > rowsMost) throw refuse(`No order has more than ${rowsMost} items.`)
    }
    return goods
  } finally {
    await file.close()
  }
}

type RowReader = (fields: readonly string[]) => Goods | string

function readerOf(columns: readonly string[]): RowReader {
  const [iccid, lpa] = [columns.indexOf('iccid'), columns.indexOf('lpa')]
  if (iccid >= 0 && lpa >= 0)
    return (fields) => ({
      kind: 'esim',
      iccid: (fields[iccid] ?? '').trim(),
      lpa: (fields[lpa] ?? '').trim(),
    })
  const places = findColumns(columns)
  if (typeof places === 'string') throw refuse(places)
  return (fields) => {
    // Whether it has expired is the supplier's affair and the buyer's: it is what was delivered.
    const code = parseCodeRow(fields, places, '0000-01-01')
    return typeof code === 'string' ? code : { kind: 'code', ...code }
  }
}

function refuse(sentence: string): Failure {
  return new Failure('invalid_file', { sentence })
}

const rowsMost = 1_000
