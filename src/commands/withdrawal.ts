import { findPartner } from '../core/partners/find-partner.ts'
import { approveWithdrawal, rejectWithdrawal } from '../core/withdrawals/decide-withdrawal.ts'
import { openDestination } from '../core/withdrawals/find-withdrawal.ts'
import { listWithdrawals } from '../core/withdrawals/list-withdrawals.ts'
import { requestWithdrawal } from '../core/withdrawals/request-withdrawal.ts'
import { withdrawalStates } from '../core/withdrawals/withdrawal.ts'
import type { Withdrawal } from '../core/withdrawals/withdrawal.ts'
import type { WithdrawalId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { accountParams, toBankAccount } from './bank-results.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { amount, argument, oneOf, option, requiredOption, text, uuid } from './params.ts'
import { findWalletOf, partnerArgument, partnerReference, walletArgument } from './references.ts'
import { facts, table } from './table.ts'

const idArgument = argument('<withdrawal>', 'the id of the withdrawal', uuid<WithdrawalId>)

const request = command({
  name: 'request',
  summary: 'Ask for money out of a wallet for a partner; another person approves it.',
  examples: [
    'withdrawal request ops@acme.example NGN-1 5000 --reference w-17 --bank "First Bank" --name "Acme Ltd" --number 2031234567',
  ],
  params: {
    partner: partnerArgument,
    wallet: walletArgument,
    amount: argument('<amount>', 'in units of the currency', amount),
    reference: requiredOption('--reference <text>', "the partner's own name for it", text),
    ...accountParams,
  },
  async run(context, input) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const order = {
      partnerId: partner.id,
      walletId: wallet.id,
      amount: input.amount,
      reference: input.reference,
      destination: toBankAccount(input),
      actor: context.actor,
    }
    const { withdrawal, repeated } = await database.inTransaction((tx) =>
      requestWithdrawal(tx, keyRing, order),
    )
    return {
      json: { repeated, withdrawal: withdrawalJson(withdrawal) },
      text: withdrawalsTable([withdrawal]),
    }
  },
})

const list = command({
  name: 'list',
  summary: 'List withdrawals, newest first.',
  examples: ['withdrawal list --state pending_approval', 'withdrawal list --partner ops@acme.example --json'],
  params: {
    state: option('--state <word>', `one of ${withdrawalStates.join(', ')}`, oneOf(withdrawalStates)),
    partner: option('--partner <partner>', 'only those of this partner', partnerReference),
    ...pageOptions,
  },
  async run(context, { state, partner, limit, after }) {
    const database = await context.database()
    const partnerId = partner === undefined ? undefined : (await findPartner(database, partner)).id
    const page = await listWithdrawals(database, { partnerId, state }, { limit, cursor: after })
    return {
      json: { withdrawals: page.rows.map(withdrawalJson), nextCursor: page.nextCursor },
      text: [...withdrawalsTable(page.rows), ...pageText(page)],
    }
  },
})

const destination = command({
  name: 'destination',
  summary: 'Show where a withdrawal goes, whole, for who pays it; that it was looked at is written down.',
  examples: ['withdrawal destination 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: idArgument },
  async run(context, { id }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const found = await database.inTransaction((tx) =>
      openDestination(tx, keyRing, { id, actor: context.actor }),
    )
    return {
      json: { destination: found },
      text: facts({
        Bank: found.bankName,
        'Account name': found.accountName,
        'Account number': found.accountNumber,
        'Bank code': found.bankCode,
      }),
    }
  },
})

const approve = command({
  name: 'approve',
  summary: 'Approve a withdrawal, as another person: its wallet pays it, for good.',
  details: ['Pay it out first, or now: from here on it is in the books as paid.'],
  examples: ['withdrawal approve 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: idArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { withdrawal, repeated } = await database.inTransaction((tx) =>
      approveWithdrawal(tx, { id, actor: context.actor }),
    )
    const outcome = repeated ? 'It was approved before; nothing was changed.' : 'Approved.'
    return {
      json: { repeated, withdrawal: withdrawalJson(withdrawal) },
      text: [outcome, '', ...withdrawalsTable([withdrawal])],
    }
  },
})

const reject = command({
  name: 'reject',
  summary: 'Reject a withdrawal, as another person: the money is free again.',
  examples: ['withdrawal reject 0199a1b2-0000-7000-8000-000000000000 --reason "the account is not theirs"'],
  params: { id: idArgument, reason: requiredOption('--reason <text>', 'which the partner is told', text) },
  async run(context, { id, reason }) {
    const database = await context.database()
    const { withdrawal, repeated } = await database.inTransaction((tx) =>
      rejectWithdrawal(tx, { id, reason, actor: context.actor }),
    )
    const outcome = repeated ? 'It was rejected before; nothing was changed.' : 'Rejected.'
    return {
      json: { repeated, withdrawal: withdrawalJson(withdrawal) },
      text: [outcome, '', ...withdrawalsTable([withdrawal])],
    }
  },
})

export const withdrawal = group(
  'withdrawal',
  'Money that partners take out, which another person approves.',
  [request, list, destination, approve, reject],
)

function withdrawalJson({ amount: asked, ...rest }: Withdrawal): object {
  return { ...rest, amount: printAmount(asked) }
}

function withdrawalsTable(found: readonly Withdrawal[]): string[] {
  const rows = found.map((one) => [
    one.id,
    one.createdAt.toISOString(),
    one.reference,
    `${printAmount(one.amount)} ${one.currency}`,
    one.destinationShown,
    one.state,
    one.decidedBy ?? `asked by ${one.requestedBy}`,
  ])
  return table(
    ['Withdrawal', 'At', 'Reference', 'Amount', 'To', 'State', 'By'],
    rows,
    'There are no withdrawals.',
  )
}
