import { findSupplier } from '../core/fulfilment/find-supplier.ts'
import { importStatement } from '../core/reconciliation/import-statement.ts'
import { findStatement, listStatementLines, listStatements } from '../core/reconciliation/list-statements.ts'
import { matchStatement } from '../core/reconciliation/match-statement.ts'
import { matches, statementFields } from '../core/reconciliation/statement.ts'
import type { ColumnNames, Statement } from '../core/reconciliation/statement.ts'
import type { StatementId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { BadUsage, argument, instant, oneOf, option, options, requiredOption, text, uuid } from './params.ts'
import { facts, table } from './table.ts'

const statementArgument = argument(
  '<statement>',
  'the id of the statement, from "scrip reconcile statements"',
  uuid<StatementId>,
)

const importFile = command({
  name: 'import',
  summary: "Import a supplier's statement, and compare it with our books.",
  details: [
    'A CSV file whose header names reference, amount, currency, status (charged or refunded), date, and if wished supplier_reference; --column tells other names. The reference is ours: the id of the order. Amounts are in units of the currency, dates in UTC unless they say otherwise.',
    'All of it is imported, or nothing. The same file again changes nothing, and a line that another statement has in the same words counts once. What differs becomes a break: see "scrip breaks list".',
    '--from and --to say which time it is about: what we bought then and it does not have is missing there. By default the days of its first and its last line.',
  ],
  examples: [
    'reconcile import may.csv --supplier kenya --from 2027-05-01 --to 2027-06-01',
    'reconcile import may.csv --supplier kenya --column "reference=Client Ref" --column amount=Total',
  ],
  params: {
    file: argument('<file>', 'the CSV file', text),
    supplier: requiredOption('--supplier <code>', 'whose statement it is', text),
    from: option('--from <time>', 'when its time begins', instant),
    to: option('--to <time>', 'when its time has ended: the first instant outside', instant),
    columns: options('--column <field=name>', 'how a column is called in the file', text),
  },
  async run(context, { file, supplier: code, from, to, columns }) {
    const names = columnNames(columns)
    const database = await context.database()
    const supplier = await findSupplier(database, code)
    const progress = context.progress('Importing')
    const result = await importStatement(database, {
      supplierId: supplier.id,
      path: file,
      from,
      to,
      columns: names,
      actor: context.actor,
      onProgress: (done, total) => progress.at(done, total, 'reading'),
    }).catch((error: unknown) => {
      progress.fail()
      throw error
    })
    progress.end(result.state === 'imported' ? 'Imported' : 'Refused')
    if (result.state === 'refused') {
      const { bad, problems } = result
      return {
        json: result,
        text: [
          `The file was refused and nothing was imported: ${bad} of its lines ${bad === 1 ? 'is' : 'are'} wrong.`,
          ...problems.map((one) => `  line ${one.line}: ${one.sentence}`),
          ...(bad > problems.length ? [`  and ${bad - problems.length} more`] : []),
        ],
        ok: false,
      }
    }
    const { statement, repeated, newBreaks } = result
    return {
      json: result,
      text: [
        repeated
          ? 'This file was imported before; nothing was changed.'
          : `Imported; ${newBreaks} new breaks.`,
        '',
        ...statementFacts(statement),
      ],
    }
  },
})

const statements = command({
  name: 'statements',
  summary: "List suppliers' statements that were imported, newest first.",
  examples: ['reconcile statements', 'reconcile statements --supplier kenya --json'],
  params: { supplier: option('--supplier <code>', 'only those of this supplier', text), ...pageOptions },
  async run(context, { supplier, limit, after }) {
    const database = await context.database()
    const supplierId = supplier === undefined ? undefined : (await findSupplier(database, supplier)).id
    const page = await listStatements(database, supplierId, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.id,
      one.supplierCode,
      one.fileName,
      one.periodFrom.toISOString(),
      one.periodTo.toISOString(),
      ...[one.lines, one.matched, one.waiting, differencesOf(one)].map(String),
    ])
    const headings = ['Statement', 'Supplier', 'File', 'From', 'To', 'Lines', 'Matched', 'Waiting', 'Differ']
    return {
      json: { statements: page.rows, nextCursor: page.nextCursor },
      text: [...table(headings, rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show a statement and what came of its lines.',
  examples: [
    'reconcile show 0199a1b2-0000-7000-8000-000000000000',
    'reconcile show 0199a1b2-0000-7000-8000-000000000000 --match missing_here --json',
  ],
  params: {
    statement: statementArgument,
    match: option('--match <word>', `only lines that are ${matches.join(', ')}`, oneOf(matches)),
    ...pageOptions,
  },
  async run(context, { statement: id, match, limit, after }) {
    const database = await context.database()
    const statement = await findStatement(database, id)
    const page = await listStatementLines(database, id, match, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.line.toString(),
      one.reference,
      one.status,
      printAmount(one.amount),
      one.currency,
      one.at.toISOString(),
      one.match,
    ])
    return {
      json: {
        statement,
        lines: page.rows.map((one) => ({ ...one, amount: printAmount(one.amount) })),
        nextCursor: page.nextCursor,
      },
      text: [
        ...statementFacts(statement),
        '',
        ...table(['Line', 'Reference', 'Status', 'Amount', 'Currency', 'At', 'Match'], rows),
        ...pageText(page),
      ],
    }
  },
})

const match = command({
  name: 'match',
  summary: 'Compare a statement with our books again: what was open then may have ended.',
  details: ['The import of the next statement of the same supplier does so by itself.'],
  examples: ['reconcile match 0199a1b2-0000-7000-8000-000000000000'],
  params: { statement: statementArgument },
  async run(context, input) {
    const database = await context.database()
    const result = await database.inTransaction((tx) => matchStatement(tx, input.statement))
    return {
      json: result,
      text: [`${result.newBreaks} new breaks.`, '', ...statementFacts(result.statement)],
    }
  },
})

export const reconcile = group('reconcile', "Compare suppliers' statements with our books.", [
  importFile,
  statements,
  show,
  match,
])

function columnNames(given: readonly string[]): ColumnNames {
  const pairs = given.map((one) => {
    const [field, ...name] = one.split('=')
    const known = statementFields.find((candidate) => candidate === field)
    if (known === undefined || name.join('=').trim() === '')
      throw new BadUsage(
        `--column must be a field and its name, such as reference=Ref; fields are ${statementFields.join(', ')}.`,
      )
    return [known, name.join('=')] as const
  })
  return Object.fromEntries(pairs)
}

function differencesOf(one: Statement): bigint {
  return one.missingHere + one.missingThere + one.amountMismatch + one.reversal
}

function statementFacts(one: Statement): string[] {
  return facts({
    Statement: one.id,
    Supplier: one.supplierCode,
    File: one.fileName,
    Period: `${one.periodFrom.toISOString()} to ${one.periodTo.toISOString()}`,
    Lines: String(one.lines),
    Matched: String(one.matched),
    Repeated: String(one.repeated),
    'Not ended here': String(one.waiting),
    'Missing here': String(one.missingHere),
    'Missing there': String(one.missingThere),
    'Other amount': String(one.amountMismatch),
    'Given back': String(one.reversal),
  })
}
