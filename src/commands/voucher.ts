import { freezeVoucher } from '../core/vouchers/freeze-voucher.ts'
import { listVouchers } from '../core/vouchers/list-vouchers.ts'
import { resendVoucher } from '../core/vouchers/resend-voucher.ts'
import type { Voucher } from '../core/vouchers/voucher.ts'
import { openRenderer } from '../platform/templates.ts'
import type { VoucherId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, requiredOption, text, uuid } from './params.ts'
import { table } from './table.ts'

const voucherArgument = argument(
  '<voucher>',
  'the id of the voucher, from "scrip voucher list"',
  uuid<VoucherId>,
)
const noteOption = requiredOption('--note <text>', 'why; it is kept', text)

const list = command({
  name: 'list',
  summary: "List a telephone number's vouchers, the newest first; never their codes.",
  examples: ['voucher list +254712345678', 'voucher list +254712345678 --json'],
  params: { phone: argument('<phone>', 'the telephone number, international', text), ...pageOptions },
  async run(context, { phone, limit, after }) {
    const page = await listVouchers(await context.database(), phone, { limit, cursor: after })
    return {
      json: { vouchers: page.rows.map(voucherJson), nextCursor: page.nextCursor },
      text: [...voucherTable(page.rows), ...pageText(page)],
    }
  },
})

const freezing = (name: 'freeze' | 'unfreeze', summary: string) =>
  command({
    name,
    summary,
    examples: [`voucher ${name} 0199a1b2-0000-7000-8000-000000000000 --note "telephone lost"`],
    params: { voucherId: voucherArgument, note: noteOption },
    async run(context, { voucherId, note }) {
      const database = await context.database()
      const order = { voucherId, isFrozen: name === 'freeze', note, actor: context.actor }
      const voucher = await database.inTransaction((tx) => freezeVoucher(tx, order))
      return { json: { voucher: voucherJson(voucher) }, text: voucherTable([voucher]) }
    },
  })

const resend = command({
  name: 'resend',
  summary: "Send a voucher's code to its telephone again; nobody else sees it.",
  examples: ['voucher resend 0199a1b2-0000-7000-8000-000000000000 --note "asked by telephone"'],
  params: { voucherId: voucherArgument, note: noteOption },
  async run(context, { voucherId, note }) {
    const database = await context.database()
    const parts = { keyRing: await context.keyRing(), renderer: openRenderer() }
    const messageId = await database.inTransaction((tx) =>
      resendVoucher(tx, parts, { voucherId, note, actor: context.actor }),
    )
    return { json: { messageId }, text: ['It is on its way.'] }
  },
})

export const voucher = group('voucher', 'Vouchers on telephone numbers.', [
  list,
  freezing('freeze', 'Keep a voucher from being spent.'),
  freezing('unfreeze', 'Let a frozen voucher be spent again.'),
  resend,
])

function voucherJson(one: Voucher): object {
  const { amount, balance, redeemed, expired, ...rest } = one
  return {
    ...rest,
    amount: printAmount(amount),
    balance: printAmount(balance),
    redeemed: printAmount(redeemed),
    expired: printAmount(expired),
  }
}

function voucherTable(vouchers: readonly Voucher[]): string[] {
  const rows = vouchers.map((one) => [
    one.holder,
    `${printAmount(one.balance)} of ${printAmount(one.amount)} ${one.currency}`,
    one.frozenAt === undefined ? '' : 'frozen',
    one.merchants.join(' '),
    one.endsAt.toISOString(),
    one.id,
  ])
  return table(['Holder', 'Left', '', 'Merchants', 'Ends', 'Id'], rows, 'There are no vouchers.')
}
