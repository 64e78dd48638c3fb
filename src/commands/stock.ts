import { abandonImport } from '../core/stock/abandon-import.ts'
import { checkStock } from '../core/stock/check-stock.ts'
import { expireCodes } from '../core/stock/expire-codes.ts'
import { findImport, listImports } from '../core/stock/list-imports.ts'
import { stockLevels } from '../core/stock/stock-levels.ts'
import { withdrawCodes } from '../core/stock/withdraw-codes.ts'
import type { ImportId } from '../values/ids.ts'
import { command, group } from './command.ts'
import type { Group } from './command.ts'
import { argument, option, requiredOption, text, uuid, wholeNumber } from './params.ts'
import { importCodes } from './stock-import.ts'
import { table } from './table.ts'

const limit = option('--limit <n>', 'how many rows at the most (50)', wholeNumber(1, 1_000), 50)
const cursor = option('--after <cursor>', 'go on where the page before ended', text)

const levels = command({
  name: 'levels',
  summary: 'Show how many codes each SKU has in stock.',
  examples: ['stock levels', 'stock levels --low 100 --json'],
  params: {
    low: option('--low <n>', 'only SKUs with this many codes or fewer', wholeNumber(0, 1_000_000_000)),
    limit,
    cursor,
  },
  async run(context, input) {
    const lowest = input.low === undefined ? undefined : BigInt(input.low)
    const page = await stockLevels(
      await context.database(),
      { lowest },
      { cursor: input.cursor, limit: input.limit },
    )
    const rows = page.rows.map((level) => [
      level.skuCode,
      level.name,
      level.count.toString(),
      level.nextExpiry ?? 'never',
    ])
    return {
      json: { levels: page.rows, nextCursor: page.nextCursor },
      text: [
        ...table(['SKU', 'Name', 'Codes', 'Next expiry'], rows, 'No SKU has such a stock.'),
        ...more(page.nextCursor),
      ],
    }
  },
})

const imports = command({
  name: 'imports',
  summary: 'List the files of codes that were imported, newest first.',
  examples: ['stock imports', 'stock imports --limit 5 --json'],
  params: { limit, cursor },
  async run(context, input) {
    const page = await listImports(await context.database(), { cursor: input.cursor, limit: input.limit })
    const rows = page.rows.map((one) => [
      one.id,
      one.createdAt.toISOString(),
      one.skuCode,
      one.fileName === '' ? '(no file)' : one.fileName,
      one.state,
      ...[one.lines, one.published, one.duplicates, one.invalid].map(String),
    ])
    const headings = [
      'Import',
      'Begun',
      'SKU',
      'File',
      'State',
      'Lines',
      'Published',
      'Duplicates',
      'Invalid',
    ]
    return {
      json: { imports: page.rows, nextCursor: page.nextCursor },
      text: [...table(headings, rows), ...more(page.nextCursor)],
    }
  },
})

const check = command({
  name: 'check',
  summary: 'Prove that the stock is exact: every code there once, in stock, sold or withdrawn.',
  details: [
    'Reads the whole stock. It may run beside sales and imports. The exit code is 1 if a rule is broken.',
  ],
  examples: ['stock check', 'stock check --json'],
  params: {},
  async run(context) {
    const report = await checkStock(await context.database())
    return {
      json: report,
      text: report.checks.map((one) => `${one.ok ? 'ok    ' : 'BROKEN'}  ${one.detail}`),
      ok: report.ok,
    }
  },
})

const expire = command({
  name: 'expire',
  summary: 'Take expired codes out of the stock now.',
  details: ['The worker does so every hour. The codes are kept aside and never come in again.'],
  examples: ['stock expire'],
  params: {},
  async run(context) {
    const expired = await expireCodes(await context.database(), context.actor)
    return {
      json: { expired },
      text: [`${expired} expired ${expired === 1 ? 'code was' : 'codes were'} taken out of the stock.`],
    }
  },
})

const withdraw = command({
  name: 'withdraw',
  summary: 'Take the codes of an import that are not sold yet out of the stock.',
  details: ['For a file that its supplier recalls. The codes are kept aside and never come in again.'],
  examples: ['stock withdraw 0199a1b2-0000-7000-8000-000000000000 --note "recalled by the supplier"'],
  params: {
    importId: argument('<import>', 'the id of the import, from "scrip stock imports"', uuid<ImportId>),
    note: requiredOption('--note <text>', 'why; it is kept with the codes', text),
  },
  async run(context, input) {
    const database = await context.database()
    const { skuId } = await findImport(database, input.importId)
    const withdrawn = await withdrawCodes(
      database,
      { skuId, importId: input.importId },
      { note: input.note, actor: context.actor },
    )
    return {
      json: { withdrawn },
      text: [`${withdrawn} ${withdrawn === 1 ? 'code was' : 'codes were'} taken out of the stock.`],
    }
  },
})

const abandon = command({
  name: 'abandon',
  summary: 'Give up an import that was interrupted and that nobody will finish.',
  details: ['What it had read of the file is dropped. An import that has ended stays as it is.'],
  examples: ['stock abandon 0199a1b2-0000-7000-8000-000000000000'],
  params: {
    importId: argument('<import>', 'the id of the import, from "scrip stock imports"', uuid<ImportId>),
  },
  async run(context, input) {
    const ended = await abandonImport(await context.database(), input.importId, context.actor)
    return {
      json: ended,
      text: [`The import of ${ended.fileName} is ${ended.state}.`],
      ok: ended.state === 'abandoned',
    }
  },
})

function more(nextCursor: string | undefined): string[] {
  return nextCursor === undefined ? [] : ['', `There are more: add --after ${nextCursor}`]
}

export const stock: Group = group('stock', 'Import codes, and see and prove what is in stock.', [
  importCodes,
  levels,
  imports,
  check,
  expire,
  withdraw,
  abandon,
])
