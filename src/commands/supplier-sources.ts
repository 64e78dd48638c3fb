import { findSku } from '../core/fulfilment/find-sku.ts'
import { findSupplier } from '../core/fulfilment/find-supplier.ts'
import { listSources } from '../core/fulfilment/list-sources.ts'
import { removeSource } from '../core/fulfilment/remove-source.ts'
import { setSources } from '../core/fulfilment/set-sources.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { BadUsage, amountOrNothing, option, requiredOption, text, wholeNumber } from './params.ts'
import { supplierArgument } from './supplier-accounts.ts'
import { table } from './table.ts'

const skuOption = requiredOption('--sku <sku>', 'the id or the code of the SKU', text)

const list = command({
  name: 'list',
  summary: 'List the SKUs that a supplier can fill, and what it takes for them.',
  examples: ['supplier sources list kenya', 'supplier sources list kenya --limit 200 --json'],
  params: { supplier: supplierArgument, ...pageOptions },
  async run(context, { limit, after, supplier: code }) {
    const database = await context.database()
    const { id } = await findSupplier(database, code)
    const page = await listSources(database, id, { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.skuCode,
      one.productCode,
      one.cost === null ? `${one.costRate ?? ''} a unit of face value` : printAmount(one.cost),
      one.currency,
      String(one.priority),
      one.active ? 'yes' : 'no',
      one.inStock ? 'yes' : 'no',
    ])
    return {
      json: {
        sources: page.rows.map((one) => ({
          ...one,
          cost: one.cost === null ? null : printAmount(one.cost),
        })),
        nextCursor: page.nextCursor,
      },
      text: [
        ...table(
          ['SKU', 'Product', 'Cost', 'Currency', 'Priority', 'Active', 'In stock'],
          rows,
          'It fills no SKU yet.',
        ),
        ...pageText(page),
      ],
    }
  },
})

const set = command({
  name: 'set',
  summary: 'Put a supplier into the chain of a SKU, or change how it stands there.',
  details: [
    'Own stock is sold first; then the supplier with the least priority, and of those the cheapest. Nobody is bought from at a loss.',
  ],
  examples: [
    'supplier sources set kenya --sku AMAZON-US-10 --product AMZ10 --cost 9.40',
    'supplier sources set kenya --sku AIRTIME-KE --product SAF-ANY --cost-rate 0.965 --priority 10',
  ],
  params: {
    supplier: supplierArgument,
    sku: skuOption,
    product: requiredOption('--product <code>', 'what the supplier calls it', text),
    cost: option('--cost <amount>', "of one unit, in the supplier's currency", amountOrNothing),
    costRate: option(
      '--cost-rate <rate>',
      'what one unit of face value costs, of an open amount: 0.965',
      text,
    ),
    priority: option('--priority <n>', "as the supplier's own by default", wholeNumber(0, 10_000)),
  },
  async run(context, { cost, costRate, priority, ...input }) {
    if ((cost === undefined) === (costRate === undefined))
      throw new BadUsage('Give either --cost or --cost-rate.')
    const database = await context.database()
    const supplier = await findSupplier(database, input.supplier)
    const sku = await findSku(database, input.sku)
    const source = { skuId: sku.id, supplierId: supplier.id, productCode: input.product }
    await database.inTransaction((tx) =>
      setSources(tx, [{ ...source, cost, costRate, priority }], context.actor),
    )
    return {
      json: { sku: sku.code, supplier: supplier.code },
      text: [`${supplier.name} fills ${sku.code} with its product ${input.product}.`],
    }
  },
})

const remove = command({
  name: 'remove',
  summary: 'Take a supplier out of the chain of a SKU.',
  examples: ['supplier sources remove kenya --sku AMAZON-US-10'],
  params: { supplier: supplierArgument, sku: skuOption },
  async run(context, input) {
    const database = await context.database()
    const supplier = await findSupplier(database, input.supplier)
    const sku = await findSku(database, input.sku)
    const source = { skuId: sku.id, supplierId: supplier.id, actor: context.actor }
    await database.inTransaction((tx) => removeSource(tx, source))
    return {
      json: { sku: sku.code, supplier: supplier.code },
      text: [`${supplier.name} is not asked for ${sku.code} any more.`],
    }
  },
})

export const sources = group('sources', 'See and change which SKUs a supplier fills.', [list, set, remove])
