import { openCsv } from '../../platform/csv.ts'
import type { CsvFile } from '../../platform/csv.ts'
import { parseDecimal } from '../../values/decimal.ts'
import { Failure } from '../../values/failure.ts'
import { parseCurrency, rateScale } from '../../values/money.ts'
import type { GivenRate } from './rates.ts'

/**
 * Reads the exchange rates of a CSV file with the columns `base`, `quote` and `rate` (units of quote for one base, at most 10
 * digits after the point). Throws Failure invalid_file, which names the line.
 *
 * @param source where the rates come from, for lines without a `source` of their own
 */
export async function readRates(path: string, source: string): Promise<GivenRate[]> {
  const file = await openCsv(path)
  try {
    const read = readerOf(file, source)
    const rates: GivenRate[] = []
    for await (const block of file.blocks(file.start, rowsPerBlock)) {
      rates.push(...block.rows.map(({ line, fields }) => read(line, fields)))
      if (rates.length > ratesMost)
        throw new Failure('invalid_file', {
          sentence: `The file ${file.name} holds more than ${ratesMost} rates.`,
        })
    }
    if (rates.length === 0)
      throw new Failure('invalid_file', { sentence: `The file ${file.name} holds no rates.` })
    return rates
  } finally {
    await file.close()
  }
}

function readerOf(
  { name, columns }: CsvFile,
  source: string,
): (line: number, fields: readonly string[]) => GivenRate {
  const [basePlace, quotePlace, ratePlace] = ['base', 'quote', 'rate'].map((column) =>
    columns.indexOf(column),
  )
  if (basePlace === -1 || quotePlace === -1 || ratePlace === -1) {
    throw new Failure('invalid_file', {
      sentence: `The file ${name} needs the columns base, quote and rate.`,
    })
  }
  const sourcePlace = columns.indexOf('source')
  return (line, fields) => {
    const text = (place: number | undefined): string =>
      place === undefined ? '' : (fields[place]?.trim() ?? '')
    const base = parseCurrency(text(basePlace))
    const quote = parseCurrency(text(quotePlace))
    const rate = parseDecimal(text(ratePlace), rateScale)
    if (base === undefined || quote === undefined || rate === undefined) {
      throw new Failure('invalid_file', {
        sentence: `Line ${line} needs two currencies of three capitals and a rate with at most 10 digits after its point.`,
      })
    }
    return { base, quote, rate, source: text(sourcePlace) || source }
  }
}

const rowsPerBlock = 1_000
const ratesMost = 20_000
