import { confirmBankDetails, rejectBankDetails } from '../core/settlements/decide-details.ts'
import { detailsStates } from '../core/settlements/details.ts'
import type { BankDetails } from '../core/settlements/details.ts'
import { enterBankDetails } from '../core/settlements/enter-details.ts'
import { listBankDetails } from '../core/settlements/list-details.ts'
import { openBankDetails } from '../core/settlements/open-details.ts'
import type { BankDetailsId } from '../values/ids.ts'
import { accountParams, toBankAccount } from './bank-results.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, currency, oneOf, option, requiredOption, text, uuid } from './params.ts'
import { facts, table } from './table.ts'

const idArgument = argument('<details>', 'the id of the bank details', uuid<BankDetailsId>)
const anId = '0199a1b2-0000-7000-8000-000000000000'

const enter = command({
  name: 'enter',
  summary: 'Say where a merchant is to be paid in a currency; another person confirms it.',
  details: ['Until then it is paid where it was, or not at all. They take the place of others that wait.'],
  examples: [
    'merchant bank-details enter naivas KES --bank "First Bank" --name "Naivas Ltd" --number 2031234567',
  ],
  params: {
    merchant: argument('<merchant>', "the merchant's code, such as naivas", text),
    currency: argument('<currency>', 'a code such as KES', currency),
    ...accountParams,
  },
  async run(context, { merchant, currency: paidIn, ...input }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const order = { merchant, currency: paidIn, account: toBankAccount(input), actor: context.actor }
    const entered = await database.inTransaction((tx) => enterBankDetails(tx, keyRing, order))
    return { json: { bankDetails: entered }, text: detailsTable([entered]) }
  },
})

const confirm = command({
  name: 'confirm',
  summary: 'Confirm bank details of a merchant, as another person: payouts go there from now on.',
  details: [
    'Look at them with "merchant bank-details show" first, and compare them with what you have from the merchant.',
  ],
  examples: [`merchant bank-details confirm ${anId}`],
  params: { id: idArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { bankDetails, repeated } = await database.inTransaction((tx) =>
      confirmBankDetails(tx, { id, actor: context.actor }),
    )
    const outcome = repeated ? 'They were confirmed before; nothing was changed.' : 'Confirmed.'
    return { json: { repeated, bankDetails }, text: [outcome, '', ...detailsTable([bankDetails])] }
  },
})

const reject = command({
  name: 'reject',
  summary: 'Reject bank details that were entered, as another person: the merchant is paid where it was.',
  examples: [`merchant bank-details reject ${anId} --reason "the account is not theirs"`],
  params: { id: idArgument, reason: requiredOption('--reason <text>', 'why; it is kept', text) },
  async run(context, { id, reason }) {
    const database = await context.database()
    const { bankDetails, repeated } = await database.inTransaction((tx) =>
      rejectBankDetails(tx, { id, reason, actor: context.actor }),
    )
    const outcome = repeated ? 'They were rejected before; nothing was changed.' : 'Rejected.'
    return { json: { repeated, bankDetails }, text: [outcome, '', ...detailsTable([bankDetails])] }
  },
})

const list = command({
  name: 'list',
  summary: 'List where merchants are paid, with the numbers hidden, newest first.',
  examples: ['merchant bank-details list --state entered', 'merchant bank-details list --merchant naivas'],
  params: {
    state: option('--state <word>', `one of ${detailsStates.join(', ')}`, oneOf(detailsStates)),
    merchant: option('--merchant <code>', 'only those of this merchant', text),
    ...pageOptions,
  },
  async run(context, { state, merchant, limit, after }) {
    const page = await listBankDetails(
      await context.database(),
      { merchant, state },
      { limit, cursor: after },
    )
    return {
      json: { bankDetails: page.rows, nextCursor: page.nextCursor },
      text: [...detailsTable(page.rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary:
    'Show bank details whole, for who confirms them or pays; that they were looked at is written down.',
  examples: [`merchant bank-details show ${anId}`],
  params: { id: idArgument },
  async run(context, { id }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const found = await database.inTransaction((tx) =>
      openBankDetails(tx, keyRing, { id, actor: context.actor }),
    )
    return {
      json: { account: found },
      text: facts({
        Bank: found.bankName,
        'Account name': found.accountName,
        'Account number': found.accountNumber,
        'Bank code': found.bankCode,
      }),
    }
  },
})

export const merchantBankDetails = group(
  'bank-details',
  'Where merchants are paid: one person enters it, another confirms.',
  [enter, confirm, reject, list, show],
)

function detailsTable(found: readonly BankDetails[]): string[] {
  const rows = found.map((one) => [
    one.id,
    one.createdAt.toISOString(),
    one.merchant,
    one.currency,
    one.accountShown,
    one.state,
    one.decidedBy ?? `entered by ${one.enteredBy}`,
  ])
  return table(
    ['Details', 'At', 'Merchant', 'Currency', 'Account', 'State', 'By'],
    rows,
    'There are no bank details.',
  )
}
