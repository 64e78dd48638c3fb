import { bookDisbursement } from '../core/disbursements/book-disbursement.ts'
import { feeOf } from '../core/disbursements/disbursement.ts'
import type { Disbursement } from '../core/disbursements/disbursement.ts'
import { findDisbursement } from '../core/disbursements/find-disbursement.ts'
import { findFees } from '../core/disbursements/find-fees.ts'
import { readRecipients } from '../core/disbursements/read-recipients.ts'
import { setFees } from '../core/disbursements/set-fees.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { printDecimal } from '../values/decimal.ts'
import { hundredPercent, percentScale, printAmount } from '../values/money.ts'
import type { Micros } from '../values/money.ts'
import { command, group } from './command.ts'
import {
  BadUsage,
  amountOrNothing,
  argument,
  decimal,
  flag,
  option,
  options,
  requiredOption,
  text,
} from './params.ts'
import { findWalletOf, partnerArgument } from './references.ts'
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
    if (percent !== undefined && (percent < 0n || percent > hundredPercent))
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

const upload = command({
  name: 'upload',
  summary: 'Send vouchers to the recipients of a CSV file: looked at first, all or nothing.',
  details: [
    'The first line names the columns name, phone and amount; at most 10,000 lines. Every line that cannot be taken is told, and then nothing is sent.',
    'The same id and file again find the first one and change nothing.',
  ],
  examples: [
    'disbursement upload ops@acme.example bonus.csv --id BONUS-2026 --title "Bonus" --wallet KES-1 --preview',
    'disbursement upload 1 bonus.csv --id BONUS-2026 --title "Bonus" --wallet KES-1 --calling-code 254',
  ],
  params: {
    partner: partnerArgument,
    file: argument('<file>', 'the CSV file', text),
    id: requiredOption('--id <id>', "the partner's own id of it", text),
    title: requiredOption('--title <text>', 'what recipients and statements see', text),
    wallet: requiredOption('--wallet <wallet>', 'the code of the wallet that pays', text),
    callingCode: option('--calling-code <digits>', 'of national numbers, such as 254', text),
    startsOn: option('--starts <day>', 'the first day, 2027-01-31; today, if it is left out', text),
    endsOn: option('--ends <day>', 'the last day; a year later, if it is left out', text),
    merchants: options('--merchant <code>', 'who may take them; several may be given; none: all may', text),
    silent: flag('--silent', 'recipients are sent no messages'),
    preview: flag('--preview', 'only tell what it would cost and what is wrong'),
  },
  async run(context, input) {
    if (input.callingCode !== undefined && !/^[1-9]\d{0,3}$/.test(input.callingCode))
      throw new BadUsage('--calling-code must be digits such as 254.')
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const { recipients, amount, problems, hash } = await readRecipients(input.file, input.callingCode)
    const fee = feeOf(await findFees(database, partner.id), recipients.length, amount)
    const cost = { amount: printAmount(amount), fee: printAmount(fee), currency: wallet.currency }
    if (input.preview || problems.length > 0)
      return {
        json: { recipients: recipients.length, ...cost, problems },
        text: [
          ...facts({
            Recipients: String(recipients.length),
            Amount: `${cost.amount} ${cost.currency}`,
            Fee: `${cost.fee} ${cost.currency}`,
          }),
          ...problems.slice(0, problemsPrinted).map(({ line, sentence }) => `  line ${line}: ${sentence}`),
          ...(problems.length > problemsPrinted ? [`  and ${problems.length - problemsPrinted} more`] : []),
          ...(problems.length > 0 ? ['Nothing was sent.'] : []),
        ],
        ok: problems.length === 0,
      }
    const { title, startsOn, endsOn, merchants, silent: isSilent } = input
    const { disbursement: booked, repeated } = await bookDisbursement(database, {
      partnerId: partner.id,
      externalId: input.id,
      dialect: 'house',
      title,
      walletId: wallet.id,
      currency: wallet.currency,
      startsOn,
      endsOn,
      timeZone: partner.timeZone,
      merchants,
      isExternal: false,
      isSilent,
      callbackUrl: undefined,
      revealsCodes: false,
      recipients,
      // As the house's own API writes it, so that either finds what the other has sent.
      requestKey: JSON.stringify([
        hash,
        input.callingCode ?? '',
        wallet.id,
        title,
        startsOn,
        endsOn,
        merchants,
        isSilent,
      ]),
      actor: context.actor,
    })
    const now = { ...booked, redeemed: 0n }
    return {
      json: { repeated, disbursement: disbursementJson(now) },
      text: [repeated ? 'It was sent before; nothing was changed.' : 'Paid.', ...disbursementText(now)],
    }
  },
})

const problemsPrinted = 20

export const disbursement = group('disbursement', 'Vouchers to many telephones, and what they cost.', [
  upload,
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
