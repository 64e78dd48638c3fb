import { openWallet } from '../core/ledger/open-wallet.ts'
import { createPartner } from '../core/partners/create-partner.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { listCredentials } from '../core/partners/list-credentials.ts'
import { listPartners } from '../core/partners/list-partners.ts'
import { partnerStatuses, requestsPerMinuteMost } from '../core/partners/partner.ts'
import type { Partner, PartnerStatus } from '../core/partners/partner.ts'
import { setPartnerStatus } from '../core/partners/set-partner-status.ts'
import { setRateLimit } from '../core/partners/set-rate-limit.ts'
import { listWallets } from '../core/ledger/list-wallets.ts'
import { locales } from '../values/locale.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { credentialTable } from './key-results.ts'
import { argument, currency, oneOf, option, requiredOption, text, wholeNumber } from './params.ts'
import type { Reader } from './params.ts'
import { partnerArgument } from './references.ts'
import type { PartnerReference } from './references.ts'
import { pageOptions, pageText } from './pages.ts'
import { partnerPlan } from './partner-plan.ts'
import { partnerTerms } from './partner-terms.ts'
import { facts, table } from './table.ts'
import { walletJson, walletTable } from './wallet-results.ts'

const create = command({
  name: 'create',
  summary: 'Create a partner: a company that buys through Scrip.',
  details: [
    'It can do nothing before it has a wallet ("scrip wallet open", or --wallet here) and a key ("scrip key create").',
  ],
  examples: [
    'partner create --name "Acme Ltd" --email ops@acme.example --wallet USD',
    'partner create --name Acme --email a@b.example --rate-limit 600 --json',
  ],
  params: {
    name: requiredOption('--name <name>', "the company's name", text),
    email: requiredOption('--email <address>', 'where it is reached', text),
    locale: option(
      '--locale <locale>',
      'the language of texts that a call does not choose (en)',
      oneOf(locales),
    ),
    timeZone: option('--time-zone <zone>', 'an IANA name such as Africa/Lagos (UTC)', text),
    requestsPerMinute: option(
      '--rate-limit <n>',
      'requests a minute; unlimited if it is left out',
      wholeNumber(1, requestsPerMinuteMost),
    ),
    wallet: option('--wallet <currency>', 'open a default wallet in this currency as well', currency),
  },
  async run(context, { wallet: walletCurrency, ...input }) {
    const database = await context.database()
    const { partner, wallet } = await database.inTransaction(async (tx) => {
      const made = await createPartner(tx, { ...input, actor: context.actor })
      if (walletCurrency === undefined) return { partner: made, wallet: undefined }
      return {
        partner: made,
        wallet: await openWallet(tx, {
          partnerId: made.id,
          currency: walletCurrency,
          isDefault: true,
          actor: context.actor,
        }),
      }
    })
    return {
      json: { partner: partnerJson(partner), wallet: wallet && walletJson(wallet) },
      text: [
        'Created.',
        '',
        ...partnerFacts(partner),
        ...(wallet === undefined ? [] : ['', ...walletTable([wallet])]),
      ],
    }
  },
})

const list = command({
  name: 'list',
  summary: 'List the partners, newest first.',
  examples: ['partner list', 'partner list --status suspended --json'],
  params: {
    status: option(
      '--status <status>',
      `only those that are ${partnerStatuses.join(', ')}`,
      oneOf(partnerStatuses),
    ),
    ...pageOptions,
  },
  async run(context, { status, limit, after }) {
    const page = await listPartners(await context.database(), { status }, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.number.toString(),
      one.name,
      one.email,
      one.status,
      limitText(one),
      one.id,
    ])
    return {
      json: { partners: page.rows.map(partnerJson), nextCursor: page.nextCursor },
      text: [
        ...table(['No.', 'Name', 'E-mail', 'Status', 'Rate limit', 'Id'], rows, 'There are no partners.'),
        ...pageText(page),
      ],
    }
  },
})

const show = command({
  name: 'show',
  summary: 'Show a partner with its wallets and keys.',
  examples: ['partner show ops@acme.example', 'partner show 1 --json'],
  params: { partner: partnerArgument },
  async run(context, input) {
    const database = await context.database()
    const partner = await findPartner(database, input.partner)
    const wallets = await listWallets(database, partner.id)
    const keys = await listCredentials(database, partner.id, { limit: 100 })
    return {
      json: { partner: partnerJson(partner), wallets: wallets.map(walletJson), keys: keys.rows },
      text: [
        ...partnerFacts(partner),
        '',
        'Wallets',
        ...walletTable(wallets),
        '',
        'Keys',
        ...credentialTable(keys.rows),
      ],
    }
  },
})

const suspend = command({
  name: 'suspend',
  summary: 'Suspend a partner: its calls are refused at once; its money and orders stay.',
  examples: ['partner suspend ops@acme.example --reason "unpaid invoices"'],
  params: { partner: partnerArgument, reason: option('--reason <text>', 'why, for the audit log', text) },
  run: (context, { partner, reason }) => changeStatus(context, partner, 'suspended', reason),
})

const reactivate = command({
  name: 'reactivate',
  summary: 'Let a suspended partner back in.',
  examples: ['partner reactivate ops@acme.example'],
  params: { partner: partnerArgument, reason: option('--reason <text>', 'why, for the audit log', text) },
  run: (context, { partner, reason }) => changeStatus(context, partner, 'active', reason),
})

const rateLimitReader: Reader<number | 'none'> = (given) =>
  given === 'none' ? 'none' : wholeNumber(1, requestsPerMinuteMost)(given)

const rateLimit = command({
  name: 'rate-limit',
  summary: "Limit a partner's requests a minute, or take the limit away.",
  examples: ['partner rate-limit ops@acme.example 600', 'partner rate-limit 1 none'],
  params: {
    partner: partnerArgument,
    limit: argument('<limit>', 'requests a minute, or "none"', rateLimitReader),
  },
  async run(context, input) {
    const database = await context.database()
    const { id } = await findPartner(database, input.partner)
    const requestsPerMinute = input.limit === 'none' ? undefined : input.limit
    const partner = await database.inTransaction((tx) =>
      setRateLimit(tx, { partnerId: id, requestsPerMinute, actor: context.actor }),
    )
    return {
      json: { partner: partnerJson(partner) },
      text: [`${partner.name}: ${limitText(partner)} requests a minute.`],
    }
  },
})

export const partner = group('partner', 'Create, list and suspend partners.', [
  create,
  list,
  show,
  suspend,
  reactivate,
  rateLimit,
  partnerPlan,
  partnerTerms,
])

async function changeStatus(
  context: Context,
  reference: PartnerReference,
  status: PartnerStatus,
  reason: string | undefined,
) {
  const database = await context.database()
  const { id } = await findPartner(database, reference)
  const changed = await database.inTransaction((tx) =>
    setPartnerStatus(tx, { partnerId: id, status, actor: context.actor, reason }),
  )
  return { json: { partner: partnerJson(changed) }, text: [`${changed.name} is ${changed.status}.`] }
}

function partnerJson(one: Partner): object {
  return { ...one, requestsPerMinute: one.requestsPerMinute ?? null }
}

function limitText(one: Partner): string {
  return one.requestsPerMinute === undefined ? 'unlimited' : String(one.requestsPerMinute)
}

function partnerFacts(one: Partner): string[] {
  return facts({
    Name: one.name,
    'E-mail': one.email,
    Number: one.number.toString(),
    Id: one.id,
    Status: one.status,
    'Rate limit': limitText(one),
    Locale: one.locale,
    'Time zone': one.timeZone,
    Since: one.createdAt.toISOString(),
  })
}
