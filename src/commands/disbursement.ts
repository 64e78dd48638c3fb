import type { Disbursement } from '../core/disbursements/disbursement.ts'
import { findDisbursement } from '../core/disbursements/find-disbursement.ts'
import { findFees } from '../core/disbursements/find-fees.ts'
import { setFees } from '../core/disbursements/set-fees.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { printDecimal } from '../values/decimal.ts'
import { percentScale, printAmount } from '../values/money.ts'
import type { Micros } from '../values/money.ts'
import { command, group } from './command.ts'
import { BadUsage, amountOrNothing, argument, decimal, option, text } from './params.ts'
import { partnerArgument } from './references.ts'
import { facts } from './table.ts'

const show = command({
  name: 'show',
  summary: 'Show how far a disbursement has come.',
  examples: ['disbursement show ops@acme.example BONUS-2026'],
  params: { partner: partnerArgument, id: argument('<id>', "the partner's own id of it", text) },
  async run(context, { partner, id }) {
    const database = await context.database()
    const found = await findDisbursement(database, (await findPartner(database, partner)).id, id)
    return { json: { disbursement: disbursementJson(found) }, text: disbursementText(found) }
  },
})

const fees = command({
  name: 'fees',
  summary: 'Show or set what a partner pays for disbursements.',
  details: [
    '22.5 for each recipient unless something else is set. What is left out when the other is set is nothing. It holds from the next disbursement on.',
  ],
  examples: [
    'disbursement fees ops@acme.example',
    'disbursement fees ops@acme.example --each 15 --percent 0.5',
  ],
  params: {
    partner: partnerArgument,
    each: option('--each <amount>', 'for each recipient', amountOrNothing),
    percent: option(
      '--percent <percent>',
      'of what the vouchers are worth',
      decimal(percentScale, 'must be a percentage such as 2.5'),
    ),
  },
  async run(context, { partner, each, percent }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    if (percent !== undefined && (percent < 0n || percent > 100n * 10n ** BigInt(percentScale)))
      throw new BadUsage('--percent must be from 0 to 100.')
    if (each !== undefined || percent !== undefined) {
      const order = { partnerId, each: each ?? 0n, percent: percent ?? 0n, actor: context.actor }
      await database.inTransaction((tx) => setFees(tx, order))
    }
    const now = await findFees(database, partnerId)
    const [flat, share] = [printAmount(now.each), printDecimal(now.percent, percentScale)]
    return {
      json: { fees: { each: flat, percent: share } },
      text: facts({ 'For each recipient': flat, 'Of the worth': `${share} %` }),
    }
  },
})

export const disbursement = group('disbursement', 'Vouchers to many telephones, and what they cost.', [
  show,
  fees,
])

type Shown = Disbursement & { readonly redeemed: Micros }

function disbursementJson(one: Shown): object {
  const { amount, fee, feeEach, feePercent, issuedAmount, redeemed, ...rest } = one
  return {
    ...rest,
    amount: printAmount(amount),
    fee: printAmount(fee),
    feeEach: printAmount(feeEach),
    feePercent: printDecimal(feePercent, percentScale),
    issuedAmount: printAmount(issuedAmount),
    redeemed: printAmount(redeemed),
  }
}

function disbursementText(one: Shown): string[] {
  return facts({
    Title: one.title,
    State: one.state,
    Issued: `${one.issuedCount} of ${one.recipientsCount}`,
    Worth: `${printAmount(one.amount)} ${one.currency}`,
    Fee: `${printAmount(one.fee)} ${one.currency}`,
    Spent: `${printAmount(one.redeemed)} ${one.currency}`,
    Valid: `${one.startsOn} to ${one.endsOn}`,
    Transaction: one.transactionCode,
    Made: one.createdAt.toISOString(),
    Ended: one.endedAt?.toISOString(),
  })
}
