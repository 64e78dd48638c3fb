import type { Break, BreakKind } from '../core/fulfilment/break.ts'
import { resolutions } from '../core/fulfilment/break.ts'
import { findSupplier } from '../core/fulfilment/find-supplier.ts'
import { listBreaks } from '../core/fulfilment/list-breaks.ts'
import { proposeBreak } from '../core/fulfilment/propose-break.ts'
import { settleBreak } from '../core/fulfilment/settle-break.ts'
import type { BreakId, ProposalId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { amount, argument, flag, oneOf, option, requiredOption, text, uuid } from './params.ts'
import { table } from './table.ts'

const kinds = [
  'late_success',
  'reversal',
  'bad_goods',
  'cost_mismatch',
  'missing_here',
  'missing_there',
  'amount_mismatch',
] as const satisfies readonly BreakKind[]

const list = command({
  name: 'list',
  summary: 'List what does not fit between us and our suppliers, those that wait longest first.',
  examples: ['breaks list', 'breaks list --kind missing_here --supplier kenya --json', 'breaks list --all'],
  params: {
    kind: option('--kind <kind>', `one of ${kinds.join(', ')}`, oneOf(kinds)),
    supplier: option('--supplier <code>', 'only those with this supplier', text),
    all: flag('--all', 'those that are settled, too'),
    ...pageOptions,
  },
  async run(context, { kind, supplier, all, limit, after }) {
    const database = await context.database()
    const supplierId = supplier === undefined ? undefined : (await findSupplier(database, supplier)).id
    const filter = { kind, supplierId, isSettled: all ? undefined : false }
    const page = await listBreaks(database, filter, { limit, cursor: after })
    return {
      json: { breaks: page.rows.map(breakJson), nextCursor: page.nextCursor },
      text: [...breaksTable(page.rows), ...pageText(page)],
    }
  },
})

const propose = command({
  name: 'propose',
  summary: 'Say what should become of a break; another person settles it.',
  details: [
    "write_off: the supplier is paid, and nobody pays us. supplier_credits: the supplier does not charge what is booked as its due. refund_partner: the partner has all of the order's money back. refund_and_credit: both. no_action: the books are right as they are.",
    'Another proposal takes the place of the first.',
  ],
  examples: [
    'breaks propose 0199a1b2-0000-7000-8000-000000000000 --resolution write_off --note "they insist, ticket 4711"',
    'breaks propose 0199a1b2-0000-7000-8000-000000000000 --resolution supplier_credits --amount 0.40 --note "agreed by mail"',
  ],
  params: {
    breakId: argument('<break>', 'the id of the break', uuid<BreakId>),
    resolution: requiredOption('--resolution <word>', `one of ${resolutions.join(', ')}`, oneOf(resolutions)),
    amount: option(
      '--amount <amount>',
      "to book, in the break's currency; what is at stake by default",
      amount,
    ),
    note: requiredOption('--note <text>', 'why; it is kept', text),
  },
  async run(context, input) {
    const database = await context.database()
    const { proposalId, settleAmount } = await database.inTransaction((tx) =>
      proposeBreak(tx, { ...input, actor: context.actor }),
    )
    const books = settleAmount === undefined ? '' : ` It books ${printAmount(settleAmount)}.`
    return {
      json: { proposalId, amount: settleAmount === undefined ? undefined : printAmount(settleAmount) },
      text: [`Proposed.${books} Another person settles it: scrip breaks settle ${proposalId}`],
    }
  },
})

const settle = command({
  name: 'settle',
  summary: 'Settle a break as another person has proposed it.',
  details: ['Look at it first, with "scrip breaks list": what it books is booked at once and for good.'],
  examples: ['breaks settle 0199a1b2-0000-7000-8000-000000000000'],
  params: { proposalId: argument('<proposal>', 'the id of the proposal', uuid<ProposalId>) },
  async run(context, { proposalId }) {
    const database = await context.database()
    const { settled, repeated } = await database.inTransaction((tx) =>
      settleBreak(tx, { proposalId, actor: context.actor }),
    )
    const outcome = repeated ? 'It was settled before; nothing was changed.' : 'Settled.'
    return { json: { repeated, break: breakJson(settled) }, text: [outcome, '', ...breaksTable([settled])] }
  },
})

export const breaks = group(
  'breaks',
  'Settle what does not fit between us and our suppliers, in two persons.',
  [list, propose, settle],
)

function breakJson(found: Break): object {
  const { amount: stake, settleAmount, ...rest } = found
  return {
    ...rest,
    amount: stake === undefined ? undefined : printAmount(stake),
    settleAmount: settleAmount === undefined ? undefined : printAmount(settleAmount),
  }
}

export function breaksTable(list: readonly Break[]): string[] {
  const rows = list.map((one) => [
    one.id,
    one.createdAt.toISOString(),
    one.kind,
    one.supplierCode,
    one.reference,
    one.amount === undefined ? '' : `${printAmount(one.amount)} ${one.currency}`,
    proposalText(one),
    one.detail,
  ])
  return table(['Break', 'Since', 'Kind', 'Supplier', 'Reference', 'At stake', 'State', 'Detail'], rows)
}

function proposalText({ state, resolution, settleAmount, proposedBy, settledBy, proposalId }: Break): string {
  if (state === 'open') return 'open'
  const what = `${resolution ?? ''}${settleAmount === undefined ? '' : ` ${printAmount(settleAmount)}`}`
  if (state === 'settled') return `${what}, settled by ${settledBy ?? ''}`
  return `${what}, proposed by ${proposedBy ?? ''}: ${proposalId ?? ''}`
}
