import type { Brand, Category, Product, Sku } from '../src/core/catalogue/catalogue.ts'
import type { CatalogueInput, ProductInput, SkuInput } from '../src/core/catalogue/input.ts'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import type { ProductId, SkuId } from '../src/values/ids.ts'
import { parseCurrency } from '../src/values/money.ts'
import type { Currency } from '../src/values/money.ts'

export type FullInput = { readonly [Kind in keyof CatalogueInput]-?: NonNullable<CatalogueInput[Kind]> }

/** A small catalogue as it comes in: two levels of categories, two brands, one of them with a family, three products, four SKUs. */
export function sampleInput(): FullInput {
  return {
    currencies: [
      { code: 'USD', numericCode: 840, decimals: 2, names: { en: 'US dollar', ru: 'Доллар США' } },
      { code: 'EUR', numericCode: 978, decimals: 2, names: { en: 'Euro' } },
      { code: 'JPY', numericCode: 392, decimals: 0, names: { en: 'Yen' } },
      { code: 'KWD', numericCode: 414, decimals: 3, names: { en: 'Kuwaiti dinar' } },
    ],
    countries: [
      { code: 'US', code3: 'USA', names: { en: 'United States' }, currency: 'USD', dialCode: '1' },
      { code: 'JP', code3: 'JPN', names: { en: 'Japan' }, currency: 'JPY', dialCode: '81' },
    ],
    categories: [
      {
        code: 'games',
        parent: 'gift-cards',
        names: { en: 'Games', ru: 'Игры' },
        sort: 2,
        attributes: [
          { code: 'platform', names: { en: 'Platform' }, type: 'select', target: 'product' },
          { code: 'denomination', names: { en: 'Face value' }, type: 'number', target: 'sku' },
        ],
      },
      { code: 'gift-cards', names: { en: 'Gift cards' }, sort: 1 },
    ],
    families: [{ code: 'acme', names: { en: 'Acme' } }],
    brands: [
      {
        code: 'acme-play',
        family: 'acme',
        names: { en: 'Acme Play' },
        redeemUrl: 'https://example.com/redeem?code={code}',
      },
      { code: 'globex', names: { en: 'Globex' }, image: '/images/globex.svg' },
    ],
    products: [
      product('acme-play-us', {
        brand: 'acme-play',
        category: 'games',
        country: 'US',
        descriptions: { en: '<p>Play <b>more</b>.</p>' },
      }),
      product('globex-any', { brand: 'globex' }),
      product('globex-jp', { brand: 'globex', type: 'voucher_open_range', country: 'JP' }),
    ],
    skus: [
      sku('acme-play-us-50', 'acme-play-us', 50_000_000n),
      sku('acme-play-us-10', 'acme-play-us', 10_000_000n),
      sku('globex-any-25', 'globex-any', 25_000_000n),
      {
        code: 'globex-jp-range',
        product: 'globex-jp',
        names: { en: 'Globex Japan' },
        currency: 'JPY',
        denomination: { kind: 'range', least: 500_000_000n, most: 50_000_000_000n },
      },
    ],
  }
}

/** As many products as wanted, each with as many SKUs of $1, $2, …, on top of the sample's currencies, categories and brands. */
export function largeInput(products: number, skusEach: number): FullInput {
  const productCodes = Array.from({ length: products }, (_, place) => `large-${place}`)
  return {
    ...sampleInput(),
    products: productCodes.map((code, place) =>
      product(code, {
        category: place % 3 === 0 ? 'games' : 'gift-cards',
        descriptions: { en: `<p>The <b>${code}</b> of them.</p>`, ru: '<p>Подарок</p>' },
      }),
    ),
    skus: productCodes.flatMap((code) =>
      Array.from({ length: skusEach }, (_, place) =>
        sku(`${code}-${place + 1}`, code, BigInt(place + 1) * 1_000_000n),
      ),
    ),
  }
}

/** Takes all of that out again. */
export async function emptyCatalogue(database: Database): Promise<void> {
  await database.inTransaction(async (tx) => {
    await tx.query(sql`delete from skus`)
    await tx.query(sql`delete from products`)
    await tx.query(sql`delete from brands`)
    await tx.query(sql`delete from brand_families`)
    await tx.query(sql`delete from category_attributes`)
    await tx.query(sql`update categories set parent_id = null`)
    await tx.query(sql`delete from categories`)
    await tx.query(sql`delete from countries`)
    await tx.query(sql`delete from currencies`)
  })
}

export function product(code: string, more: Partial<ProductInput> = {}): ProductInput {
  return {
    code,
    category: 'gift-cards',
    brand: 'globex',
    type: 'voucher',
    names: { en: `Product ${code}` },
    ...more,
  }
}

export function sku(
  code: string,
  productCode: string,
  value: bigint,
  more: Partial<SkuInput> = {},
): SkuInput {
  return {
    code,
    product: productCode,
    names: { en: `SKU ${code}` },
    currency: 'USD',
    denomination: { kind: 'fixed', value },
    ...more,
  }
}

export function currencyOf(code: string): Currency {
  const currency = parseCurrency(code)
  if (currency === undefined) throw new Error(`${code} is no currency.`)
  return currency
}

export function sampleCategory(id: number, parentId?: number): Category {
  return { id, code: `category-${id}`, parentId, names: { en: `Category ${id}` }, attributes: [] }
}

export function sampleBrand(id: number): Brand {
  return {
    id,
    code: `brand-${id}`,
    familyCode: undefined,
    names: { en: `Brand ${id}` },
    image: '',
    redeemUrl: undefined,
  }
}

/** A product as the core has it, with SKUs that know it. */
export function sampleProduct(
  number: bigint,
  more: Partial<Product> = {},
  skus: readonly Partial<Sku>[] = [{}],
): Product {
  const id = uuidOf(1, number) as ProductId // Made up: nothing else has it.
  return {
    id,
    number,
    code: `product-${number}`,
    category: sampleCategory(1),
    brand: sampleBrand(1),
    type: 'voucher',
    country: undefined,
    names: { en: `Product ${number}` },
    descriptions: { en: '' },
    image: '',
    attributes: {},
    fields: [],
    skus: skus.map((sku, place) => sampleSku(number * 1000n + BigInt(place), { productId: id, ...sku })),
    ...more,
  }
}

export function sampleSku(number: bigint, more: Partial<Sku> = {}): Sku {
  return {
    id: uuidOf(2, number) as SkuId, // Made up: nothing else has it.
    number,
    code: `sku-${number}`,
    productId: uuidOf(1, number / 1000n) as ProductId, // As `sampleProduct` makes it.
    names: { en: `SKU ${number}` },
    currency: currencyOf('USD'),
    denomination: { kind: 'fixed', value: 10_000_000n },
    maxPerOrder: 10,
    image: '',
    attributes: {},
    ...more,
  }
}

function uuidOf(kind: number, number: bigint): string {
  return `0000000${kind}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
}
