import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { findPartner } from '../core/partners/find-partner.ts'
import { listOwed } from '../core/settlements/list-owed.ts'
import { openStatement } from '../core/settlements/open-statement.ts'
import { listStatementLines, readStatement } from '../core/settlements/read-statement.ts'
import { statementColumns, statementRows } from '../core/settlements/statement.ts'
import type { Statement, StatementLine } from '../core/settlements/statement.ts'
import type { Db } from '../platform/database.ts'
import { writePdfTable } from '../platform/pdf.ts'
import { writeAmountsCsv } from '../platform/spreadsheets.ts'
import { printAmount } from '../values/money.ts'
import type { Micros } from '../values/money.ts'
import { command } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import {
  BadUsage,
  argument,
  currency,
  instant,
  option,
  optionalArgument,
  requiredOption,
  text,
} from './params.ts'
import type { Reader } from './params.ts'
import { partnerArgument, partnerReference } from './references.ts'
import { facts, table } from './table.ts'

export const merchantOwed = command({
  name: 'owed',
  summary: 'Show what merchants are owed, by the partner whose vouchers they took and by currency.',
  details: ['Below zero a merchant owes: a redemption that it had been paid for was taken back.'],
  examples: ['merchant owed', 'merchant owed naivas --at 2027-02-01 --json'],
  params: {
    merchant: optionalArgument('[merchant]', 'only this merchant, by its code', text),
    partner: option('--partner <partner>', 'only out of this partner’s books', partnerReference),
    at: option('--at <instant>', 'before this moment rather than now, such as 2027-02-01', instant),
    ...pageOptions,
  },
  async run(context, { merchant, partner, at, limit, after }) {
    const database = await context.database()
    const partnerId = partner === undefined ? undefined : (await findPartner(database, partner)).id
    const page = await listOwed(database, { merchant, partnerId, at }, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.merchant,
      one.partnerName,
      one.currency,
      printAmount(one.owed),
      printAmount(one.proposed),
      one.partnerId,
    ])
    const owed = page.rows.map((one) => ({
      ...one,
      owed: printAmount(one.owed),
      proposed: printAmount(one.proposed),
    }))
    const headings = ['Merchant', 'Partner', 'Currency', 'Owed', 'Proposed', "Partner's id"]
    return {
      json: { owed, nextCursor: page.nextCursor },
      text: [...table(headings, rows, 'No merchant was ever owed anything.'), ...pageText(page)],
    }
  },
})

const outputFile: Reader<string> = (given) => {
  if (!['.csv', '.pdf'].includes(extname(given).toLowerCase()))
    throw new BadUsage('must be a file that ends in .csv or .pdf')
  return given
}

export const merchantStatement = command({
  name: 'statement',
  summary: 'Show what a merchant was owed over a time, line by line, or write it into a file.',
  details: [
    'It has the balance that it opens with, each redemption, reversal, payout and return with the balance after it, and the balance that it closes with.',
    'Without --output it is shown page by page; a file has all of it.',
    'One that another is to begin where it ends had better end a minute ago: it may miss what is being booked at its last moment.',
  ],
  examples: [
    'merchant statement naivas ops@acme.example KES --from 2027-01-01 --to 2027-02-01',
    'merchant statement naivas ops@acme.example KES --from 2027-01-01 --to 2027-02-01 --output january.pdf',
  ],
  params: {
    merchant: argument('<merchant>', "the merchant's code, such as naivas", text),
    partner: partnerArgument,
    currency: argument('<currency>', 'a code such as KES', currency),
    from: requiredOption('--from <instant>', 'the first moment, such as 2027-01-01', instant),
    to: option('--to <instant>', 'the first moment that is outside (now)', instant),
    output: option('--output <file>', 'a file that ends in .csv or .pdf', outputFile),
    ...pageOptions,
  },
  async run(context, { partner, to, output, limit, after, ...input }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const statement = await openStatement(database, { ...input, partnerId, to })
    if (output !== undefined) {
      await writeStatement(database, statement, output)
      return {
        json: { statement: statementJson(statement), file: output },
        text: [...statementFacts(statement), '', `It is in ${output}.`],
      }
    }
    const page = await listStatementLines(database, statement, { limit, cursor: after })
    const { rows: lines, nextCursor } = page
    return {
      json: { statement: statementJson(statement), lines: lines.map(lineJson), nextCursor },
      text: [...statementFacts(statement), '', ...linesTable(lines), ...pageText(page)],
    }
  },
})

/** Under another name until it is whole, so that half a statement is never taken for one. */
async function writeStatement(db: Db, statement: Statement, path: string): Promise<void> {
  const rows = statementRows(statement, readStatement(db, statement))
  const bytes = extname(path).toLowerCase() === '.csv' ? toCsv(rows) : toPdf(statement, rows)
  const unfinished = `${path}.part`
  try {
    await pipeline(Readable.from(bytes), createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

type Rows = AsyncIterable<readonly (string | Micros)[]>

function toCsv(rows: Rows): AsyncIterable<Uint8Array> {
  async function* withHead(): Rows {
    yield statementColumns
    yield* rows
  }
  return writeAmountsCsv(withHead())
}

function toPdf(statement: Statement, rows: Rows): AsyncIterable<Uint8Array> {
  async function* printed(): AsyncGenerator<readonly string[]> {
    for await (const row of rows)
      yield row.map((cell) => (typeof cell === 'bigint' ? printAmount(cell) : cell))
  }
  const columns = [
    { heading: 'No.', share: 8, align: 'right' },
    { heading: 'At', share: 16, align: 'left' },
    { heading: 'Kind', share: 11, align: 'left' },
    { heading: 'Description', share: 35, align: 'left' },
    { heading: 'Amount', share: 15, align: 'right' },
    { heading: 'Balance', share: 15, align: 'right' },
  ] as const
  const title = `Statement of what ${statement.merchant.name} is owed`
  return writePdfTable({ title, facts: Object.entries(factsOf(statement)), columns }, printed())
}

function factsOf({ merchant, issuer, currency: owedIn, from, to, opening, closing, lineCount }: Statement) {
  return {
    Merchant: `${merchant.name} (${merchant.code})`,
    'Vouchers of': `${issuer.name} (${issuer.id})`,
    From: from.toISOString(),
    'Up to': to.toISOString(),
    'Opening balance': `${printAmount(opening)} ${owedIn}`,
    'Closing balance': `${printAmount(closing)} ${owedIn}`,
    Lines: lineCount.toString(),
  }
}

const statementFacts = (statement: Statement): string[] => facts(factsOf(statement))

function statementJson({ merchant, span: _, opening, closing, lineCount, ...rest }: Statement): object {
  return {
    ...rest,
    merchant: merchant.code,
    opening: printAmount(opening),
    closing: printAmount(closing),
    lineCount: Number(lineCount),
  }
}

function lineJson({ amount, balanceAfter, number, ...rest }: StatementLine): object {
  return {
    number: Number(number),
    ...rest,
    amount: printAmount(amount),
    balanceAfter: printAmount(balanceAfter),
  }
}

function linesTable(lines: readonly StatementLine[]): string[] {
  const rows = lines.map((one) => [
    one.number.toString(),
    one.createdAt.toISOString(),
    one.kind,
    one.description,
    printAmount(one.amount),
    printAmount(one.balanceAfter),
  ])
  return table(['No.', 'At', 'Kind', 'Description', 'Amount', 'Balance'], rows, 'Nothing happened.')
}
