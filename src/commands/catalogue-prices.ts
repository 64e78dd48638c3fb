import type { PriceRuleInput } from '../core/catalogue/input.ts'
import { listRates } from '../core/catalogue/list-rates.ts'
import { readRates } from '../core/catalogue/read-rates.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { percentScale } from '../values/money.ts'
import { command, group } from './command.ts'
import {
  BadUsage,
  amount,
  amountOrNothing,
  argument,
  currency,
  decimal,
  flag,
  option,
  text,
} from './params.ts'
import { partnerReference } from './references.ts'
import { changePricesBy, priceProposed } from './catalogue-price-changes.ts'
import { table } from './table.ts'

export const price = command({
  name: 'price',
  summary: 'Set how a price comes about, for everyone or for one partner.',
  details: [
    "The price of a unit is its face value × exchange rate × (1 + markup ÷ 100) + plus, or a fixed price in one currency. The most specific rule wins: a partner's before everyone's; then SKU, product, brand, category, all. A new rule replaces the one of the same scope.",
    'One that sells more than 10 % beneath face value is proposed, and another person approves it, unless this is a sandbox.',
  ],
  examples: [
    'catalogue price --all --markup 2.5',
    'catalogue price --brand amazon --markup -1 --partner ops@acme.example',
    'catalogue price --sku AMAZON-US-10 --fixed 9.75 --currency USD',
  ],
  params: {
    all: flag('--all', 'for everything that has no rule of its own'),
    category: option('--category <code>', 'for a category, and those below it', text),
    brand: option('--brand <code>', 'for a brand', text),
    product: option('--product <code>', 'for a product', text),
    sku: option('--sku <code>', 'for a SKU', text),
    partner: option(
      '--partner <partner>',
      'only for this partner (id, number or e-mail address)',
      partnerReference,
    ),
    markup: option(
      '--markup <percent>',
      'percent on top, 2.5; negative is a discount',
      decimal(percentScale, 'must be a percentage with at most 6 fraction digits, such as 2.5 or -1'),
    ),
    plus: option('--plus <amount>', "a fixed amount on top, in the wallet's currency", amountOrNothing),
    fixed: option(
      '--fixed <amount>',
      'a fixed price instead, for wallets of --currency; only for a SKU',
      amount,
    ),
    currency: option('--currency <code>', 'the currency of --fixed', currency),
  },
  async run(context, input) {
    const rule = toRule(input)
    const database = await context.database()
    const partner = input.partner === undefined ? undefined : await findPartner(database, input.partner)
    const done = await changePricesBy(context, { kind: 'rule', rule: { ...rule, partnerId: partner?.id } })
    const { scope } = rule
    if (!done.holds) return priceProposed(done, { scope, partner: partner?.id ?? null })
    return {
      json: { scope, partner: partner?.id ?? null },
      text: [
        `The rule for ${'code' in scope ? `${scope.kind} ${scope.code}` : 'all'} holds now, for ${partner?.name ?? 'everyone who has no rule of their own'}.`,
      ],
    }
  },
})

type Given = {
  readonly all: boolean
  readonly markup: bigint | undefined
  readonly plus: bigint | undefined
  readonly fixed: bigint | undefined
  readonly currency: NonNullable<PriceRuleInput['fixedPrice']>['currency'] | undefined
} & { readonly [Kind in 'category' | 'brand' | 'product' | 'sku']: string | undefined }

function toRule(given: Given): PriceRuleInput {
  const named = (['category', 'brand', 'product', 'sku'] as const).flatMap((kind) =>
    given[kind] === undefined ? [] : [{ kind, code: given[kind] }],
  )
  const scopes: PriceRuleInput['scope'][] = [...named, ...(given.all ? [{ kind: 'all' } as const] : [])]
  const [scope] = scopes
  if (scope === undefined || scopes.length > 1)
    throw new BadUsage('Give exactly one of --all, --category, --brand, --product and --sku.')
  if ((given.fixed === undefined) !== (given.currency === undefined))
    throw new BadUsage('--fixed and --currency belong together.')
  if (given.fixed === undefined && given.markup === undefined && given.plus === undefined)
    throw new BadUsage('Give --markup, --plus or --fixed.')
  const fixedPrice =
    given.fixed === undefined || given.currency === undefined
      ? undefined
      : { amount: given.fixed, currency: given.currency }
  return { scope, markupPercent: given.markup, markupFixed: given.plus, fixedPrice }
}

const importCommand = command({
  name: 'import',
  summary: 'Put the exchange rates of a CSV file in force.',
  details: [
    'Its columns are base, quote and rate (units of quote for one base); a column source is optional. All of the file is stored, or nothing.',
    'Where a rate moves by more than 10 % within a day, or there was none to compare it with, the file is proposed, and another person approves it, unless this is a sandbox.',
  ],
  examples: ['catalogue rates import rates.csv --source ecb'],
  params: {
    file: argument('<file>', 'the CSV file', text),
    source: option('--source <text>', 'where they come from ("manual")', text, 'manual'),
  },
  async run(context, { file, source }) {
    const done = await changePricesBy(context, { kind: 'rates', rates: await readRates(file, source) })
    if (!done.holds) return priceProposed(done, {})
    const { stored, unchanged } = done
    return {
      json: { stored, unchanged },
      text: [`${stored} rates hold now; ${unchanged} were in force already.`],
    }
  },
})

const listCommand = command({
  name: 'list',
  summary: 'List the exchange rates that are in force.',
  examples: ['catalogue rates list', 'catalogue rates list --json'],
  params: {},
  async run(context) {
    const found = await listRates(await context.database())
    const rows = found.map((rate) => [
      rate.base,
      rate.quote,
      rate.rate,
      rate.source,
      rate.validFrom.toISOString(),
    ])
    return {
      json: { rates: found },
      text: table(['Base', 'Quote', 'Rate', 'Source', 'Since'], rows, 'There are no rates.'),
    }
  },
})

export const rates = group('rates', 'Import and list exchange rates.', [importCommand, listCommand])
