import { cancelCheckout } from '../core/checkout/cancel-checkout.ts'
import { checkoutStatuses } from '../core/checkout/checkout.ts'
import type { Checkout } from '../core/checkout/checkout.ts'
import { collectInstalment } from '../core/checkout/collect-instalment.ts'
import { findCheckout, findDecision, listCheckouts, listInstalments } from '../core/checkout/find-checkout.ts'
import { proposeRefund } from '../core/checkout/propose-refund.ts'
import { retryDecision } from '../core/checkout/retry-decision.ts'
import { settleRefund } from '../core/checkout/settle-refund.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { printDecimal } from '../values/decimal.ts'
import type { CheckoutId, RefundId } from '../values/ids.ts'
import { printAmount, rateScale } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { amount, argument, oneOf, option, requiredOption, text, uuid, wholeNumber } from './params.ts'
import { partnerArgument } from './references.ts'
import { facts, table } from './table.ts'

const orderArgument = argument('<order>', "the order's id", uuid<CheckoutId>)

const list = command({
  name: 'list',
  summary: 'List the orders of a partner’s shops, newest first.',
  examples: ['checkout list ops@acme.example', 'checkout list 1 --status successful --json'],
  params: {
    partner: partnerArgument,
    status: option('--status <status>', `one of ${checkoutStatuses.join(', ')}`, oneOf(checkoutStatuses)),
    ...pageOptions,
  },
  async run(context, { partner, status, limit, after }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const page = await listCheckouts(database, { partnerId, status }, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.id,
      one.createdAt.toISOString(),
      one.sellerName,
      one.reference,
      `${printAmount(one.amount)} ${one.currency}`,
      one.endReason ?? one.status,
    ])
    return {
      json: { orders: page.rows.map(checkoutJson), nextCursor: page.nextCursor },
      text: [...table(['Order', 'Made', 'Seller', 'Reference', 'Amount', 'Status'], rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show an order, who pays for it, and what is owed.',
  examples: ['checkout show 0199a1b2-0000-7000-8000-000000000000'],
  params: { order: orderArgument },
  async run(context, { order }) {
    const database = await context.database()
    const found = await findCheckout(database, order)
    const [decision, instalments] = [
      await findDecision(database, order),
      await listInstalments(database, order),
    ]
    const owed = instalments.map(({ principal, interest, ...rest }) => ({
      ...rest,
      principal: printAmount(principal),
      interest: printAmount(interest),
    }))
    const rows = owed.map((one) => [String(one.number), one.dueOn, one.principal, one.interest, one.state])
    return {
      json: { order: checkoutJson(found), decision, instalments: owed },
      text: [
        ...facts({
          Order: found.id,
          Seller: found.sellerName,
          Reference: found.reference,
          Amount: `${printAmount(found.amount)} ${found.currency}`,
          Fee: `${printAmount(found.fee)}, paid by the ${found.feePayer}`,
          Status: found.endReason ?? found.status,
          Chosen: found.months === undefined ? found.chosen : `${found.chosen ?? ''}, ${found.months} months`,
          Buyer: found.buyer === undefined ? undefined : `${found.buyer.company}, ${found.buyer.email}`,
          'Given back': found.refunded === 0n ? undefined : printAmount(found.refunded),
          Payer: decision?.payerCode,
          Decision: decision === undefined ? undefined : `${decision.state} ${decision.detail}`.trim(),
        }),
        '',
        ...table(['Instalment', 'Due', 'Principal', 'Interest', 'State'], rows, 'Nothing is owed.'),
      ],
    }
  },
})

const cancel = command({
  name: 'cancel',
  summary: 'End an order that has not ended; whoever was asked to pay for it is told.',
  examples: ['checkout cancel 0199a1b2-0000-7000-8000-000000000000'],
  params: { order: orderArgument },
  async run(context, { order }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const ended = await database.inTransaction((tx) => cancelCheckout(tx, keyRing, order, context.actor))
    return { json: { order: checkoutJson(ended) }, text: ['The order was cancelled.'] }
  },
})

const retry = command({
  name: 'retry',
  summary: 'Have the payer of an order asked again at once, also where it waits for a person.',
  examples: ['checkout retry 0199a1b2-0000-7000-8000-000000000000'],
  params: { order: orderArgument },
  async run(context, { order }) {
    const database = await context.database()
    await database.inTransaction((tx) => retryDecision(tx, order, context.actor))
    return { json: { order }, text: ['The payer is asked again.'] }
  },
})

const refund = command({
  name: 'refund',
  summary: 'Say that a buyer should have money back, all or a part; another person settles it.',
  details: [
    'The seller’s wallet pays. What the buyer still owes becomes less by it, and what is more than that is paid out. Our fee stays. Another proposal takes the place of the first.',
  ],
  examples: [
    'checkout refund 0199a1b2-0000-7000-8000-000000000000 --note "returned, ticket 4711"',
    'checkout refund 0199a1b2-0000-7000-8000-000000000000 --amount 20.50 --note "one piece was broken"',
  ],
  params: {
    order: orderArgument,
    amount: option('--amount <amount>', 'how much; all that was not given back yet by default', amount),
    note: requiredOption('--note <text>', 'why; it is kept', text),
  },
  async run(context, { order, amount: wanted, note }) {
    const database = await context.database()
    const wish = { checkoutId: order, amount: wanted, note, actor: context.actor }
    const { refundId, amount: much } = await database.inTransaction((tx) => proposeRefund(tx, wish))
    return {
      json: { refund: refundId, amount: printAmount(much) },
      text: [
        `Proposed: ${printAmount(much)}. Another person settles it: scrip checkout settle-refund ${refundId}`,
      ],
    }
  },
})

const settle = command({
  name: 'settle-refund',
  summary: 'Settle a refund as another person has proposed it.',
  details: [
    'Look at the order first, with "scrip checkout show": what it books is booked at once and for good.',
  ],
  examples: ['checkout settle-refund 0199a1b2-0000-7000-8000-000000000000'],
  params: { refund: argument('<refund>', 'the id of the proposal', uuid<RefundId>) },
  async run(context, { refund: refundId }) {
    const database = await context.database()
    const settled = await database.inTransaction((tx) => settleRefund(tx, { refundId, actor: context.actor }))
    const { amount: much, forgiven, isRepeat } = settled
    return {
      json: { repeated: isRepeat, amount: printAmount(much), forgiven: printAmount(forgiven) },
      text: [
        isRepeat
          ? 'It was settled before; nothing was changed.'
          : `Settled: ${printAmount(forgiven)} is owed no longer, ${printAmount(much - forgiven)} goes back to the buyer.`,
      ],
    }
  },
})

const collect = command({
  name: 'collect',
  summary: 'Book that an instalment was paid.',
  examples: [
    'checkout collect 0199a1b2-0000-7000-8000-000000000000 1 --note "statement of 31 January, line 12"',
  ],
  params: {
    order: orderArgument,
    number: argument('<number>', 'which instalment', wholeNumber(1, 12)),
    note: requiredOption('--note <text>', 'where the money is seen; it is kept', text),
  },
  async run(context, { order, number, note }) {
    const database = await context.database()
    const wish = { checkoutId: order, number, note, actor: context.actor }
    const { isRepeat } = await database.inTransaction((tx) => collectInstalment(tx, wish))
    return {
      json: { repeated: isRepeat },
      text: [isRepeat ? 'It was paid before; nothing was changed.' : 'Booked.'],
    }
  },
})

export const checkout = group('checkout', 'See and settle what buyers pay for on our page.', [
  list,
  show,
  cancel,
  retry,
  refund,
  settle,
  collect,
])

function checkoutJson(one: Checkout): object {
  const { amount: asked, fee, rate, refunded, buyer, ...rest } = one
  return {
    ...rest,
    amount: printAmount(asked),
    fee: printAmount(fee),
    rate: printDecimal(rate, rateScale),
    refunded: printAmount(refunded),
    buyer: buyer === undefined ? undefined : { ...buyer, turnover: printAmount(buyer.turnover) },
  }
}
