import { cancelFunding } from '../core/funding/cancel-funding.ts'
import type { Funding } from '../core/funding/funding.ts'
import { listFundings } from '../core/funding/list-fundings.ts'
import { requestFunding } from '../core/funding/request-funding.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { amount, argument, option, text } from './params.ts'
import { findWalletOf, partnerArgument, walletArgument } from './references.ts'
import { facts, table } from './table.ts'

const request = command({
  name: 'request',
  summary: 'Say that a partner means to pay into a wallet, and see where to and with which reference.',
  examples: ['funding request ops@acme.example NGN-1 100000'],
  params: {
    partner: partnerArgument,
    wallet: walletArgument,
    amount: argument('<amount>', 'in units of the currency', amount),
    reference: option('--reference <text>', "the partner's own name for it", text),
  },
  async run(context, input) {
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const order = {
      partnerId: partner.id,
      walletId: wallet.id,
      amount: input.amount,
      reference: input.reference,
      actor: context.actor,
    }
    const { funding, repeated } = await database.inTransaction((tx) => requestFunding(tx, order))
    return { json: { repeated, funding: fundingJson(funding) }, text: fundingFacts(funding) }
  },
})

const list = command({
  name: 'list',
  summary: "List a partner's funding requests, newest first.",
  examples: ['funding list ops@acme.example', 'funding list 1 --json'],
  params: { partner: partnerArgument, ...pageOptions },
  async run(context, { partner, limit, after }) {
    const database = await context.database()
    const { id } = await findPartner(database, partner)
    const page = await listFundings(database, id, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.reference,
      one.paymentReference,
      `${printAmount(one.amount)} ${one.currency}`,
      printAmount(one.fundedAmount),
      one.state,
      one.createdAt.toISOString(),
    ])
    const headings = ['Reference', 'Payment reference', 'Amount', 'Came', 'State', 'Since']
    return {
      json: { fundings: page.rows.map(fundingJson), nextCursor: page.nextCursor },
      text: [...table(headings, rows, 'There are no funding requests.'), ...pageText(page)],
    }
  },
})

const cancel = command({
  name: 'cancel',
  summary: 'Wait for the money no more; what comes all the same is booked.',
  examples: ['funding cancel ops@acme.example SCR7KQ2M9XWTB'],
  params: { partner: partnerArgument, reference: argument('<reference>', 'of the request', text) },
  async run(context, { partner, reference }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    await database.inTransaction((tx) => cancelFunding(tx, { partnerId, reference, actor: context.actor }))
    return { json: { reference }, text: ['Cancelled.'] }
  },
})

export const funding = group('funding', 'What partners mean to pay into their wallets.', [
  request,
  list,
  cancel,
])

function fundingJson({ amount: wanted, fundedAmount, ...rest }: Funding): object {
  return { ...rest, amount: printAmount(wanted), fundedAmount: printAmount(fundedAmount) }
}

function fundingFacts(one: Funding): string[] {
  return facts({
    Reference: one.reference,
    Amount: `${printAmount(one.amount)} ${one.currency}`,
    Bank: one.account.bankName,
    'Account name': one.account.accountName,
    'Account number': one.account.accountNumber,
    'Payment reference': one.paymentReference,
    Until: one.expiresAt.toISOString(),
  })
}
