import { addReceivingAccount } from '../core/funding/add-receiving-account.ts'
import { assignAccount } from '../core/funding/assign-account.ts'
import { assignLine, ignoreLine } from '../core/funding/assign-line.ts'
import { lineStates, statementFormats } from '../core/funding/bank.ts'
import { bookLine, bookStatement } from '../core/funding/book-line.ts'
import { importBankStatement } from '../core/funding/import-bank-statement.ts'
import { listDedicatedAccounts, listReceivingAccounts } from '../core/funding/list-accounts.ts'
import { listBankLines } from '../core/funding/list-bank-lines.ts'
import { bankFields } from '../core/funding/read-bank-csv.ts'
import type { BankField } from '../core/funding/read-bank-csv.ts'
import { recordIncoming } from '../core/funding/record-incoming.ts'
import { retireReceivingAccount } from '../core/funding/retire-receiving-account.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import type { BankAccountId, BankLineId, BankStatementId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { accountParams, howToBook, lineJson, linesTable, toBankAccount } from './bank-results.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import {
  BadUsage,
  amount,
  argument,
  currency,
  oneOf,
  option,
  optionalArgument,
  options,
  requiredOption,
  text,
  uuid,
} from './params.ts'
import { findWalletOf, partnerArgument, partnerReference, walletArgument } from './references.ts'
import { table } from './table.ts'

const add = command({
  name: 'account-add',
  summary: 'Add a bank account of ours: partners who fund a wallet in its currency are told of it.',
  examples: ['bank account-add --currency NGN --bank "First Bank" --name "Acme Ltd" --number 2031234567'],
  params: {
    currency: requiredOption('--currency <code>', 'its currency (ISO 4217)', currency),
    ...accountParams,
  },
  async run(context, input) {
    const database = await context.database()
    const order = { ...toBankAccount(input), currency: input.currency, actor: context.actor }
    const accountId = await database.inTransaction((tx) => addReceivingAccount(tx, order))
    return { json: { accountId }, text: [`Added: ${accountId}`] }
  },
})

const accounts = command({
  name: 'accounts',
  summary: "List our bank accounts, or with a partner those that are its wallets' alone.",
  examples: ['bank accounts', 'bank accounts ops@acme.example --json'],
  params: { partner: optionalArgument('[partner]', 'whose accounts', partnerReference) },
  async run(context, input) {
    const database = await context.database()
    const found =
      input.partner === undefined
        ? await listReceivingAccounts(database)
        : await listDedicatedAccounts(database, (await findPartner(database, input.partner)).id)
    const rows = found.map((one) => [
      one.id,
      one.currency,
      one.bankName,
      one.accountName,
      one.accountNumber,
      'retiredAt' in one && one.retiredAt !== undefined ? 'retired' : 'open',
    ])
    return {
      json: { accounts: found },
      text: table(['Account', 'Currency', 'Bank', 'Name', 'Number', 'State'], rows, 'There are no accounts.'),
    }
  },
})

const retire = command({
  name: 'account-retire',
  summary: 'Tell nobody of a bank account any more; what still comes in on it is booked.',
  examples: ['bank account-retire 0199a1b2-0000-7000-8000-000000000000'],
  params: { account: argument('<account>', 'the id of the account', uuid<BankAccountId>) },
  async run(context, { account: id }) {
    const database = await context.database()
    await database.inTransaction((tx) => retireReceivingAccount(tx, { id, actor: context.actor }))
    return { json: { accountId: id }, text: ['Retired.'] }
  },
})

const dedicate = command({
  name: 'account-assign',
  summary: 'Give a wallet a bank account of its own: whatever comes in on it is that wallet’s.',
  details: ['The identity of its partner must have been approved: see "scrip kyc".'],
  examples: [
    'bank account-assign ops@acme.example NGN-1 --bank "First Bank" --name "Acme / Ada" --number 2031234599',
  ],
  params: { partner: partnerArgument, wallet: walletArgument, ...accountParams },
  async run(context, input) {
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const order = {
      ...toBankAccount(input),
      partnerId: partner.id,
      walletId: wallet.id,
      actor: context.actor,
    }
    const accountId = await database.inTransaction((tx) => assignAccount(tx, order))
    return { json: { accountId }, text: [`Assigned: ${accountId}`] }
  },
})

const importFile = command({
  name: 'import',
  summary: 'Import a bank statement: CSV, MT940 or camt.053.',
  details: [
    'All of it is imported, or nothing. The same file again changes nothing, and a line that an earlier statement had comes once. Nothing is booked: whose a line is is found by the payment reference or the account, and another person books it with "scrip bank book".',
    'A CSV file has a header that names date, amount (or credit and debit), and if wished currency, reference, remittance, payer, account; --column tells other names.',
  ],
  examples: [
    'bank import may.xml',
    'bank import may.csv --account 2031234567 --currency NGN --column "date=Booking Date"',
  ],
  params: {
    file: argument('<file>', 'the file', text),
    format: option(
      '--format <word>',
      `one of ${statementFormats.join(', ')}; by default what the file looks like`,
      oneOf(statementFormats),
    ),
    account: option(
      '--account <number>',
      'of a CSV file without a column for it: which account of ours',
      text,
    ),
    currency: option('--currency <code>', 'of a CSV file without a column for it', currency),
    columns: options('--column <field=name>', 'how a column of a CSV file is called', text),
  },
  async run(context, { file, format, account, currency: code, columns }) {
    const database = await context.database()
    const progress = context.progress('Importing')
    const result = await importBankStatement(database, {
      path: file,
      format,
      csv: { account, currency: code, names: columnNames(columns) },
      actor: context.actor,
      onProgress: (done, total) => progress.at(done, total, 'lines'),
    }).catch((error: unknown) => {
      progress.fail()
      throw error
    })
    progress.end('Imported')
    const { statement, repeated, known, states } = result
    return {
      json: result,
      text: [
        repeated
          ? 'This file was imported before; nothing was changed.'
          : `Imported ${statement.lines} new lines; ${known} were known from another statement.`,
        ...states.map(({ state, count }) => `  ${state.padEnd(10)} ${count}`),
        `Another person books what is matched: scrip bank book --statement ${statement.id}`,
      ],
    }
  },
})

const receive = command({
  name: 'receive',
  summary: 'Write down a transfer that has come in; another person books it.',
  details: [
    'The bank\'s reference keeps the statement that tells of it later from bringing it again. Whose it is is found as in a statement; else say so with "scrip bank assign".',
  ],
  examples: [
    'bank receive 100000 NGN --account 2031234567 --date 2027-01-31 --reference FT270310042 --text "SCR7KQ2M9XWTB"',
  ],
  params: {
    amount: argument('<amount>', 'in units of the currency', amount),
    currency: argument('<currency>', 'ISO 4217', currency),
    account: requiredOption('--account <number>', 'which account of ours', text),
    date: requiredOption('--date <day>', 'when the bank booked it: 2027-01-31', text),
    reference: requiredOption('--reference <text>', "the bank's own name for it", text),
    remittance: option('--text <text>', 'what the payer wrote', text),
    payer: option('--payer <name>', 'who paid', text),
  },
  async run(context, input) {
    const database = await context.database()
    const line = await database.inTransaction((tx) =>
      recordIncoming(tx, {
        amount: input.amount,
        currency: input.currency,
        account: input.account,
        bookedOn: input.date,
        bankReference: input.reference,
        remittance: input.remittance ?? '',
        payer: input.payer ?? '',
        actor: context.actor,
      }),
    )
    if (line === undefined)
      return { json: { repeated: true }, text: ['It is there already; nothing was changed.'] }
    return { json: { repeated: false, line: lineJson(line) }, text: linesTable([line]) }
  },
})

const lines = command({
  name: 'lines',
  summary: 'List what moved on our bank accounts, what waits longest first.',
  examples: [
    'bank lines --state unmatched',
    'bank lines --statement 0199a1b2-0000-7000-8000-000000000000 --json',
  ],
  params: {
    state: option('--state <word>', `one of ${lineStates.join(', ')}`, oneOf(lineStates)),
    statement: option('--statement <id>', 'only lines of this statement', uuid<BankStatementId>),
    ...pageOptions,
  },
  async run(context, { state, statement: statementId, limit, after }) {
    const database = await context.database()
    const page = await listBankLines(database, { state, statementId }, { limit, cursor: after })
    return {
      json: { lines: page.rows.map(lineJson), nextCursor: page.nextCursor },
      text: [...linesTable(page.rows), ...pageText(page)],
    }
  },
})

const lineArgument = argument('<line>', 'the id of the line, from "scrip bank lines"', uuid<BankLineId>)

const assign = command({
  name: 'assign',
  summary: 'Say whose the money of a line is; another person books it.',
  examples: [
    'bank assign 0199a1b2-0000-7000-8000-000000000000 ops@acme.example NGN-1 --note "their mail of 31 January"',
  ],
  params: {
    line: lineArgument,
    partner: partnerArgument,
    wallet: walletArgument,
    note: requiredOption('--note <text>', 'why; it is kept', text),
  },
  async run(context, input) {
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    await database.inTransaction((tx) =>
      assignLine(tx, {
        lineId: input.line,
        partnerId: partner.id,
        walletId: wallet.id,
        note: input.note,
        actor: context.actor,
      }),
    )
    const json = { lineId: input.line, partnerId: partner.id, wallet: wallet.code }
    return { json, text: [howToBook(input.line, partner.id, wallet.code)] }
  },
})

const ignore = command({
  name: 'ignore',
  summary: "Set a line aside: it is no partner's money.",
  examples: ['bank ignore 0199a1b2-0000-7000-8000-000000000000 --note "interest of the bank"'],
  params: { line: lineArgument, note: requiredOption('--note <text>', 'why; it is kept', text) },
  async run(context, { line: lineId, note }) {
    const database = await context.database()
    await database.inTransaction((tx) => ignoreLine(tx, { lineId, note, actor: context.actor }))
    return { json: { lineId }, text: ['Set aside.'] }
  },
})

const book = command({
  name: 'book',
  summary: 'Book money that came in into the wallet whose it is, as another person.',
  details: [
    'Whoever brought a line in, or said whose it is, cannot book it: nobody makes money alone. A line is booked with the wallet that you saw in "scrip bank lines", so that nobody can name another behind your back; of a statement, the lines are booked that say themselves whose they are.',
  ],
  examples: [
    'bank book 0199a1b2-0000-7000-8000-000000000000 ops@acme.example NGN-1',
    'bank book --statement 0199a1b2-0000-7000-8000-000000000000',
  ],
  params: {
    line: optionalArgument('[line]', 'the id of the line', uuid<BankLineId>),
    partner: optionalArgument(
      '[partner]',
      'whose the money is: id, number or mail address',
      partnerReference,
    ),
    wallet: optionalArgument('[wallet]', 'into which wallet: USD-1', text),
    statement: option(
      '--statement <id>',
      'all lines of this statement that say whose they are',
      uuid<BankStatementId>,
    ),
  },
  async run(context, { line: lineId, partner, wallet, statement: statementId }) {
    const { actor } = context
    const database = await context.database()
    if (statementId !== undefined && lineId === undefined) {
      const result = await bookStatement(database, { statementId, actor })
      const { booked, left, byAnother } = result
      const alone = left - byAnother
      return {
        json: result,
        text: [
          `Booked ${booked} lines.`,
          ...(byAnother === 0
            ? []
            : [`${byAnother} are left for another person: you brought them in, or said whose they are.`]),
          ...(alone === 0
            ? []
            : [
                `${alone} are left because a person said whose they are: look at them with "scrip bank lines", and book each.`,
              ]),
        ],
      }
    }
    if (lineId === undefined || partner === undefined || wallet === undefined || statementId !== undefined)
      throw new BadUsage('Give either a line with its partner and wallet, or --statement.')
    const { id: walletId } = (await findWalletOf(database, partner, wallet)).wallet
    const { line, repeated } = await database.inTransaction((tx) => bookLine(tx, { lineId, walletId, actor }))
    return {
      json: { repeated, line: lineJson(line) },
      text: [
        repeated
          ? 'It was booked before; nothing was changed.'
          : `Booked ${printAmount(line.amount)} ${line.currency}.`,
      ],
    }
  },
})

export const bank = group(
  'bank',
  'Our bank accounts, their statements, and money that came in, in two persons.',
  [add, accounts, retire, dedicate, importFile, receive, lines, assign, ignore, book],
)

function columnNames(given: readonly string[]): Partial<Record<BankField, string>> {
  const names: Partial<Record<BankField, string>> = {}
  for (const one of given) {
    const [field = '', ...rest] = one.split('=')
    const known = bankFields.find((name) => name === field.trim())
    if (known === undefined || rest.length === 0)
      throw new BadUsage(`--column must be <field>=<name>, and the field one of ${bankFields.join(', ')}`)
    names[known] = rest.join('=')
  }
  return names
}
