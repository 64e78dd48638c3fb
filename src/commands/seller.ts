import { changeSeller, createSeller } from '../core/checkout/create-seller.ts'
import { findPayer } from '../core/checkout/create-payer.ts'
import { findSeller, listSellers } from '../core/checkout/find-seller.ts'
import { feePayers } from '../core/checkout/seller.ts'
import type { Seller } from '../core/checkout/seller.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import type { Db } from '../platform/database.ts'
import { printDecimal } from '../values/decimal.ts'
import type { PayerId, SellerId } from '../values/ids.ts'
import { percentScale, printAmount, rateScale } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { amount, argument, decimal, oneOf, option, requiredOption, text, uuid } from './params.ts'
import { findWalletOf, partnerArgument, walletArgument } from './references.ts'
import { facts, table } from './table.ts'

const sellerArgument = argument('<seller>', "the seller's id", uuid<SellerId>)
const percent = decimal(percentScale, 'must be a percentage such as 2.9')
const fraction = decimal(rateScale, 'must be a fraction such as 0.0333')

const terms = {
  lender: option('--lender <code>', 'who pays later for its buyers; without one, nobody does', text),
  bank: option('--bank <code>', 'who pays at once for its buyers; without one, nobody does', text),
  least: option('--least <amount>', 'the least that can be paid later (150)', amount),
  most: option('--most <amount>', 'the most that can be paid later (30000)', amount),
  fee: option('--fee <percent>', 'what an order costs, of its amount (0)', percent),
  feePayer: option('--fee-payer <who>', 'seller or buyer (seller)', oneOf(feePayers)),
  rate: option('--rate <fraction>', 'interest for 30 days (0)', fraction),
}

const create = command({
  name: 'create',
  summary:
    'Open a shop of a partner: its buyers pay on our page, now or later, and it is paid into the wallet.',
  examples: [
    'seller create ops@acme.example GBP-1 --name "Bright Tools" --redirect https://shop.example/thanks --lender credit --bank sandbox-bank --fee 2.9 --rate 0.0333',
  ],
  params: {
    partner: partnerArgument,
    wallet: walletArgument,
    name: requiredOption('--name <text>', 'what its buyers know it by', text),
    redirect: requiredOption('--redirect <url>', 'where buyers go back to', text),
    ...terms,
  },
  async run(context, input) {
    const database = await context.database()
    const { partner, wallet } = await findWalletOf(database, input.partner, input.wallet)
    const id = await database.inTransaction(async (tx) =>
      createSeller(tx, {
        partnerId: partner.id,
        walletId: wallet.id,
        name: input.name,
        redirectUrl: input.redirect,
        lenderId: await payerOf(tx, input.lender),
        bankId: await payerOf(tx, input.bank),
        leastAmount: input.least ?? 150_000_000n,
        mostAmount: input.most ?? 30_000_000_000n,
        feePercent: input.fee ?? 0n,
        feePayer: input.feePayer ?? 'seller',
        rate: input.rate ?? 0n,
        actor: context.actor,
      }),
    )
    return oneSeller(await findSeller(database, partner.id, id))
  },
})

const update = command({
  name: 'update',
  summary: 'Change a shop’s terms; orders that were made keep theirs.',
  examples: ['seller update ops@acme.example 0199a1b2-0000-7000-8000-000000000000 --fee 2.5'],
  params: {
    partner: partnerArgument,
    seller: sellerArgument,
    name: option('--name <text>', 'what its buyers know it by', text),
    redirect: option('--redirect <url>', 'where buyers go back to', text),
    ...terms,
  },
  async run(context, input) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, input.partner)
    await database.inTransaction(async (tx) =>
      changeSeller(tx, {
        partnerId,
        id: input.seller,
        name: input.name,
        redirectUrl: input.redirect,
        lenderId: await payerOf(tx, input.lender),
        bankId: await payerOf(tx, input.bank),
        leastAmount: input.least,
        mostAmount: input.most,
        feePercent: input.fee,
        feePayer: input.feePayer,
        rate: input.rate,
        actor: context.actor,
      }),
    )
    return oneSeller(await findSeller(database, partnerId, input.seller))
  },
})

const list = command({
  name: 'list',
  summary: 'List the shops of a partner, newest first.',
  examples: ['seller list ops@acme.example', 'seller list 1 --json'],
  params: { partner: partnerArgument, ...pageOptions },
  async run(context, { partner, limit, after }) {
    const database = await context.database()
    const { id } = await findPartner(database, partner)
    const page = await listSellers(database, id, { limit, cursor: after })
    const rows = page.rows.map((one) => [one.id, one.name, printPercent(one), one.feePayer, printRate(one)])
    return {
      json: { sellers: page.rows.map(sellerJson), nextCursor: page.nextCursor },
      text: [...table(['Seller', 'Name', 'Fee', 'Paid by', 'Rate'], rows), ...pageText(page)],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show a shop and its terms.',
  examples: ['seller show ops@acme.example 0199a1b2-0000-7000-8000-000000000000'],
  params: { partner: partnerArgument, seller: sellerArgument },
  async run(context, input) {
    const database = await context.database()
    const { id } = await findPartner(database, input.partner)
    return oneSeller(await findSeller(database, id, input.seller))
  },
})

export const seller = group('seller', 'Open shops whose buyers pay on our page, and change their terms.', [
  create,
  update,
  list,
  show,
])

async function payerOf(db: Db, code: string | undefined): Promise<PayerId | undefined> {
  return code === undefined ? undefined : (await findPayer(db, code)).id
}

function sellerJson(one: Seller): object {
  const { leastAmount, mostAmount } = one
  return {
    ...one,
    leastAmount: printAmount(leastAmount),
    mostAmount: printAmount(mostAmount),
    feePercent: printDecimal(one.feePercent, percentScale),
    rate: printRate(one),
  }
}

function oneSeller(one: Seller) {
  return {
    json: { seller: sellerJson(one) },
    text: facts({
      Seller: one.id,
      Name: one.name,
      'Pays later':
        one.lenderId === undefined
          ? 'no'
          : `${printAmount(one.leastAmount)} to ${printAmount(one.mostAmount)} ${one.currency}`,
      'Pays now': one.bankId === undefined ? 'no' : 'yes',
      Fee: `${printPercent(one)}, paid by the ${one.feePayer}`,
      'Rate for 30 days': printRate(one),
      'Buyers go back to': one.redirectUrl,
    }),
  }
}

function printPercent({ feePercent }: Seller): string {
  return `${printDecimal(feePercent, percentScale)}%`
}

function printRate({ rate }: Seller): string {
  return printDecimal(rate, rateScale)
}
