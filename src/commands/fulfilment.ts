import { cancelItem } from '../core/fulfilment/cancel-item.ts'
import { findItem } from '../core/fulfilment/find-item.ts'
import { findSupplier } from '../core/fulfilment/find-supplier.ts'
import { listItems } from '../core/fulfilment/list-items.ts'
import { proposeItem } from '../core/fulfilment/propose-item.ts'
import type { ProposeItem } from '../core/fulfilment/propose-item.ts'
import { retryItem } from '../core/fulfilment/retry-item.ts'
import { settleItem } from '../core/fulfilment/settle-item.ts'
import type { Goods } from '../core/fulfilment/supplier.ts'
import type { OrderId, ProposalId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { itemFacts, itemJson, itemsTable, historyText } from './fulfilment-results.ts'
import { withSupplier } from './open-supplier.ts'
import { pageOptions, pageText } from './pages.ts'
import {
  BadUsage,
  amountOrNothing,
  argument,
  flag,
  oneOf,
  option,
  requiredOption,
  seconds,
  text,
  uuid,
  wholeNumber,
} from './params.ts'
import { readGoods } from './typed-goods.ts'

const states = ['accepted', 'dispatching', 'unknown', 'pending', 'parked'] as const
const orderArgument = argument('<order>', 'the id of the order', uuid<OrderId>)
const itemOption = option('--item <n>', 'which item of the order (1)', wholeNumber(1, 32_767), 1)

const list = command({
  name: 'list',
  summary: 'List what suppliers have not delivered yet, that which waits longest first.',
  details: [
    'parked: only a person can go on. unknown: a purchase was sent, and nobody can tell yet what became of it. pending: the supplier has it in hand.',
  ],
  examples: ['fulfilment list --state parked', 'fulfilment list --older 15m --supplier kenya --json'],
  params: {
    state: option('--state <state>', `one of ${states.join(', ')}`, oneOf(states)),
    supplier: option('--supplier <code>', 'only those that this supplier was asked for', text),
    older: option('--older <time>', 'only orders at least so old: 15m, 24h', seconds),
    ...pageOptions,
  },
  async run(context, { state, supplier, older, limit, after }) {
    const database = await context.database()
    const supplierId = supplier === undefined ? undefined : (await findSupplier(database, supplier)).id
    const filter = { states: state === undefined ? undefined : [state], supplierId, olderThanSeconds: older }
    const page = await listItems(database, filter, { limit, cursor: after })
    return {
      json: { items: page.rows.map(itemJson), nextCursor: page.nextCursor },
      text: [...itemsTable(page.rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show what was said to suppliers about an order, what they said, and what is proposed.',
  examples: ['fulfilment show 0199a1b2-0000-7000-8000-000000000000'],
  params: { order: orderArgument, item: itemOption },
  async run(context, input) {
    const found = await findItem(await context.database(), input.order, input.item)
    const { attempts, proposals } = found
    return {
      json: { item: itemJson(found.item), attempts, proposals: proposals.map(proposalJson) },
      text: [...itemFacts(found.item), '', ...historyText(found)],
    }
  },
})

const retry = command({
  name: 'retry',
  summary: 'Let a worker go on with an order at once: ask its supplier again.',
  details: [
    'Also for a parked one, where its supplier can be asked or recognises a repeat; otherwise a person must find out. Nothing is bought twice by it.',
  ],
  examples: ['fulfilment retry 0199a1b2-0000-7000-8000-000000000000'],
  params: { order: orderArgument, item: itemOption },
  async run(context, { order: orderId, item }) {
    const database = await context.database()
    const found = await findItem(database, orderId, item)
    const code = found.item.supplierCode
    const profile =
      code === undefined
        ? undefined
        : await withSupplier(context, code, async ({ supplier }) => supplier.profile)
    await database.inTransaction((tx) =>
      retryItem(tx, { orderId, item, actor: context.actor }, (asked) =>
        asked === code ? profile : undefined,
      ),
    )
    return { json: { orderId, item, due: true }, text: ['A worker goes on with it now.'] }
  },
})

const cancel = command({
  name: 'cancel',
  summary: 'Cancel an order that no supplier was asked to fill yet; its money is back.',
  examples: ['fulfilment cancel 0199a1b2-0000-7000-8000-000000000000'],
  params: { order: orderArgument, item: itemOption },
  async run(context, { order: orderId, item }) {
    const database = await context.database()
    await database.inTransaction((tx) => cancelItem(tx, { orderId, item, actor: context.actor }))
    return { json: { orderId, item, cancelled: true }, text: ['The order is cancelled; its money is back.'] }
  },
})

const propose = command({
  name: 'propose',
  summary: 'Say what became of a parked order; another person settles it.',
  details: [
    'Find it out from the supplier first, by the reference that "scrip fulfilment show" names. --delivered takes what the supplier delivered: codes from a CSV file (code, pin, serial, url, expires_on; or iccid, lpa), or a receipt of a recharge. --failed gives the money back.',
    'Another proposal takes the place of the first.',
  ],
  examples: [
    'fulfilment propose 0199a1b2-0000-7000-8000-000000000000 --failed --note "not charged, says their statement"',
    'fulfilment propose 0199a1b2-0000-7000-8000-000000000000 --delivered --codes codes.csv --cost 9.40 --note "mail of 2 May"',
  ],
  params: {
    order: orderArgument,
    item: itemOption,
    failed: flag('--failed', 'the supplier did not deliver and does not charge'),
    delivered: flag('--delivered', 'the supplier delivered'),
    codes: option('--codes <file>', 'what it delivered, as a CSV file', text),
    receipt: option('--receipt <text>', 'what it says about a recharge that arrived', text),
    reference: option('--reference <text>', "the supplier's own reference", text),
    cost: option(
      '--cost <amount>',
      'what it takes for all of it; what was agreed by default',
      amountOrNothing,
    ),
    note: requiredOption('--note <text>', 'how it is known; it is kept', text),
  },
  async run(context, { order: orderId, item, failed, delivered, codes, receipt, reference, cost, note }) {
    if (failed === delivered) throw new BadUsage('Give either --failed or --delivered.')
    if (delivered && (codes === undefined) === (receipt === undefined))
      throw new BadUsage('With --delivered, give either --codes or --receipt.')
    const goods = await goodsOf(codes, receipt)
    const outcome: ProposeItem['outcome'] = delivered
      ? { kind: 'delivered', goods, supplierReference: reference, cost }
      : { kind: 'failed' }
    const order = { orderId, item, outcome, note, actor: context.actor }
    const proposed = await proposeIn(context, order)
    const books = proposed.cost === undefined ? '' : ` It books a cost of ${printAmount(proposed.cost)}.`
    return {
      json: proposalJson({ ...proposed, goodsCount: goods.length }),
      text: [`Proposed.${books} Another person settles it: scrip fulfilment settle ${proposed.proposalId}`],
    }
  },
})

const settle = command({
  name: 'settle',
  summary: 'End a parked order as another person has proposed it.',
  details: ['Look at it first, with "scrip fulfilment show": it cannot be taken back.'],
  examples: ['fulfilment settle 0199a1b2-0000-7000-8000-000000000000'],
  params: { proposalId: argument('<proposal>', 'the id of the proposal', uuid<ProposalId>) },
  async run(context, { proposalId }) {
    const order = { proposalId, actor: context.actor }
    const { settled, repeated } = await settleItem(await context.database(), await context.keyRing(), order)
    const outcome = repeated
      ? 'It was settled before; nothing was changed.'
      : settled.outcome === 'delivered'
        ? 'The order was delivered and charged for.'
        : 'The order has failed; its money is back.'
    return { json: { repeated, proposal: proposalJson(settled) }, text: [outcome] }
  },
})

export const fulfilment = group('fulfilment', 'See what suppliers owe us, and settle what no machine can.', [
  list,
  show,
  retry,
  cancel,
  propose,
  settle,
])

async function goodsOf(codes: string | undefined, receipt: string | undefined): Promise<Goods[]> {
  if (receipt !== undefined) return [{ kind: 'receipt', status: 'delivered', message: receipt }]
  return codes === undefined ? [] : readGoods(codes)
}

async function proposeIn(context: Context, order: ProposeItem) {
  const database = await context.database()
  const keyRing = await context.keyRing()
  return database.inTransaction((tx) => proposeItem(tx, keyRing, order))
}

function proposalJson<P extends { readonly cost: bigint | undefined }>({ cost, ...rest }: P): object {
  return { ...rest, cost: cost === undefined ? undefined : printAmount(cost) }
}
