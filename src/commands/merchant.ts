import type { Merchant } from '../core/merchants/merchant.ts'
import { listMerchants } from '../core/merchants/list-merchants.ts'
import { createMerchantKey, listMerchantKeys, revokeMerchantKey } from '../core/merchants/merchant-keys.ts'
import { saveMerchant } from '../core/merchants/save-merchant.ts'
import type { CredentialId } from '../values/ids.ts'
import { command, group } from './command.ts'
import { merchantBankDetails } from './merchant-bank-details.ts'
import { merchantPayout } from './merchant-payout.ts'
import { merchantOwed, merchantStatement } from './merchant-statement.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, flag, option, requiredOption, text, uuid } from './params.ts'
import { facts, table } from './table.ts'

const merchantArgument = argument('<merchant>', "the merchant's code, such as naivas", text)

const save = command({
  name: 'save',
  summary: 'Make a merchant that takes vouchers, or change the one with the code.',
  details: ['A closed one takes nothing and is named by no new voucher; what it is owed stays.'],
  examples: [
    'merchant save naivas --name Naivas --category supermarkets --category-name Supermarkets',
    'merchant save naivas --name Naivas --category supermarkets --category-name Supermarkets --closed',
  ],
  params: {
    code: merchantArgument,
    name: requiredOption('--name <name>', 'what people call it', text),
    category: requiredOption('--category <code>', 'the code of its category', text),
    categoryName: requiredOption('--category-name <name>', 'what people call the category', text),
    closed: flag('--closed', 'it takes nothing any more'),
  },
  async run(context, { code, name, category, categoryName, closed }) {
    const database = await context.database()
    const order = {
      code,
      name,
      category: { code: category, name: categoryName },
      status: closed ? 'closed' : 'active',
      actor: context.actor,
    } as const
    const merchant = await database.inTransaction((tx) => saveMerchant(tx, order))
    return { json: { merchant }, text: merchantTable([merchant]) }
  },
})

const list = command({
  name: 'list',
  summary: 'List merchants, by code.',
  examples: ['merchant list', 'merchant list --limit 200 --json'],
  params: { ...pageOptions },
  async run(context, { limit, after }) {
    const page = await listMerchants(await context.database(), { limit, cursor: after })
    return {
      json: { merchants: page.rows, nextCursor: page.nextCursor },
      text: [...merchantTable(page.rows), ...pageText(page)],
    }
  },
})

const createKey = command({
  name: 'create',
  summary: "Create a key for a merchant's own systems; it is shown once.",
  details: ['With it an outside paybill takes external vouchers at the tills of this merchant.'],
  examples: ['merchant key create naivas --label paybill'],
  params: { merchant: merchantArgument, label: option('--label <text>', 'what it is for', text, '') },
  async run(context, { merchant, label }) {
    const database = await context.database()
    const order = { merchant, label, actor: context.actor }
    const { id, token } = await database.inTransaction((tx) => createMerchantKey(tx, order))
    return {
      json: { id, token, shownOnce: true },
      text: [...facts({ Key: id, Token: token }), '', 'The token is shown this once: keep it now.'],
    }
  },
})

const listKeys = command({
  name: 'list',
  summary: "List a merchant's keys, the newest first; never the tokens themselves.",
  examples: ['merchant key list naivas'],
  params: { merchant: merchantArgument },
  async run(context, { merchant }) {
    const keys = await listMerchantKeys(await context.database(), merchant)
    const rows = keys.map((key) => [
      key.tokenHint,
      key.label,
      key.revokedAt === undefined ? 'valid' : 'revoked',
      key.createdAt.toISOString().slice(0, 10),
      key.id,
    ])
    return {
      json: { keys },
      text: table(['Token', 'Label', 'State', 'Made', 'Id'], rows, 'There are no keys.'),
    }
  },
})

const revokeKey = command({
  name: 'revoke',
  summary: "Revoke a merchant's key: nobody is let in by it any more.",
  examples: ['merchant key revoke 0199a1b2-0000-7000-8000-000000000000'],
  params: { key: argument('<key>', 'the id of the key', uuid<CredentialId>) },
  async run(context, { key }) {
    const database = await context.database()
    await database.inTransaction((tx) => revokeMerchantKey(tx, { id: key, actor: context.actor }))
    return { json: { id: key, revoked: true }, text: ['Revoked.'] }
  },
})

export const merchant = group(
  'merchant',
  'Merchants that take vouchers, their own keys, and what they are paid.',
  [
    save,
    list,
    merchantOwed,
    merchantStatement,
    merchantBankDetails,
    merchantPayout,
    group('key', "Keys of merchants' own systems.", [createKey, listKeys, revokeKey]),
  ],
)

function merchantTable(merchants: readonly Merchant[]): string[] {
  return table(
    ['Code', 'Name', 'Category', 'State'],
    merchants.map(({ code, name, category, status }) => [code, name, category.name, status]),
    'There are no merchants.',
  )
}
