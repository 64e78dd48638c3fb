import { findPartner } from '../core/partners/find-partner.ts'
import { approveSettlement, rejectSettlement } from '../core/settlements/decide-settlement.ts'
import { findSettlement } from '../core/settlements/find-settlement.ts'
import { listSettlements } from '../core/settlements/list-settlements.ts'
import { proposePayout } from '../core/settlements/propose-payout.ts'
import { proposeReturn } from '../core/settlements/propose-return.ts'
import { settlementStates } from '../core/settlements/settlement.ts'
import type { Settlement } from '../core/settlements/settlement.ts'
import type { SettlementId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import type { Result } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { amount, argument, currency, oneOf, option, requiredOption, text, uuid } from './params.ts'
import { partnerArgument, partnerReference } from './references.ts'
import { facts, table } from './table.ts'

const payoutArgument = argument('<payout>', 'the id of the payout, or of a return', uuid<SettlementId>)
const anId = '0199a1b2-0000-7000-8000-000000000000'

const propose = command({
  name: 'propose',
  summary: 'Propose to pay a merchant a part of what a partner’s vouchers owe it; another person approves.',
  details: [
    'It goes to the account that is confirmed for the currency. Nothing moves before it is approved.',
  ],
  examples: ['merchant payout propose naivas ops@acme.example 5000 KES --reference naivas-2027-01'],
  params: {
    merchant: argument('<merchant>', "the merchant's code, such as naivas", text),
    partner: partnerArgument,
    amount: argument('<amount>', 'in units of the currency', amount),
    currency: argument('<currency>', 'a code such as KES', currency),
    reference: requiredOption('--reference <text>', 'your own name for it, used once', text),
    note: option('--note <text>', 'for whoever approves it', text, ''),
  },
  async run(context, { partner, ...input }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const order = { ...input, partnerId, actor: context.actor }
    return proposed(await database.inTransaction((tx) => proposePayout(tx, order)))
  },
})

const returned = command({
  name: 'propose-return',
  summary: 'Propose that a payout came back from its bank, all of it; another person approves.',
  details: ['Then the merchant is owed it again.'],
  examples: [`merchant payout propose-return ${anId} --reference back-17 --note "account closed"`],
  params: {
    payoutId: argument('<payout>', 'the id of the payout', uuid<SettlementId>),
    reference: requiredOption('--reference <text>', 'your own name for the return, used once', text),
    note: requiredOption('--note <text>', 'what the bank said', text),
  },
  async run(context, input) {
    const database = await context.database()
    const order = { ...input, actor: context.actor }
    return proposed(await database.inTransaction((tx) => proposeReturn(tx, order)))
  },
})

const approve = command({
  name: 'approve',
  summary: 'Approve a payout, or a return, as another person: what the merchant is owed changes, for good.',
  details: ['Pay it out first, or now: from here on it is in the books as paid.'],
  examples: [`merchant payout approve ${anId}`],
  params: { id: payoutArgument },
  async run(context, { id }) {
    const database = await context.database()
    const decided = await database.inTransaction((tx) => approveSettlement(tx, { id, actor: context.actor }))
    return outcome(decided, 'approved')
  },
})

const reject = command({
  name: 'reject',
  summary: 'Reject a payout, or a return, as another person: nothing moves.',
  examples: [`merchant payout reject ${anId} --reason "wrong month"`],
  params: { id: payoutArgument, reason: requiredOption('--reason <text>', 'why; it is kept', text) },
  async run(context, { id, reason }) {
    const database = await context.database()
    const order = { id, reason, actor: context.actor }
    return outcome(await database.inTransaction((tx) => rejectSettlement(tx, order)), 'rejected')
  },
})

const list = command({
  name: 'list',
  summary: 'List payouts to merchants and their returns, newest first.',
  examples: ['merchant payout list --state proposed', 'merchant payout list --merchant naivas --json'],
  params: {
    state: option('--state <word>', `one of ${settlementStates.join(', ')}`, oneOf(settlementStates)),
    merchant: option('--merchant <code>', 'only those of this merchant', text),
    partner: option('--partner <partner>', 'only those out of this partner’s books', partnerReference),
    ...pageOptions,
  },
  async run(context, { state, merchant, partner, limit, after }) {
    const database = await context.database()
    const partnerId = partner === undefined ? undefined : (await findPartner(database, partner)).id
    const page = await listSettlements(database, { merchant, partnerId, state }, { limit, cursor: after })
    return {
      json: { payouts: page.rows.map(payoutJson), nextCursor: page.nextCursor },
      text: [...payoutsTable(page.rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show a payout to a merchant, or the return of one.',
  examples: [`merchant payout show ${anId}`],
  params: { id: payoutArgument },
  async run(context, { id }) {
    const found = await findSettlement(await context.database(), id)
    return {
      json: { payout: payoutJson(found) },
      text: facts({
        Id: found.id,
        Kind: found.kind,
        Merchant: found.merchant,
        'Issuer of the vouchers': found.partnerId,
        Reference: found.reference,
        Amount: `${printAmount(found.amount)} ${found.currency}`,
        To: found.accountShown,
        'Bank details': found.bankDetailsId,
        'Return of': found.payoutId,
        Note: found.note === '' ? undefined : found.note,
        State: found.state,
        'Proposed by': `${found.proposedBy} at ${found.createdAt.toISOString()}`,
        'Decided by':
          found.decidedBy === undefined
            ? undefined
            : `${found.decidedBy} at ${found.decidedAt?.toISOString()}`,
        Reason: found.reason === '' ? undefined : found.reason,
      }),
    }
  },
})

export const merchantPayout = group(
  'payout',
  'What merchants are paid of what they are owed: one person proposes, another approves.',
  [propose, approve, reject, returned, list, show],
)

function proposed({ settlement, repeated }: { settlement: Settlement; repeated: boolean }): Result {
  return { json: { repeated, payout: payoutJson(settlement) }, text: payoutsTable([settlement]) }
}

function outcome(
  { settlement, repeated }: { settlement: Settlement; repeated: boolean },
  word: 'approved' | 'rejected',
): Result {
  const sentence = repeated ? `It was ${word} before; nothing was changed.` : `It is ${word}.`
  return {
    json: { repeated, payout: payoutJson(settlement) },
    text: [sentence, '', ...payoutsTable([settlement])],
  }
}

function payoutJson({ amount: paid, ...rest }: Settlement): object {
  return { ...rest, amount: printAmount(paid) }
}

function payoutsTable(found: readonly Settlement[]): string[] {
  const rows = found.map((one) => [
    one.id,
    one.createdAt.toISOString(),
    one.kind,
    one.merchant,
    one.reference,
    `${printAmount(one.amount)} ${one.currency}`,
    one.accountShown,
    one.state,
    one.decidedBy ?? `proposed by ${one.proposedBy}`,
  ])
  return table(
    ['Payout', 'At', 'Kind', 'Merchant', 'Reference', 'Amount', 'To', 'State', 'By'],
    rows,
    'There are no payouts.',
  )
}
