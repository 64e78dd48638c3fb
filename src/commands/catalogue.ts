import type { Catalogue, Product, Sku } from '../core/catalogue/catalogue.ts'
import { productTypes } from '../core/catalogue/catalogue.ts'
import { openCatalogue } from '../core/catalogue/open-catalogue.ts'
import { storeCatalogue } from '../core/catalogue/store-catalogue.ts'
import { Failure } from '../values/failure.ts'
import { printAmount } from '../values/money.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { readCatalogueFile } from './catalogue-file.ts'
import { priceChanges } from './catalogue-price-changes.ts'
import { price, rates } from './catalogue-prices.ts'
import { argument, currency, oneOf, option, text, wholeNumber } from './params.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { partnerReference } from './references.ts'
import { facts, table } from './table.ts'

const list = command({
  name: 'list',
  summary: 'List the products that are sold: active ones with an active SKU.',
  examples: [
    'catalogue list',
    'catalogue list --search amazon --type voucher --limit 200',
    'catalogue list --country KE --json',
  ],
  params: {
    search: option('--search <text>', 'only products whose code, name or brand has this in it', text),
    type: option('--type <type>', `only ${productTypes.join(', ')}`, oneOf(productTypes)),
    country: option('--country <code>', 'only what is sold for this country (ISO 3166)', text),
    limit: option('--limit <n>', 'how many rows at the most (50)', wholeNumber(1, 100_000), 50),
  },
  async run(context, { search, type, country, limit }) {
    return withCatalogue(context, async (catalogue) => {
      const wanted = search?.toLowerCase() ?? ''
      const found = catalogue.products.filter(
        (product) =>
          (type === undefined || product.type === type) &&
          (country === undefined || product.country === country.toUpperCase()) &&
          [product.code, product.names.en, product.brand.names.en].some((one) =>
            one.toLowerCase().includes(wanted),
          ),
      )
      const shown = found.slice(0, limit)
      const rows = shown.map((product) => [
        product.code,
        product.names.en,
        product.type,
        product.country ?? '',
        product.category.code,
        String(product.skus.length),
        String(stockOf(catalogue, product)),
      ])
      return {
        json: {
          products: shown.map((product) => ({
            ...product,
            category: product.category.code,
            brand: product.brand.code,
            skus: product.skus.length,
            stock: stockOf(catalogue, product),
          })),
          found: found.length,
        },
        text: [
          ...table(
            ['Product', 'Name', 'Type', 'For', 'Category', 'SKUs', 'Stock'],
            rows,
            'No such product is sold.',
          ),
          ...(found.length > limit ? ['', `${found.length} found, ${limit} shown: add --limit.`] : []),
        ],
      }
    })
  },
})

const show = command({
  name: 'show',
  summary: 'Show a product with its SKUs, their stock and, for a partner, their prices.',
  examples: [
    'catalogue show amazon-us',
    'catalogue show amazon-us --partner ops@acme.example --currency USD --json',
  ],
  params: {
    code: argument('<code>', 'the code of a product or of one of its SKUs', text),
    partner: option(
      '--partner <partner>',
      'show the prices for this partner (id, number or e-mail address)',
      partnerReference,
    ),
    currency: option('--currency <code>', 'in this currency (USD)', currency),
  },
  async run(context, input) {
    const database = await context.database()
    const partner = input.partner === undefined ? undefined : await findPartner(database, input.partner)
    return withCatalogue(context, async (catalogue) => {
      const wanted = input.code.toLowerCase()
      const product = catalogue.products.find(
        (one) =>
          one.code.toLowerCase() === wanted || one.skus.some((sku) => sku.code.toLowerCase() === wanted),
      )
      if (product === undefined)
        throw new Failure('product_not_found', {
          sentence: `No active product or SKU has the code "${input.code}".`,
        })
      const priceOf = (sku: Sku): string | undefined => {
        const quote = partner && catalogue.quote(partner.id, sku, input.currency ?? sku.currency)
        return quote && `${printAmount(quote.unitPrice)} ${quote.currency}`
      }
      const skus = product.skus.map((sku) => ({
        ...sku,
        denomination: denominationOf(sku),
        stock: catalogue.stock(sku.id),
        price: priceOf(sku),
      }))
      const rows = skus.map((sku) => [
        sku.code,
        sku.names.en,
        sku.denomination,
        sku.currency,
        String(sku.stock),
        sku.price ?? '',
        sku.id,
      ])
      return {
        json: { product: { ...product, skus } },
        text: [
          ...productFacts(product),
          '',
          ...table(['SKU', 'Name', 'Face value', '', 'Stock', 'Price', 'Id'], rows),
        ],
      }
    })
  },
})

const importCommand = command({
  name: 'import',
  summary: 'Store a catalogue, or a part of one, out of a JSON file.',
  details: [
    'The file has lists named currencies, countries, categories, families, brands, products and skus, each entry with a code. What has a new code is made; what has a known one becomes as the file says and keeps its id. What the file does not name stays. All of it is stored, or nothing.',
    'Face values are texts: {"code":"ACME-10","product":"ACME","names":{"en":"Acme 10"},"currency":"USD","faceValue":"10.00"}; a range has leastValue and mostValue instead.',
  ],
  examples: ['catalogue import catalogue.json'],
  params: { file: argument('<file>', 'the JSON file', text) },
  async run(context, { file }) {
    const input = await readCatalogueFile(file)
    const database = await context.database()
    const counts = await database.inTransaction((tx) => storeCatalogue(tx, input))
    return {
      json: counts,
      text: [`${counts.created} made, ${counts.updated} changed, ${counts.unchanged} as they were.`],
    }
  },
})

export const catalogue = group('catalogue', 'List, import and price what is sold.', [
  list,
  show,
  importCommand,
  price,
  priceChanges,
  rates,
])

async function withCatalogue<T>(context: Context, work: (catalogue: Catalogue) => Promise<T>): Promise<T> {
  const live = await openCatalogue(await context.database())
  try {
    return await work(live.current())
  } finally {
    await live.close()
  }
}

function stockOf(catalogue: Catalogue, product: Product): number {
  return product.skus.reduce((sum, sku) => sum + catalogue.stock(sku.id), 0)
}

function denominationOf({ denomination }: Sku): string {
  return denomination.kind === 'fixed'
    ? printAmount(denomination.value)
    : `${printAmount(denomination.least)} to ${printAmount(denomination.most)}`
}

function productFacts(product: Product): string[] {
  return facts({
    Product: product.code,
    Name: product.names.en,
    Brand: product.brand.names.en,
    Category: product.category.names.en,
    Type: product.type,
    'Sold for': product.country ?? 'everywhere',
    Asks:
      product.fields.length === 0
        ? undefined
        : product.fields.map((field) => `${field.code}${field.required ? '' : '?'}`).join(', '),
    Id: product.id,
  })
}
