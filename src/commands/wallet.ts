import { proposeCredit } from '../core/funding/propose-credit.ts'
import type { Wallet } from '../core/ledger/ledger.ts'
import {
  approveOverdraft,
  changeOverdraft,
  listOverdraftProposals,
  rejectOverdraft,
} from '../core/ledger/change-overdraft.ts'
import { listWalletEntries } from '../core/ledger/list-wallet-entries.ts'
import { listWallets } from '../core/ledger/list-wallets.ts'
import { findWallet } from '../core/ledger/find-wallet.ts'
import { openWallet } from '../core/ledger/open-wallet.ts'
import { postTransfer } from '../core/ledger/post-transfer.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import type { PartnerId, ProposalId, WalletId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import type { Micros } from '../values/money.ts'
import { howToBook } from './bank-results.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { pageOptions, pageText } from './pages.ts'
import { BadUsage, amount, argument, currency, flag, option, requiredOption, text, uuid } from './params.ts'
import { findWalletOf, partnerArgument, walletArgument } from './references.ts'
import { table } from './table.ts'
import { walletJson, walletTable } from './wallet-results.ts'

const open = command({
  name: 'open',
  summary: 'Open a wallet for a partner.',
  details: [
    'A partner may have several, also in one currency: USD-1, USD-2. The default one pays unless a call names another.',
  ],
  examples: [
    'wallet open ops@acme.example --currency USD --default',
    'wallet open 1 --currency EUR --overdraft 500',
  ],
  params: {
    partner: partnerArgument,
    currency: requiredOption('--currency <code>', 'its currency (ISO 4217)', currency),
    isDefault: flag('--default', 'make it the one that pays unless a call names another'),
    overdraft: option('--overdraft <amount>', 'how far it may go below zero', amount),
  },
  async run(context, input) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, input.partner)
    const isFirst = (await listWallets(database, partnerId)).length === 0
    const { actor } = context
    const order = { partnerId, currency: input.currency, isDefault: input.isDefault || isFirst, actor }
    const made = await database.inTransaction((tx) => openWallet(tx, order))
    if (input.overdraft === undefined) return oneWallet(made)
    return limitOverdraft(context, { partnerId, walletId: made.id, limit: input.overdraft })
  },
})

const list = command({
  name: 'list',
  summary: "List a partner's wallets.",
  examples: ['wallet list ops@acme.example', 'wallet list 1 --json'],
  params: { partner: partnerArgument },
  async run(context, input) {
    const database = await context.database()
    const { id } = await findPartner(database, input.partner)
    const wallets = await listWallets(database, id)
    return { json: { wallets: wallets.map(walletJson) }, text: walletTable(wallets) }
  },
})

const credit = command({
  name: 'credit',
  summary: 'Put money into a wallet: the partner has paid.',
  details: [
    'The reference names the payment. The same command again finds the first one and changes nothing.',
    'In a live installation nobody makes money alone: the payment is written down, and another person books it with "scrip bank book". In a sandbox it is credited at once.',
  ],
  examples: [
    'wallet credit ops@acme.example USD-1 1000 --reference "wire 2027-01-31/17" --method bank_transfer',
  ],
  params: {
    partner: partnerArgument,
    wallet: walletArgument,
    amount: argument('<amount>', 'in units of the currency: 1000 or 12.50', amount),
    reference: requiredOption('--reference <text>', 'what names this payment, and no other', text),
    method: option('--method <text>', 'how it was paid', text),
    note: option('--note <text>', 'shown in the statement', text),
  },
  async run(context, input) {
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const ids = { partnerId: partner.id, walletId: wallet.id }
    if (context.config.environment === 'live') {
      const order = {
        ...ids,
        amount: input.amount,
        currency: wallet.currency,
        reference: input.reference,
        note: input.note ?? '',
        day: new Date().toISOString().slice(0, 10),
        actor: context.actor,
      }
      const line = await database.inTransaction((tx) => proposeCredit(tx, order))
      return line === undefined
        ? { json: { repeated: true }, text: ['This payment was written down before; nothing was changed.'] }
        : {
            json: { repeated: false, lineId: line.id },
            text: ['Written down.', howToBook(line.id, partner.id, wallet.code)],
          }
    }
    const { transferId, repeated } = await database.inTransaction((tx) =>
      postTransfer(tx, {
        ...ids,
        kind: 'topup',
        amount: input.amount,
        reference: input.reference,
        paymentMethod: input.method,
        description: input.note,
        actor: context.actor,
      }),
    )
    const now = await findWallet(database, ids.partnerId, ids.walletId)
    const outcome = repeated
      ? 'This payment was credited before; nothing was changed.'
      : `Credited ${printAmount(input.amount)} ${now.currency}.`
    return {
      json: { transferId, repeated, wallet: walletJson(now) },
      text: [outcome, '', ...walletTable([now])],
    }
  },
})

const overdraft = command({
  name: 'overdraft',
  summary: 'Set how far a wallet may go below zero.',
  details: [
    'In a live installation nobody gives credit alone: more of it is proposed, and another person approves. Less of it is set at once.',
  ],
  examples: ['wallet overdraft ops@acme.example USD-1 --limit 500', 'wallet overdraft 1 USD-1 --none'],
  params: {
    partner: partnerArgument,
    wallet: walletArgument,
    limit: option('--limit <amount>', 'the limit, in units of the currency', amount),
    none: flag('--none', 'not below zero at all'),
  },
  async run(context, { limit, none, ...input }) {
    if ((limit === undefined) !== none) throw new BadUsage('Give either --limit or --none.')
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    return limitOverdraft(context, { partnerId: partner.id, walletId: wallet.id, limit: limit ?? 0n })
  },
})

const proposalArgument = argument('<proposal>', 'the id, from "scrip wallet overdrafts"', uuid<ProposalId>)

const overdrafts = command({
  name: 'overdrafts',
  summary: 'List higher overdrafts that wait for a second person, the longest waiting first.',
  examples: ['wallet overdrafts', 'wallet overdrafts --json'],
  params: pageOptions,
  async run(context, { limit, after }) {
    const page = await listOverdraftProposals(await context.database(), { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.id,
      one.createdAt.toISOString(),
      one.partnerId,
      one.walletCode,
      `${printAmount(one.limit)} ${one.currency}`,
      one.proposedBy,
    ])
    return {
      json: {
        proposals: page.rows.map((one) => ({ ...one, limit: printAmount(one.limit) })),
        nextCursor: page.nextCursor,
      },
      text: [
        ...table(['Proposal', 'At', 'Partner', 'Wallet', 'Limit', 'Proposed by'], rows, 'None waits.'),
        ...pageText(page),
      ],
    }
  },
})

const approve = command({
  name: 'overdraft-approve',
  summary: 'Approve a higher overdraft, as another person than who proposed it.',
  examples: ['wallet overdraft-approve 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: proposalArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { proposal, repeated } = await database.inTransaction((tx) =>
      approveOverdraft(tx, { id, actor: context.actor }),
    )
    return oneWallet(await findWallet(database, proposal.partnerId, proposal.walletId), { repeated })
  },
})

const reject = command({
  name: 'overdraft-reject',
  summary: 'Drop a higher overdraft that was proposed.',
  examples: ['wallet overdraft-reject 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: proposalArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { repeated } = await database.inTransaction((tx) =>
      rejectOverdraft(tx, { id, actor: context.actor }),
    )
    return { json: { repeated }, text: [repeated ? 'It was rejected before.' : 'Rejected.'] }
  },
})

const statement = command({
  name: 'statement',
  summary: "List a wallet's entries, newest first.",
  examples: ['wallet statement ops@acme.example USD-1', 'wallet statement 1 USD-1 --limit 200 --json'],
  params: { partner: partnerArgument, wallet: walletArgument, ...pageOptions },
  async run(context, { limit, after, ...input }) {
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const page = await listWalletEntries(database, partner.id, wallet.id, { limit, cursor: after })
    const rows = page.rows.map((entry) => [
      entry.number.toString(),
      entry.createdAt.toISOString(),
      entry.kind,
      printAmount(entry.amount),
      printAmount(entry.balanceAfter),
      entry.description,
      entry.transferId,
    ])
    const entries = page.rows.map((entry) => ({
      ...entry,
      amount: printAmount(entry.amount),
      balanceAfter: printAmount(entry.balanceAfter),
    }))
    return {
      json: { wallet: walletJson(wallet), entries, nextCursor: page.nextCursor },
      text: [
        ...table(
          ['No.', 'At', 'Kind', 'Amount', 'Balance', 'Description', 'Transfer'],
          rows,
          'There are no entries.',
        ),
        ...pageText(page),
      ],
    }
  },
})

export const wallet = group('wallet', "Open, credit and inspect partners' wallets.", [
  open,
  list,
  credit,
  overdraft,
  overdrafts,
  approve,
  reject,
  statement,
])

/** Sets it, or proposes it where that takes a second person. */
async function limitOverdraft(
  context: Context,
  wish: { readonly partnerId: PartnerId; readonly walletId: WalletId; readonly limit: Micros },
) {
  const database = await context.database()
  const needsSecond = context.config.environment === 'live'
  const done = await database.inTransaction((tx) =>
    changeOverdraft(tx, { ...wish, actor: context.actor, needsSecond }),
  )
  if ('wallet' in done) return oneWallet(done.wallet)
  const wallet = await findWallet(database, wish.partnerId, wish.walletId)
  return {
    json: { wallet: walletJson(wallet), proposalId: done.proposalId },
    text: [
      ...walletTable([wallet]),
      '',
      `Proposed. Another person approves it: scrip wallet overdraft-approve ${done.proposalId}`,
    ],
  }
}

function oneWallet(one: Wallet, more: Readonly<Record<string, unknown>> = {}) {
  return { json: { wallet: walletJson(one), ...more }, text: walletTable([one]) }
}
