import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { findStockSku } from '../core/stock/find-stock-sku.ts'
import { importStock } from '../core/stock/import-stock.ts'
import type { ImportResult } from '../core/stock/import-stock.ts'
import { listImportProblems } from '../core/stock/list-imports.ts'
import type { ImportProblem, ImportProgressReport } from '../core/stock/stock.ts'
import type { Db } from '../platform/database.ts'
import type { Progress } from '../platform/progress.ts'
import type { ImportId } from '../values/ids.ts'
import { command } from './command.ts'
import type { Leaf } from './command.ts'
import { argument, flag, option, requiredOption, text } from './params.ts'

export const importCodes: Leaf = command({
  name: 'import',
  summary: 'Import a CSV file of codes for a SKU.',
  details: [
    'The first line names the columns: "code", and if wished pin, serial, url, expires_on (2027-01-31); others are ignored. Fields are separated by comma, semicolon or tab; the text is UTF-8.',
    'The file becomes stock all at once. A line that is invalid, or whose code stands in the file before or was ever imported for the brand, refuses the whole file, unless such lines are to be skipped.',
    'When it is interrupted, the same command goes on where it stopped.',
  ],
  examples: [
    'stock import codes.csv --sku AMAZON-US-10',
    'stock import codes.csv --sku AMAZON-US-10 --skip-duplicates --problems problems.csv',
  ],
  params: {
    file: argument('<file>', 'the CSV file', text),
    sku: requiredOption('--sku <sku>', 'the id or the code of the SKU', text),
    skipDuplicates: flag('--skip-duplicates', 'take the other lines when some are duplicates'),
    skipInvalid: flag('--skip-invalid', 'take the other lines when some are invalid'),
    problems: option(
      '--problems <file>',
      'write every line that was not taken, and why, to a CSV file',
      text,
    ),
  },
  async run(context, input) {
    const database = await context.database()
    const sku = await findStockSku(database, input.sku)
    const keyRing = await context.keyRing()
    const progress = context.progress('Importing')
    const { file: path, skipDuplicates, skipInvalid } = input
    const order = {
      skuId: sku.id,
      path,
      skipDuplicates,
      skipInvalid,
      actor: context.actor,
      onProgress: (report: ImportProgressReport) => show(progress, report),
    }
    const result = await importStock(database, keyRing, order).catch((error: unknown) => {
      progress.fail()
      throw error
    })
    progress.end(result.state === 'published' ? 'Imported' : 'Refused')
    if (input.problems !== undefined) await writeProblems(database, result.importId, input.problems)
    return {
      json: result,
      text: summaryOf(result, sku.code, input.problems),
      ok: result.state === 'published',
    }
  },
})

/** Where each phase begins and ends on a bar of 1,000 steps: about as long as it takes. */
const spans = {
  hashing: [0, 5],
  waiting: [5, 5],
  staging: [5, 600],
  checking: [600, 800],
  publishing: [800, 1_000],
} as const

function show(progress: Progress, { phase, done, total }: ImportProgressReport): void {
  const [from, to] = spans[phase]
  const share = total === 0 ? 0 : Math.min(1, done / total)
  const doing = phase === 'waiting' ? 'waiting for another import' : `${phase} ${Math.floor(share * 100)} %`
  progress.at(Math.floor(from + (to - from) * share), 1_000, doing)
}

function summaryOf(result: ImportResult, skuCode: string, problemsFile: string | undefined): string[] {
  const { published, duplicates, invalid, lines } = result
  const bad = duplicates + invalid
  const counts = `${duplicates} ${duplicates === 1 ? 'duplicate' : 'duplicates'}, ${invalid} invalid`
  const outcome =
    result.state === 'refused'
      ? `The file was refused and nothing is in stock: of ${lines} lines, ${counts}.`
      : `${published} of ${lines} codes are in stock for ${skuCode}${bad === 0 ? '' : `; left out: ${counts}`}.`
  return [
    ...(result.resumed ? ['An earlier import of this file had been interrupted; it was finished.'] : []),
    outcome,
    ...result.problems.map((problem) => `  line ${problem.line}: ${sentenceOf(problem)}`),
    ...(bad > result.problems.length
      ? [
          `  and ${bad - result.problems.length} more${problemsFile === undefined ? ' (add --problems <file> for all)' : ''}`,
        ]
      : []),
    ...(problemsFile === undefined || bad === 0 ? [] : [`All of them are in ${problemsFile}.`]),
    `Import ${result.importId}`,
  ]
}

function sentenceOf(problem: ImportProblem): string {
  const sentences = {
    duplicate_in_file: 'The code stands in the file before.',
    duplicate_in_stock: 'The code was imported before.',
    invalid: problem.detail,
  } satisfies Record<ImportProblem['problem'], string>
  return sentences[problem.problem]
}

async function writeProblems(db: Db, importId: ImportId, path: string): Promise<void> {
  await pipeline(Readable.from(problemLines(db, importId)), createWriteStream(path))
}

async function* problemLines(db: Db, importId: ImportId): AsyncGenerator<string> {
  yield 'line,problem,detail\n'
  let after = 0n
  for (;;) {
    const page = await listImportProblems(db, importId, after, pageRows)
    if (page.length === 0) return
    yield page
      .map((problem) => `${problem.line},${problem.problem},"${sentenceOf(problem).replaceAll('"', '""')}"\n`)
      .join('')
    after = page.at(-1)?.line ?? after
  }
}

const pageRows = 5_000
