import { checkCheckouts } from '../core/checkout/check-checkouts.ts'
import { checkLedger } from '../core/ledger/check-ledger.ts'
import { listTransferLines } from '../core/ledger/list-transfer-lines.ts'
import { rollUpAccounts } from '../core/ledger/roll-up-accounts.ts'
import { trialBalance } from '../core/ledger/trial-balance.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import type { OrderId, TransferId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { argument, uuid } from './params.ts'
import { partnerArgument } from './references.ts'
import { table } from './table.ts'

const check = command({
  name: 'check',
  summary: 'Prove the ledger: money was neither made nor lost, and balances are what the journal says.',
  details: [
    'It reads the whole journal several times and may run beside orders. The worker does it every night. The exit code is 1 if a rule is broken.',
  ],
  examples: ['ledger check', 'ledger check --json'],
  params: {},
  async run(context) {
    const database = await context.database()
    const [books, orders] = [await checkLedger(database), await checkCheckouts(database)]
    const report = { ok: books.ok && orders.ok, checks: [...books.checks, ...orders.checks] }
    const lines = report.checks.map((one) => `${one.ok ? 'ok    ' : 'FAILED'}  ${one.name}  ${one.detail}`)
    const verdict = report.ok
      ? `All ${report.checks.length} proofs hold.`
      : 'The ledger does not hold: look into the lines marked FAILED.'
    return { json: report, text: [...lines, '', verdict], ok: report.ok }
  },
})

const balance = command({
  name: 'balance',
  summary: 'Show what all accounts hold, by kind and currency: the trial balance.',
  examples: ['ledger balance', 'ledger balance --json'],
  params: {},
  async run(context) {
    const { totals, balanced } = await trialBalance(await context.database())
    const rows = totals.map((one) => [one.currency, one.kind, printAmount(one.total)])
    return {
      json: { balanced, totals: totals.map((one) => ({ ...one, total: printAmount(one.total) })) },
      text: [
        ...table(['Currency', 'Account', 'Total'], rows, 'Nothing was booked yet.'),
        '',
        balanced ? 'Each currency sums to zero.' : 'NOT BALANCED: run "scrip ledger check".',
      ],
      ok: balanced,
    }
  },
})

const rollUp = command({
  name: 'roll-up',
  summary: "Bring the totals of the ledger's accounts up to date now; the worker does so every minute.",
  examples: ['ledger roll-up'],
  params: {},
  async run(context) {
    const lots = await rollUpAccounts(await context.database())
    return {
      json: { lots },
      text: [
        lots === 0
          ? 'The totals were up to date.'
          : `Counted ${lots} ${lots === 1 ? 'lot' : 'lots'} of transfers.`,
      ],
    }
  },
})

const entries = command({
  name: 'entries',
  summary: 'Show both sides of a transfer, or of everything that an order moved.',
  examples: ['ledger entries ops@acme.example 0199a1b2-0000-7000-8000-000000000000'],
  params: {
    partner: partnerArgument,
    id: argument('<id>', 'the id of a transfer or of an order', uuid<TransferId | OrderId>),
  },
  async run(context, { partner, id }) {
    const database = await context.database()
    const lines = await listTransferLines(database, (await findPartner(database, partner)).id, id)
    const rows = lines.map((line) => [
      line.createdAt.toISOString(),
      line.kind,
      line.account,
      printAmount(line.amount),
      line.currency,
      line.balanceAfter === null ? '' : printAmount(line.balanceAfter),
      line.reference ?? line.orderId ?? '',
      line.actor,
    ])
    const json = lines.map((line) => ({
      ...line,
      amount: printAmount(line.amount),
      balanceAfter: line.balanceAfter === null ? null : printAmount(line.balanceAfter),
    }))
    return {
      json: { entries: json },
      text: table(
        ['At', 'Kind', 'Account', 'Amount', '', 'Balance after', 'Reference', 'By'],
        rows,
        'This partner has no such transfer or order.',
      ),
      ok: lines.length > 0,
    }
  },
})

export const ledger = group('ledger', 'Prove and read the books.', [check, balance, rollUp, entries])
