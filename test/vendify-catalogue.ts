import type { CatalogueInput, ProductInput, SkuInput } from '../src/core/catalogue/input.ts'
import { phoneField } from '../src/core/demo/product.ts'
import { unit } from './world.ts'

/** Something of each category that the vendify contract names, small enough to be known by heart. */
export const vendifyCatalogue: CatalogueInput = {
  currencies: [
    { code: 'USD', numericCode: 840, decimals: 2, names: { en: 'US dollar' } },
    { code: 'GBP', numericCode: 826, decimals: 2, names: { en: 'Pound' } },
    { code: 'NGN', numericCode: 566, decimals: 2, names: { en: 'Naira' } },
    { code: 'KES', numericCode: 404, decimals: 2, names: { en: 'Kenyan shilling' } },
  ],
  countries: [
    { code: 'GB', code3: 'GBR', names: { en: 'United Kingdom' }, currency: 'GBP', dialCode: '44' },
    { code: 'KE', code3: 'KEN', names: { en: 'Kenya' }, currency: 'KES', dialCode: '254' },
    { code: 'NG', code3: 'NGA', names: { en: 'Nigeria' }, currency: 'NGN', dialCode: '234' },
    { code: 'US', code3: 'USA', names: { en: 'United States' }, currency: 'USD', dialCode: '1' },
  ],
  categories: [
    { code: 'giftcard', names: { en: 'Gift cards' }, sort: 0 },
    { code: 'e-commerce-online-shopping', parent: 'giftcard', names: { en: 'E-Commerce & Online Shopping' } },
    { code: 'food-beverage', parent: 'giftcard', names: { en: 'Food & Beverage' } },
    { code: 'airtime', names: { en: 'Airtime' }, sort: 1 },
    { code: 'esim', names: { en: 'eSIM' }, sort: 2 },
    { code: 'esim-country', parent: 'esim', names: { en: 'One country' } },
    { code: 'utility', names: { en: 'Utilities' }, sort: 3 },
    { code: 'electricity', parent: 'utility', names: { en: 'Electricity' } },
    { code: 'cable-tv', names: { en: 'Cable and satellite TV' }, sort: 4 },
    { code: 'licence', names: { en: 'Licence keys' }, sort: 5 },
  ],
  families: ['amazon', 'mtn', 'dstv'].map((code) => ({ code, names: { en: code.toUpperCase() } })),
  brands: [
    { code: 'amazon-uk', family: 'amazon', names: { en: 'Amazon UK' } },
    { code: 'amazon-us', family: 'amazon', names: { en: 'Amazon US' } },
    { code: 'mtn-nigeria', family: 'mtn', names: { en: 'MTN Nigeria' } },
    { code: 'airtel-nigeria', names: { en: 'Airtel Nigeria' } },
    { code: 'phedc', names: { en: 'PHEDC' } },
    { code: 'dstv-nigeria', family: 'dstv', names: { en: 'DStv Nigeria' } },
    { code: 'travel-esim', names: { en: 'Travel eSIM' } },
    {
      code: 'linked',
      names: { en: 'Linked' },
      redeemUrl: 'https://example.com/redeem?code={code}',
    },
  ],
  products: [
    product('AMZ-UK', 'e-commerce-online-shopping', 'amazon-uk', { country: 'GB' }),
    product('AMZ-US', 'food-beverage', 'amazon-us', { country: 'US' }),
    product('MTN', 'airtime', 'mtn-nigeria', { country: 'NG', type: 'recharge', fields: [phoneField] }),
    product('PHEDC-PREPAID', 'electricity', 'phedc', {
      country: 'NG',
      type: 'recharge',
      attributes: { service_type: 'PREPAID' },
      fields: [accountField('Meter number', String.raw`\d{11}`), { ...phoneField, required: true }],
    }),
    product('DSTV', 'cable-tv', 'dstv-nigeria', {
      country: 'NG',
      type: 'recharge_fixed',
      attributes: { service_type: 'SUBSCRIPTION' },
      fields: [accountField('Smart-card number', String.raw`\d{10}`)],
    }),
    product('ESIM', 'esim-country', 'travel-esim', { type: 'esim', attributes: { coverage: 'GB,US' } }),
    product('KEY', 'licence', 'linked'),
    product('UNPRICED', 'licence', 'linked'),
    product('AIRTEL', 'airtime', 'airtel-nigeria', { country: 'NG', type: 'recharge', fields: [phoneField] }),
  ],
  skus: [
    range('AMZ-UK-ANY', 'AMZ-UK', 'GBP', [2n * unit, 1_000n * unit]),
    fixed('AMZ-UK-5', 'AMZ-UK', 'GBP', 5n * unit),
    fixed('AMZ-US-10', 'AMZ-US', 'USD', 10n * unit),
    range('MTN-ANY', 'MTN', 'NGN', [50n * unit, 50_000n * unit]),
    fixed('MTN-500', 'MTN', 'NGN', 500n * unit),
    range('PHEDC-PREPAID', 'PHEDC-PREPAID', 'NGN', [500n * unit, 100_000n * unit]),
    fixed('DSTV-YANGA', 'DSTV', 'NGN', 5_100n * unit, { attributes: { validity_days: 30 } }),
    fixed('DSTV-COMPACT', 'DSTV', 'NGN', 17_450n * unit, { attributes: { validity_days: 30 } }),
    fixed('ESIM-1GB', 'ESIM', 'USD', 7_200_000n, {
      names: { en: '1GB Two countries' },
      attributes: { data_gb: 1, validity_days: 7 },
    }),
    fixed('KEY-20', 'KEY', 'USD', 20n * unit),
    fixed('UNPRICED-1', 'UNPRICED', 'KES', unit),
    range('AIRTEL-ANY', 'AIRTEL', 'NGN', [50n * unit, 50_000n * unit]),
  ],
}

function accountField(name: string, pattern: string) {
  return { code: 'account', name, type: 'text', required: true, pattern } as const
}

function product(
  code: string,
  category: string,
  brand: string,
  more: Partial<ProductInput> = {},
): ProductInput {
  return { code, category, brand, type: 'voucher', names: { en: `${code} product` }, ...more }
}

function fixed(
  code: string,
  of: string,
  currency: string,
  value: bigint,
  more: Partial<SkuInput> = {},
): SkuInput {
  const denomination = { kind: 'fixed', value } as const
  return {
    code,
    product: of,
    names: { en: `${code} card` },
    currency,
    denomination,
    maxPerOrder: 10,
    ...more,
  }
}

function range(code: string, of: string, currency: string, limits: readonly [bigint, bigint]): SkuInput {
  const [least, most] = limits
  const denomination = { kind: 'range', least, most } as const
  return { code, product: of, names: { en: `${code} amount` }, currency, denomination, maxPerOrder: 1 }
}
