import { approveReversal } from '../core/redemptions/approve-reversal.ts'
import { findByReceipt } from '../core/redemptions/find-redemption.ts'
import { proposeReversal } from '../core/redemptions/propose-reversal.ts'
import type { Redemption } from '../core/redemptions/redemption.ts'
import type { ProposalId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { argument, requiredOption, text, uuid } from './params.ts'
import { facts } from './table.ts'

const receiptArgument = argument('<receipt>', 'the number of the receipt, such as PEKL98SX', text)

const show = command({
  name: 'show',
  summary: 'Show what a receipt is about.',
  examples: ['redemption show PEKL98SX'],
  params: { receipt: receiptArgument },
  async run(context, { receipt }) {
    const found = await findByReceipt(await context.database(), receipt.toUpperCase())
    const shares = found.shares.map((share) => ({ ...share, amount: printAmount(share.amount) }))
    return {
      json: { redemption: { ...redemptionJson(found), shares } },
      text: [
        ...redemptionText(found),
        '',
        ...shares.map(({ voucherId, amount }) => `${amount} from voucher ${voucherId}`),
      ],
    }
  },
})

const propose = command({
  name: 'propose-reversal',
  summary: 'Say that a redemption should be taken back; another person approves it.',
  details: ['Nothing moves before that. Another proposal takes the place of the first.'],
  examples: ['redemption propose-reversal PEKL98SX --note "charged twice, ticket 4711"'],
  params: { receipt: receiptArgument, note: requiredOption('--note <text>', 'why; it is kept', text) },
  async run(context, { receipt, note }) {
    const database = await context.database()
    const { partnerId, id: redemptionId } = await findByReceipt(database, receipt.toUpperCase())
    const proposalId = await database.inTransaction((tx) =>
      proposeReversal(tx, { partnerId, redemptionId, note, actor: context.actor }),
    )
    return {
      json: { proposalId },
      text: [`Proposed. Another person approves it: scrip redemption approve-reversal ${proposalId}`],
    }
  },
})

const approve = command({
  name: 'approve-reversal',
  summary: 'Take a redemption back as another person proposed it.',
  details: ['The value returns to the same vouchers, and the merchant is owed so much less.'],
  examples: ['redemption approve-reversal 0199a1b2-0000-7000-8000-000000000000'],
  params: { proposalId: argument('<proposal>', 'the id of the proposal', uuid<ProposalId>) },
  async run(context, { proposalId }) {
    const database = await context.database()
    const { redemption: reversed, repeated } = await database.inTransaction((tx) =>
      approveReversal(tx, { proposalId, actor: context.actor }),
    )
    return {
      json: { redemption: redemptionJson(reversed), repeated },
      text: [repeated ? 'It was taken back before.' : 'Taken back.', '', ...redemptionText(reversed)],
    }
  },
})

export const redemption = group('redemption', 'What was taken out of vouchers, and taking it back.', [
  show,
  propose,
  approve,
])

function redemptionJson(one: Redemption) {
  return { ...one, amount: printAmount(one.amount) }
}

function redemptionText(one: Redemption): string[] {
  return facts({
    Receipt: one.receipt,
    Transaction: one.transactionCode,
    Amount: `${printAmount(one.amount)} ${one.currency}`,
    Phone: one.phone,
    At:
      one.merchantName === undefined
        ? 'a wallet'
        : `${one.merchantName} - ${one.tillName ?? ''} (${one.tillNumber ?? ''})`,
    When: one.createdAt.toISOString(),
    How: one.mode,
    Proposed: one.proposedBy === undefined ? undefined : `${one.proposedBy}: ${one.reversalNote ?? ''}`,
    Reversed: one.reversedBy,
  })
}
